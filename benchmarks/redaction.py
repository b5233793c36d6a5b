"""Redaction of logs that hold no secrets: how many lines it changes, which, and what a line costs. Run by hand:

    python benchmarks/redaction.py FOLDER_OR_FILE... [--personal] [--show 20]

A goal: at most one changed line in 10,000 of public logs (LogHub), none of them a code, a host or a place in a source.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.redact.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def lines_of(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        path = Path(name)
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                yield from file.read_text(encoding="utf-8", errors="replace").splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+")
    parser.add_argument("--personal", action="store_true")
    parser.add_argument("--show", type=int, default=20, metavar="N")
    given = parser.parse_args()
    lines = list(lines_of(given.names))
    redactor = Redactor(personal=given.personal)
    start = time.perf_counter()
    redacted = [redactor.redact(line) for line in lines]
    spent = time.perf_counter() - start
    changed = [(before, after) for before, after in zip(lines, redacted, strict=True) if before != after]
    for before, after in changed[: given.show]:
        print(f"- {before[:200]}\n+ {after[:200]}")
    share = 10_000 * len(changed) / max(1, len(lines))
    print(
        f"{len(lines):,} lines, {len(changed)} changed ({share:.2f} in 10,000), {spent / max(1, len(lines)) * 1e6:.1f} us a line"
    )
    print(", ".join(f"{kind} {count}" for kind, count in sorted(redactor.counts.items())))


if __name__ == "__main__":
    main()
