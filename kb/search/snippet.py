"""The stretch of an article that shows best why it was found, with the words that matched marked. Pure text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.search.terms import places

if TYPE_CHECKING:
    from collections.abc import Collection

    from kb.search.terms import Place

Spans = tuple[tuple[str, bool], ...]
LENGTH = 220
BEFORE = 40
READ = 30_000
_LINE_START = re.compile(r"^\s*(?:#{1,6} |>+ ?|[-*+] |```\S*|~~~\S*)", re.MULTILINE)
_MARKS = str.maketrans("|`", "  ")


def snippet(body: str, wanted: Collection[str]) -> Spans:
    """About LENGTH characters of `body` as (text, does it match) spans; its beginning where no term of `wanted` stands."""
    text = _plain(body[:READ])
    hits = places(text, wanted)
    start = _best(hits)
    start = text.rfind(" ", 0, max(0, start - BEFORE)) + 1 if start > BEFORE else 0
    end = start + LENGTH
    if end < len(text):
        end = max(text.rfind(" ", start + LENGTH // 2, end), start + LENGTH // 2)
    spans: list[tuple[str, bool]] = [("… " if start else "", False)]
    at = start
    for hit in hits:
        if hit.start >= at and hit.end <= end:
            spans += [(text[at : hit.start], False), (text[hit.start : hit.end], True)]
            at = hit.end
    spans.append((text[at:end] + (" …" if end < len(text) else ""), False))
    return tuple(span for span in spans if span[0])


def _plain(body: str) -> str:
    """Without the marks of Markdown, on one line."""
    text = _LINE_START.sub(" ", body).translate(_MARKS)
    for mark in ("**", "<!--", "-->"):
        text = text.replace(mark, " ")
    return " ".join(text.split())


def _best(hits: list[Place]) -> int:
    """Where the window begins that holds the most distinct terms, the first such."""
    best, start, first = 0, 0, 0
    inside: dict[str, int] = {}
    for at, last in enumerate(hits):
        inside[last.text] = inside.get(last.text, 0) + 1
        while first < at and hits[first].start < last.end - LENGTH + BEFORE:
            gone = hits[first].text
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        if len(inside) > best:
            best, start = len(inside), hits[first].start
    return start
