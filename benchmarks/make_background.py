"""Make kb/data/background.tsv: how often words stand in log lines, as shares per million lines.

Usage: python benchmarks/make_background.py FOLDER_OF_LOGS > kb/data/background.tsv
The shipped table was measured on the 16 samples of logpai/loghub (2,000 lines each, every source weighing the same):
counts of words only, none of the lines. Words seen in fewer than three lines are left out.
"""

import sys
from collections import Counter
from pathlib import Path

from diagnose.text.terms import words


def main(folder: str) -> None:
    counts: Counter[str] = Counter()
    lines = 0
    for path in sorted(Path(folder).glob("*.log")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            lines += 1
            counts.update({word for word in words(line) if word.isalpha()})
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if count >= 3:
            print(f"{word}\t{count * 1_000_000 // lines}")


if __name__ == "__main__":
    main(sys.argv[1])
