"""Lines of a log as a block for an article's body: what the trouble looks like, one line of each shape.

Known messages are mined from it like from any quoted message. Pure: text to text.
"""

from __future__ import annotations

import re

MOST_LINES = 20
LONGEST = 400
_VARIES = re.compile(r"[0-9a-f]*\d[0-9a-f]*", re.IGNORECASE)


def example(log: str) -> str:
    """A section with the first lines of `log` that differ in more than their numbers; empty where there is none."""
    shapes: dict[str, str] = {}
    for line in log.splitlines():
        text = line.strip().replace("`" * 3, "")[:LONGEST]
        if text:
            shapes.setdefault(_VARIES.sub("0", text)[:120], text)
        if len(shapes) == MOST_LINES:
            break
    lines = "\n".join(shapes.values())
    return f"## Messages in its log\n\n```text\n{lines}\n```" if lines else ""
