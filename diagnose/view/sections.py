"""The parts of a report that fold away: lists of items, of which some parts are code.

Takes a Diagnosis and the timeline of its case; gives `Section`s, unescaped. How they look is the renderer's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.view.words import RELATED, percent, place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diagnose.diagnosis import (
        BlindSpot,
        Diagnosis,
        LooseOutput,
        Moment,
        Proof,
        ShownCheck,
        Step,
    )


class Part(Struct, frozen=True):
    """A piece of an item; `code` where it is typed or quoted."""

    text: str
    code: bool = False


class Section(Struct, frozen=True):
    """`items` are lists of parts; the first part of an item is its headline. Never empty."""

    title: str
    items: tuple[tuple[Part, ...], ...]


def proofs_of(diagnosis: Diagnosis) -> Section | None:
    return _shown(_section("Proof of the fix", _proof, _by_outcome(diagnosis.proofs)))


def loose_of(diagnosis: Diagnosis) -> Section | None:
    title = "The output of a check, without the error that it belongs to"
    return _shown(_section(title, _loose, diagnosis.loose))


def folded_of(diagnosis: Diagnosis, timeline: Sequence[Step] = ()) -> tuple[Section, ...]:
    """What is there for whoever asks; only a case has a timeline, and lists its checks done and open."""
    made = (
        _section("Not looked at", _blind_spot, diagnosis.blind_spots),
        _section("In order of time", _moment, diagnosis.moments if len(diagnosis.moments) > 1 else ()),
        _section("Checks done", _done, _checks(diagnosis, done=True) if timeline else ()),
        _section("Checks open", _open, _checks(diagnosis, done=False) if timeline else ()),
        _section("Timeline", _step, timeline),
    )
    return tuple(section for section in made if section.items)


def _shown(section: Section) -> Section | None:
    return section if section.items else None


def _section(title: str, item: Callable[[Any], tuple[Part, ...]], values: Sequence[Any]) -> Section:
    return Section(title, tuple(item(value) for value in values))


def _checks(diagnosis: Diagnosis, *, done: bool) -> list[ShownCheck]:
    least = RELATED if diagnosis.verdict == "unknown" and not done else 0.0
    checks = {check.id: check for f in diagnosis.causes if f.probability >= least for check in f.checks}
    proved = {proof.verify.partition(".")[0] for proof in diagnosis.proofs if proof.proved}
    return [check for check in checks.values() if bool(check.outcome) == done and (done or check.id not in proved)]


def _loose(output: LooseOutput) -> tuple[Part, ...]:
    what = f"{output.tool or output.answers[0].check} at {place(output.source, output.line)}"
    told = (
        f"{answer.title} -> {answer.outcome} (check {answer.check} of {answer.article})" for answer in output.answers
    )
    return Part(f"{what}: paste it together with the error"), *map(Part, told)


def _by_outcome(proofs: Sequence[Proof]) -> list[list[Proof]]:
    """The steps that one outcome proves, together: which of them was done, nobody said."""
    groups: dict[str, list[Proof]] = {}
    for proof in proofs:
        groups.setdefault(proof.verify, []).append(proof)
    return list(groups.values())


def _proof(group: Sequence[Proof]) -> tuple[Part, ...]:
    first = group[0]
    if first.proved:
        state = "proved, it was seen afterwards"
    elif first.outcome:
        state = f"not proved, {first.outcome} was seen afterwards"
    else:
        state = "not proved yet"
    steps = [proof.step for proof in group]
    return Part(f"{first.verify}: {state}"), *map(
        Part, steps if len(steps) == 1 else [f"or {s}" if i else s for i, s in enumerate(steps)]
    )


def _moment(moment: Moment) -> tuple[Part, ...]:
    what = f"{moment.signal} ({moment.cause})" if moment.signal else "not explained"
    return Part(f"{moment.time}  {place(moment.source, moment.line)}  {what}"), Part(moment.quote[:120])


def _blind_spot(spot: BlindSpot) -> tuple[Part, ...]:
    around = f", around {spot.around}" if spot.around else ""
    return Part(f"{spot.source}{around}: {spot.decides}"), Part(spot.how)


def _done(check: ShownCheck) -> tuple[Part, ...]:
    return Part(f"{check.id}: {check.title} -> {check.outcome}"), Part("")


def _open(check: ShownCheck) -> tuple[Part, ...]:
    command = check.commands[0].command if check.commands else ""
    return Part(f"{check.id}: {check.title}"), Part(command, code=True)


def _step(step: Step) -> tuple[Part, ...]:
    after = f"{step.verdict}, {step.cause} {percent(step.probability)}" if step.cause else step.verdict
    return Part(f"{step.time.replace('T', ' ').removesuffix('+00:00')}  {step.did}"), Part(after)
