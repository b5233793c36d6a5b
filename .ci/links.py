"""Links between the Markdown pages of the project lead to a file, and to a heading where they name one.

Usage: python .ci/links.py. Prints `PAGE:LINE: what` for each that does not, and each page of docs/ that docs/README.md
does not name; exits 1 where there is one. Addresses of the web are not asked.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INDEX = "docs/README.md"
_LINK = re.compile(r"\[[^\]\[]*\]\(<?([^()\s>]+)>?\)")
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def pages(root: Path) -> list[Path]:
    """The pages at the root, of the templates and of docs/; articles name only addresses of the web."""
    return sorted([*root.glob("*.md"), *root.glob(".github/**/*.md"), *root.glob("docs/**/*.md")])


def faults(root: Path) -> Iterator[str]:
    for page in pages(root):
        for number, target in links(page.read_text(encoding="utf-8")):
            why = _fault(page, target)
            if why:
                yield f"{page.relative_to(root).as_posix()}:{number}: {target}: {why}"
    yield from _unnamed(root)


def links(text: str) -> Iterator[tuple[int, str]]:
    """(line, target) of every link to another page; what stands in code is none."""
    bare = _CODE.sub(_blank, _FENCED.sub(_blank, text))
    for found in _LINK.finditer(bare):
        if not re.match(r"[a-z][a-z+.-]*:", found[1]):
            yield bare.count("\n", 0, found.start()) + 1, found[1]


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _fault(page: Path, target: str) -> str:
    name, _, anchor = target.partition("#")
    place = (page.parent / name) if name else page
    if not place.exists():
        return "there is no such file"
    if anchor and anchor not in anchors(place.read_text(encoding="utf-8")):
        return "the page has no such heading"
    return ""


def anchors(text: str) -> set[str]:
    """The anchors that a hosting site makes of the headings."""
    found: set[str] = set()
    for title in _HEADING.findall(_FENCED.sub(_blank, text)):
        kept = re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "]", title).lower()).replace(" ", "-")
        same = sum(1 for one in found if one == kept or re.fullmatch(re.escape(kept) + r"-\d+", one))
        found.add(f"{kept}-{same}" if same else kept)
    return found


def _unnamed(root: Path) -> Iterator[str]:
    index = root / INDEX
    named = {
        (index.parent / target.partition("#")[0]).resolve() for _, target in links(index.read_text(encoding="utf-8"))
    }
    for page in sorted((root / "docs").glob("*.md")):
        if page != index and page.resolve() not in named:
            yield f"{INDEX}: does not name {page.name}"


def main() -> int:
    found = list(faults(ROOT))
    print("\n".join(found) if found else f"{len(pages(ROOT))} pages")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
