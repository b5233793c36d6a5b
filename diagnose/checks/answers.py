"""The values that answers to checks are: an output with its place, an outcome of a check, and which of two outcomes
counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.model import Evidence, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.model import Strength
    from diagnose.outputs.base import Output
    from diagnose.scan.passages import Passage


class CheckAnswer(Struct, frozen=True):
    """An outcome of a check (`outcome` empty: unclear, `why`), where it stands, and the most that it may count."""

    check: str
    outcome: str
    at: Place
    quote: str
    why: str = ""
    limit: Strength | None = None


class Answered(Struct, frozen=True):
    """A state that a check of a problem came out with, found by other means than a paste: a probe, a person.

    `line` tells the answers of one `source` apart, from 1. `older` than the texts are answers that a person gave while
    the check was open: what a text shows has come after them. `limit` is the most that it may count.
    """

    problem: str
    check: str
    state: str
    quote: str
    source: str = "probe"
    line: int = 1
    why: str = ""
    older: bool = False
    limit: Strength | None = None


class Located(Struct, frozen=True):
    """A recognised output and the source and line where it begins."""

    source: str
    first: int
    output: Output


def outputs_in(passages: Sequence[Passage]) -> list[Located]:
    """Every output that a recogniser of `diagnose.outputs` finds, each followed by what it tells beside its question."""
    from diagnose.checks.implied import implied
    from diagnose.outputs import recognise

    return [
        Located(passage.source, passage.first + output.first - 1, output)
        for passage in passages
        for asked in recognise(passage.lines)
        for output in (asked, *implied(asked))
    ]


def newest(old: Mapping[str, CheckAnswer], new: Mapping[str, CheckAnswer]) -> dict[str, CheckAnswer]:
    """The later answer counts, but an unclear outcome does not undo a clear one."""
    return {**old, **{name: newer(old.get(name), told) for name, told in new.items()}}


def newer(old: CheckAnswer | None, new: CheckAnswer) -> CheckAnswer:
    """A clear outcome is not forgotten because of an unclear one."""
    return old if old is not None and old.outcome and not new.outcome else new


def of_rows(rows: Sequence[tuple[Output, CheckAnswer]]) -> CheckAnswer:
    """The answer of all outputs of one check: the last clear one, but of a table of filesystems every row counts. Of each
    of them counts what was shown last, and one that is not well before all that are."""
    last: dict[str, tuple[Output, CheckAnswer]] = {}
    for output, answer in rows:
        key = output.subject.get("path", "")
        old = last.pop(key, None)
        last[key] = (output, answer) if old is None else (output, newer(old[1], answer))
    answers = [answer for output, answer in last.values() if output.state == "ok" or "path" not in output.subject]
    unwell = [answer for output, answer in last.values() if output.state != "ok" and "path" in output.subject]
    told = next(iter(answers + unwell))
    for answer in answers + unwell:
        told = newer(told, answer)
    return told


def evidence_of(problem: str, outcome: CheckAnswer) -> Evidence:
    seen = f"{outcome.check}.{outcome.outcome}"
    return Evidence(problem=problem, seen=seen, at=outcome.at, quote=outcome.quote, limit=outcome.limit)
