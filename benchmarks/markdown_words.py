"""How many words of real articles rendering loses: words of the Markdown that are not in the text made of its HTML.

Usage: python benchmarks/markdown_words.py [FOLDER]
Renders every article of FOLDER (default ../shared/data/ms-articles) and prints the share of its words that is gone, for
all articles together and for the worst. What is no prose (addresses, tags, names of languages) is left out by a rough
pattern, so some of what it counts as lost was none. Asserts nothing.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kb.markdown.render import render, to_text

HEADER = re.compile(r"\A(?:<!--.*?-->\n)?---\n.*?\n---\n", re.DOTALL)
NO_PROSE = re.compile(
    r"\]\([^)\n]*\)|:::image.*|<!--.*?-->|<[^>]*>|&\w+;|```\S*|^\[[^\]]*\]:.*$|\{[^}\n]*\}", re.MULTILINE
)
WORD = re.compile(r"[a-z]{4,}")


def words(text: str) -> set[str]:
    return set(WORD.findall(text.lower()))


def main(folder: Path) -> None:
    files = sorted(folder.glob("*.md"))
    if not files:
        sys.exit(f"{folder}: no Markdown there; name a folder of articles")
    counts = []
    for file in files:
        body = HEADER.sub("", file.read_text(encoding="utf-8"))
        told = words(NO_PROSE.sub(" ", body))
        lost = told - words(to_text(render(body).html))
        counts.append((len(lost) / max(len(told), 1), len(lost), len(told), file.name, sorted(lost)))
    lost_in_all, told_in_all = sum(row[1] for row in counts), sum(row[2] for row in counts)
    print(f"{len(files)} articles: {lost_in_all} of {told_in_all} words lost ({lost_in_all / told_in_all:.2%})")
    for share, _, _, name, gone in sorted(counts, reverse=True)[:5]:
        print(f"{share:7.2%}  {name}: {' '.join(gone[:8])}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data" / "ms-articles")
