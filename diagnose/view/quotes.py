"""Lines of the input as they are shown: centred on what was matched in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.text.sanitize import neutral
from diagnose.view.view import QuoteView
from diagnose.view.words import effect, often, place

if TYPE_CHECKING:
    from diagnose.diagnosis import Line, ShownEvidence

CUT = "..."


def quote_of(evidence: ShownEvidence) -> QuoteView:
    start, end = evidence.span or (0, 0)
    return QuoteView(
        place=neutral(place(evidence.source, evidence.line)),
        before=neutral(evidence.quote[:start]),
        matched=neutral(evidence.quote[start:end]),
        after=neutral(evidence.quote[end:]),
        signal=neutral(evidence.signal),
        effect=neutral(effect(evidence)),
        why=neutral(evidence.why) if evidence.weight else "",
        supports=evidence.supports,
        weight=evidence.weight,
        often=neutral(often(evidence)),
        context=tuple(map(neutral, evidence.context)),
    )


def line_of(line: Line) -> QuoteView:
    return QuoteView(neutral(place(line.source, line.line)), "", "", neutral(line.quote))


def centred(quote: QuoteView, room: int) -> QuoteView:
    """The same in at most `room` characters, `...` where it was cut: what was matched in the middle; of a longer match its
    end, where the values stand."""
    from msgspec.structs import replace

    text = quote.text
    if len(text) <= room:
        return quote
    start, end = len(quote.before), len(quote.before) + len(quote.matched)
    left = end + len(CUT) - room if end - start >= room - 2 * len(CUT) else (start + end - room) // 2
    left = max(0, min(left, len(text) - room))
    right = left + room
    head, tail = CUT * (left > 0), CUT * (right < len(text))
    left, right = left + len(head), right - len(tail)
    cut = [max(left, min(at, right)) for at in (0, start, end, len(text))]
    return replace(
        quote,
        before=head + text[cut[0] : cut[1]],
        matched=text[cut[1] : cut[2]],
        after=text[cut[2] : cut[3]] + tail,
    )
