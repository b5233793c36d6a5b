"""What to do next: the check to run, what was not looked at and would move the ranking, what is ruled out.

Takes the candidate problems as they were worked out (see conclude); gives parts of the Diagnosis. Nothing here changes
the odds.
"""

from __future__ import annotations

import re
from functools import cache
from math import log
from typing import TYPE_CHECKING

from diagnose.answer.next_check import OpenChecks, next_best
from diagnose.answer.prospects import prospects
from diagnose.checks.not_run import DID_NOT_RUN
from diagnose.diagnosis import BlindSpot, NextCheck, RuledOut
from diagnose.model import RATIOS, Evidence, Place
from diagnose.templates import filled_text
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from diagnose.answer.candidate import Candidate
    from diagnose.diagnosis import Finding, ShownCheck
    from diagnose.model import Collect, Platform, Problem
    from diagnose.scan.passages import Passage

LIVE = 0.1  # share of a problem whose blind spots matter
MOVES = 0.1  # change of a probability that is worth going for
RULED_OUT = 0.05
MOST = 5

# Lines that only one kind of log has: where they stand, that kind was read.
_KINDS: dict[str, re.Pattern[str]] = {
    "ocs-logger": late(r"\bTL_(?:INFO|WARN|ERROR|VERBOSE|NOISE)\("),
    "windows-event": late(r"\bEvent ?ID\s*:|<EventID|\bProviderName\s*:", re.IGNORECASE),
    "k8s": late(r"^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d|\bkubelet\b", re.MULTILINE),
}


def next_check(cases: Sequence[Candidate], skipped: Collection[str], platform: Platform | None) -> NextCheck | None:
    """The best open check of all `cases`; `skipped` are checks (`ARTICLE/CHECK`) that nobody wants to run.

    It runs on `platform` (None: not known, any will do), unless no open check does: then it says so.
    """
    choice = next_best([_candidate(case, skipped, platform) for case in cases])
    if choice is None:
        return None
    case = next(case for case in cases if case.problem.id == choice.problem)
    leading = max((o for o in case.odds if o.cause), key=lambda o: o.share)
    assert leading.cause is not None
    shown = case.check(choice.check)
    return NextCheck(
        cause=f"{case.problem.id}/{leading.cause.id}",
        check=choice.check,
        why=_why(case.problem, shown, choice.separates) + _elsewhere(shown, platform) + _again(shown),
        article=case.problem.id,
        shown=shown,
        outcomes=prospects(case, shown),
    )


def _candidate(case: Candidate, skipped: Collection[str], platform: Platform | None) -> OpenChecks:
    names = [name for name in case.problem.checks if f"{case.problem.id}/{name}" not in skipped]
    shown = {name: case.check(name) for name in names}
    return OpenChecks(
        problem=case.problem,
        share=case.share,
        shares={odds.cause.id if odds.cause else "": odds.share for odds in case.odds},
        closed={
            name
            for name in case.problem.checks
            if name not in shown or (name in case.outcomes and case.outcomes[name].outcome)
        },
        missing={name: len(check.missing) for name, check in shown.items()},
        asks={
            name: f"{check.commands[0].shell} {check.commands[0].command}"
            for name, check in shown.items()
            if check.commands and not check.missing
        },
        runnable={name for name, check in shown.items() if _runs(check, platform)},
    )


def _runs(check: ShownCheck, platform: Platform | None) -> bool:
    return platform is None or not check.commands or any(c.platform == platform for c in check.commands)


def _elsewhere(check: ShownCheck, platform: Platform | None) -> str:
    """That a check needs another system than the reader's."""
    if _runs(check, platform):
        return ""
    return f"; its commands are for {' or '.join(dict.fromkeys(c.platform for c in check.commands))}, not {platform}"


def _again(check: ShownCheck) -> str:
    """What a check needs that did not run when it was tried."""
    return (
        f"; {check.unclear.replace(DID_NOT_RUN, 'the last time it did not run:')}"
        if DID_NOT_RUN in check.unclear
        else ""
    )


def _why(problem: Problem, shown: ShownCheck, separates: tuple[str, str]) -> str:
    """One sentence: `about 12 seconds, no special rights needed: separates 'blocked' from 'service down'`."""
    titles = {cause.id: cause.title for cause in problem.causes}
    rights = "no special rights needed" if shown.cost.privilege == "user" else "needs administrator rights"
    change = "" if shown.read_only else ", changes something"
    named = [f"'{titles[cause]}'" for cause in separates if cause]
    tells = f"separates {' from '.join(named)}" if len(named) == 2 else f"confirms or rules out {''.join(named)}"
    needs = f"; first give {', '.join(f'<{name}>' for name in shown.missing)}" if shown.missing else ""
    needs += "".join(f"; name your <{name}> first, {value} is a default" for name, value in shown.assumed.items())
    return f"about {shown.cost.seconds:g} seconds, {rights}{change}: {tells}{needs}"


def ruled_out(findings: Sequence[Finding]) -> tuple[RuledOut, ...]:
    """Causes that something at least strong speaks against and that are hardly possible any more."""
    strong = -log(RATIOS["strong"]) + 1e-9
    return tuple(
        RuledOut(id=f.id, title=f.title, probability=f.probability, evidence=against)
        for f in findings[1:]  # the leading cause is not ruled out, however little leads
        if f.probability < RULED_OUT
        and (against := tuple(e for e in f.evidence if not e.supports))
        and min(e.weight for e in against) <= strong
    )


def blind_spots(cases: Sequence[Candidate], passages: Sequence[Passage]) -> tuple[BlindSpot, ...]:
    """What was not looked at and would change the leading cause or move a probability by MOVES, most first."""
    texts = ["\n".join(passage.lines) for passage in passages]

    @cache
    def looked_at(kind: str) -> bool:
        return kind in _KINDS and any(_KINDS[kind].search(text) for text in texts)

    found = [spot for case in cases if case.share >= LIVE for spot in _spots(case, looked_at)]
    return tuple(spot for _, spot in sorted(found, key=lambda item: -item[0])[:MOST])


def _spots(case: Candidate, looked_at: Callable[[str], bool]) -> Iterator[tuple[float, BlindSpot]]:
    seen = {item.seen for item in case.evidence}
    for collect in (*case.problem.collect, *_uncollected(case.problem)):
        if seen & set(collect.covers) or looked_at(collect.source):
            continue
        moves = [(_move(case, name), name) for name in collect.covers if name in case.problem.signals]
        told = [(size, text, cause, name) for (size, text, cause), name in moves if size >= MOVES]
        if not told:
            continue
        size, text, cause, _ = max(told, key=lambda item: item[0])
        yield (
            size,
            BlindSpot(
                source=collect.source,
                how=filled_text(collect.how, case.values),
                signals=tuple(name for *_, name in told),
                cause=f"{case.problem.id}/{cause}",
                decides=text,
                around=_around(case.evidence),
            ),
        )


def _uncollected(problem: Problem) -> list[Collect]:
    """Signals that say where they are written, of which no `collect` says how to get them."""
    from diagnose.model import Collect

    covered = {name for item in problem.collect for name in item.covers}
    by_source: dict[str, list[str]] = {}
    for name, signal in problem.signals.items():
        if name not in covered and name not in problem.symptoms:
            for source in signal.sources[:1]:
                by_source.setdefault(source, []).append(name)
    return [
        Collect(source=source, how="", covers=tuple(names))
        for source, names in by_source.items()
        if source not in {item.source for item in problem.collect}
    ]


def _move(case: Candidate, signal: str) -> tuple[float, str, str]:
    """How far seeing `signal` would move a cause, in words, and which one."""
    more = Evidence(problem=case.problem.id, seen=signal, at=Place(source="", line=1), quote="")
    before = {o.cause.id: o.share for o in case.odds if o.cause}
    after = {o.cause.id: (o.share, o.cause.title) for o in case.odds_with(more) if o.cause}
    if not before:
        return 0.0, "", ""
    moved = max(before, key=lambda cause: (after[cause][0] - before[cause], cause))
    size = case.share * (after[moved][0] - before[moved])
    then = f"{100 * case.share * before[moved]:.0f} % to {100 * case.share * after[moved][0]:.0f} %"
    return size, f"if it shows there, '{after[moved][1]}' goes from {then}", moved


def _around(evidence: Sequence[Evidence]) -> str:
    from datetime import UTC, datetime

    times = [item.time for item in evidence if item.time is not None]
    return datetime.fromtimestamp(times[0], UTC).strftime("%Y-%m-%d %H:%M") if times else ""
