"""The faults of articles as people and CI systems read them: with their source line, as annotations, as SARIF.

Takes faults; an edge module: it reads the lines that they are about.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from diagnose.text.sanitize import json_text, neutral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kb.authoring.matched import MatchedBy
    from kb.documents.fault import Fault

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
WIDEST = 100  # columns of a source line that are shown
BEFORE = 60  # of them before the place, where the line is longer


def text(faults: Sequence[Fault], articles: int, matched: Sequence[MatchedBy] = ()) -> str:
    """A line for each fault, with the line of the article and a caret at the place; before them what plain articles are
    `matched` by."""
    listed = "".join(f"{neutral(str(item), newlines=True)}\n" for item in matched)
    lines = [line for fault in faults for line in (f"{fault} ({fault.severity})", *_excerpt(fault))]
    return listed + "".join(f"{neutral(line)}\n" for line in lines) + f"{articles} articles, {len(faults)} findings\n"


def json(faults: Sequence[Fault], articles: int, matched: Sequence[MatchedBy] = ()) -> str:
    return json_text({"articles": articles, "faults": faults, "matched": matched}) + "\n"


def github(faults: Sequence[Fault], articles: int, matched: Sequence[MatchedBy] = ()) -> str:
    """Workflow commands, which GitHub shows beside the lines of a change."""
    return "".join(
        f"::{fault.severity} file={_property(_relative(fault.path))},line={max(1, fault.line)},"
        f"col={max(1, fault.column)},title=kb lint::{_data(_said(fault))}\n"
        for fault in faults
    )


def sarif(faults: Sequence[Fault], articles: int, matched: Sequence[MatchedBy] = ()) -> str:
    """SARIF 2.1.0, which code scanning and editors read."""
    from kb import __version__

    rules = [{"id": "article", "shortDescription": {"text": "An article of a kb base is sound"}}]
    driver = {"name": "kb lint", "version": __version__, "rules": rules}
    results = [_result(fault) for fault in faults]
    return (
        json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})
        + "\n"
    )


FORMATS: dict[str, Callable[[Sequence[Fault], int, Sequence[MatchedBy]], str]] = {
    "text": text,
    "json": json,
    "github": github,
    "sarif": sarif,
}


def _result(fault: Fault) -> dict[str, Any]:
    region = {"startLine": max(1, fault.line), "startColumn": max(1, fault.column)}
    place = {"artifactLocation": {"uri": _uri(_relative(fault.path))}, "region": region}
    return {
        "ruleId": "article",
        "level": fault.severity,
        "message": {"text": _said(fault)},
        "locations": [{"physicalLocation": place}],
    }


def _excerpt(fault: Fault) -> Iterator[str]:
    """The line of the article, and below it a caret; nothing where the file no longer has it."""
    lines = _lines(fault.path)
    if not 1 <= fault.line <= len(lines) or not lines[fault.line - 1].strip():
        return
    line, at = lines[fault.line - 1].expandtabs(1), max(0, fault.column - 1)
    start = max(0, at - BEFORE) if len(line) > WIDEST else 0
    number = f"{fault.line:>6} | "
    yield number + line[start : start + WIDEST]
    yield " " * (len(number) - 2) + "| " + " " * min(at - start, WIDEST) + "^"


@cache
def _lines(path: str) -> tuple[str, ...]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return tuple(file.read(1 << 22).split("\n"))
    except OSError:
        return ()


def _said(fault: Fault) -> str:
    return f"{fault.what}; {fault.way_out}" if fault.way_out else fault.what


def _relative(path: str) -> str:
    """The path as seen from here, where it lies below: annotations are about files of a checkout."""
    try:
        found = os.path.relpath(path)
    except ValueError:  # another drive
        found = path
    return (path if found.startswith("..") else found).replace("\\", "/")


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/:")


def _data(text: str) -> str:
    return neutral(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
