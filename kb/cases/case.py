"""A case: what was given, seen and done about one fault, over time. The value; see file for the file.

Inputs are kept redacted: a paste or a small file whole, of a large log the excerpts around what was found. They can be
diagnosed again, with their line numbers. Times are ISO, UTC, and come from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.checks.answers import Answered
from diagnose.diagnosis import Diagnosis, Step
from diagnose.inputs.sources import STDIN, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from diagnose.inputs.sources import InputError
    from diagnose.scan.passages import Passage
    from diagnose.scan.reading import Read

CASE_SCHEMA = "kb.case/1"
ANSWER = "answer"
_CHUNK = 1 << 18
MOST_PARTS = 2000
MOST_KEPT = 60_000
MOST_LINES = 100_000_000
SLACK = 1  # a text without a line end counts one line less in some readers


class CaseExcerpt(Struct, frozen=True):
    """Lines that stood together, redacted; `first` is the number of the first."""

    first: int
    text: str


class CaseInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An input as it is kept. `whole` tells whether `excerpts` are all of its `lines`; `after` a fix."""

    name: str
    time: str
    bytes: int
    lines: int
    whole: bool
    excerpts: tuple[CaseExcerpt, ...]
    kind: str = ""
    error: str | None = None
    after: bool = False


class CaseAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An outcome that a person chose instead of pasting an output."""

    time: str
    article: str
    check: str
    outcome: str
    after: bool = False


class Case(Struct, frozen=True, kw_only=True):
    """Everything about one fault. `kb` and `base` are the version and the digest of the articles used last."""

    schema: str = CASE_SCHEMA
    id: str
    created: str
    kb: str
    base: str = ""
    inputs: tuple[CaseInput, ...] = ()
    answers: tuple[CaseAnswer, ...] = ()
    skipped: tuple[str, ...] = ()
    parameters: dict[str, str] = {}
    steps: tuple[Step, ...] = ()
    diagnosis: Diagnosis | None = None
    resolved: str | None = None


def excess(case: Case) -> str:
    """What in a case is more than kb ever keeps, in words: one from somebody else must not hold it up. Else empty."""
    if max(len(case.inputs), len(case.answers), len(case.steps), len(case.skipped), len(case.parameters)) > MOST_PARTS:
        return f"it holds more than {MOST_PARTS} inputs, answers or steps"
    if sum(e.text.count("\n") + 1 for item in case.inputs for e in item.excerpts) > MOST_KEPT:
        return f"more than {MOST_KEPT} lines of its inputs are kept"
    if sum(max(0, item.lines) for item in case.inputs) > MOST_LINES:
        return f"its inputs have more than {MOST_LINES} lines"
    return next((f"{item.name[:80]}: {what}" for item in case.inputs if (what := _misplaced(item))), "")


def _misplaced(item: CaseInput) -> str:
    """What is wrong with the lines of an input."""
    if item.lines < 0 or item.bytes < 0:
        return "it has less than nothing"
    line = 1
    for excerpt in item.excerpts:
        if excerpt.first < line:
            return "its excerpts are not in order"
        line = excerpt.first + excerpt.text.count("\n") + 1
    return "an excerpt ends behind its last line" if line > item.lines + 1 + SLACK else ""


def case_answers(case: Case, *, after: bool = False) -> tuple[Answered, ...]:
    """The chosen outcomes as the core takes them."""
    return tuple(
        Answered(item.article, item.check, item.outcome, f"{item.check}: {item.outcome}", ANSWER, number, older=True)
        for number, item in enumerate(case.answers, 1)
        if item.after == after
    )


def case_sources(case: Case, *, after: bool = False) -> Iterator[Source]:
    """The kept inputs as streams. What was left out becomes empty lines, so that line numbers and counts stay."""
    for item in case.inputs:
        if item.after == after:
            chunks = _chunks(item)
            head = next(chunks, b"")
            yield Source(item.name, item.kind or "plain", head, _again(head, chunks), encoding="utf-8")


def _again(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _chunks(item: CaseInput) -> Iterator[bytes]:
    line = 1
    for excerpt in item.excerpts:
        yield from _blank(excerpt.first - line)
        text = excerpt.text + "\n"
        yield text.encode("utf-8", "replace")
        line = excerpt.first + text.count("\n")
    yield from _blank(item.lines + 1 - line)


def _blank(lines: int) -> Iterator[bytes]:
    while lines > 0:
        yield ("\n" * min(lines, _CHUNK)).encode()
        lines -= _CHUNK


def named_apart(case: Case, sources: Iterable[Source | InputError]) -> Iterator[Source | InputError]:
    """New inputs under names that the case does not use yet: a second paste is `paste-2`, a file again `x.log (2)`."""
    used = {item.name for item in case.inputs}
    for source in sources:
        if not isinstance(source, Source):
            yield source
            continue
        name, number = source.name, 1
        while name in used:
            number += 1
            name = f"paste-{number}" if source.name == STDIN else f"{source.name} ({number})"
        used.add(name)
        yield replace(source, name=name)


def with_inputs(
    case: Case, read: Read, passages: Sequence[Passage], redact: Callable[[str], str], now: str, *, after: bool = False
) -> Case:
    """The case with the inputs of `read` that it does not hold yet."""
    known = {item.name for item in case.inputs}
    fresh = []
    for item in read.inputs:
        excerpts = tuple(
            CaseExcerpt(p.first, redact("\n".join(p.quotes))) for p in passages if p.source == item.name and p.quotes
        )
        if item.name in known or not item.bytes:
            continue
        kept = sum(len(p.quotes) for p in passages if p.source == item.name)
        fresh.append(
            CaseInput(
                name=item.name,
                time=now,
                bytes=item.bytes,
                lines=item.lines,
                whole=kept >= item.lines,
                excerpts=excerpts,
                kind=item.kind,
                error=item.error,
                after=after,
            )
        )
    return replace(case, inputs=(*case.inputs, *fresh))


def input_name(item: CaseInput) -> str:
    """An input in a sentence, with how much of it is kept."""
    name = "a paste" if item.name == STDIN else item.name
    if item.whole:
        return name
    kept = sum(excerpt.text.count("\n") + 1 for excerpt in item.excerpts)
    return f"{name} (excerpts: {kept} of {item.lines} lines)"


def as_given(case: Case, diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis of kept inputs with the sizes and the troubles that they had when they were read."""
    from diagnose.diagnosis import Skipped

    kept = {item.name: item for item in case.inputs if not item.after}
    inputs = tuple(
        replace(item, bytes=k.bytes, lines=k.lines, error=k.error) if (k := kept.get(item.name)) else item
        for item in diagnosis.inputs
    )
    told = {item.path for item in diagnosis.skipped}
    skipped = (
        *diagnosis.skipped,
        *(
            Skipped(path=k.name, reason=k.error, bytes_read=k.bytes, code="KB-E010")
            for k in kept.values()
            if k.error and k.name not in told
        ),
    )
    return replace(diagnosis, inputs=inputs, skipped=skipped, complete=not skipped)


def with_step(case: Case, did: str, now: str) -> Case:
    """The case with one step more on its timeline, and what leads after it."""
    diagnosis = case.diagnosis
    lead = diagnosis.causes[0] if diagnosis and diagnosis.causes and diagnosis.verdict != "unknown" else None
    step = Step(
        time=now,
        did=did,
        verdict=diagnosis.verdict if diagnosis else "",
        cause=lead.id if lead else "",
        probability=lead.probability if lead else 0.0,
    )
    return replace(case, steps=(*case.steps, step))
