"""The samples beside the shipped articles as labelled cases for `kb eval`: one JSON line each, on standard output.

A look-alike is wrong only where its own article claims it: that another article finds its matter there is acceptable.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ARTICLES = Path(__file__).parent.parent / "articles"
# folder below samples/: kind of case, and whether the article is expected
KINDS = {"symptom": ("sample", True), "cause": ("sample-cause", True), "other": ("negative-sample", False)}


def cases() -> Iterator[dict[str, object]]:
    """Every text file below a samples folder, in the order of the paths."""
    articles = [path.parent.name for path in sorted(ARTICLES.glob("*/*/article.md"))]
    for path in sorted(ARTICLES.glob("**/samples/**/*.txt")):
        parts = path.relative_to(ARTICLES).parts
        at = parts.index("samples")
        kind, expected = KINDS[parts[at + 1]]
        cause = f"/{parts[at + 2]}" if parts[at + 1] == "cause" else ""
        text = path.read_bytes().decode("utf-8", "replace")
        expect = [parts[at - 1] + cause] if expected else []
        acceptable = [] if expected else [name for name in articles if name != parts[at - 1]]
        if text.strip():
            yield {"id": "/".join(parts), "kind": kind, "expect": expect, "acceptable": acceptable, "text": text}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for case in cases():
        print(json.dumps(case, ensure_ascii=False))
