"""What was matched and retrieved to a Diagnosis: parameters, outcomes, odds, verdicts, commands, the next check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.answer.advice import blind_spots, next_check, ruled_out
from diagnose.answer.candidate import LEAST_SHARE, Candidate, rounded
from diagnose.answer.leftover import also_found, unexplained_lines
from diagnose.answer.standings import candidates_of, standings_of
from diagnose.answer.timeline import Times
from diagnose.answer.unasked_outputs import loose_outputs
from diagnose.diagnosis import Diagnosis, Finding, RankedArticle
from diagnose.rank.cascade import collapsed
from diagnose.rank.problems import softmax

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.diagnosis import Verdict
    from diagnose.gathered import Gathered
    from diagnose.knowledge import Knowledge
    from diagnose.model import Platform, Problem
    from diagnose.options import Options
    from diagnose.rank.problems import Standing
    from diagnose.rank.weights import Weights

DETAILED = 8  # problems whose causes, checks and commands are worked out
# Articles in the answer: the best, and all others whose probability is not rounded to nothing, so that they sum to 1.
LISTED = 25
LEAST_LISTED = 5e-7


def conclude(gathered: Gathered, base: Knowledge, options: Options, runs_on: Platform | None = None) -> Diagnosis:
    """The whole answer. The same input and base give the same value. `runs_on` is the reader's system, where it is known."""
    competing = candidates_of(gathered, base)
    problems = competing.problems
    standings = standings_of(competing, gathered, base, options.weights)
    shares, unknown = softmax(standings)
    shares = collapsed(shares, standings, problems)
    standings = sorted(standings, key=lambda s: (-shares[s.problem], s.problem))
    cases = [
        Candidate(problems[s.problem], s, shares[s.problem], competing.evidence.get(s.problem, []), gathered, options)
        for s in standings[:DETAILED]
        if shares[s.problem] > LEAST_SHARE or s is standings[0]
    ]
    other = sum(case.share * case.other for case in cases)
    findings = sorted(
        (f for case in cases for f in case.findings(unknown + other)), key=lambda f: (-f.probability, f.id)
    )
    findings = [f for f in findings if f.evidence or f.probability >= LEAST_SHARE]
    unknown_all = min(1.0, unknown + other)
    verdict = _verdict(findings, cases, unknown_all, options.weights)
    lead = cases[0] if cases else None
    read, passages = gathered.read, gathered.passages
    times = Times(gathered.matched, options.setup.when, options.context)
    shown = tuple(times.finding(finding) for finding in findings[: options.top])
    explained = times.messages(span for case in cases[:3] for span in case.standing.lines) | competing.claimed
    unexplained = times.lines(unexplained_lines(passages, explained))
    return Diagnosis(
        verdict=verdict,
        unknown=rounded(unknown_all),
        causes=shown,
        articles=_articles(standings, cases, shares, problems, options.explain),
        also=also_found(standings, problems, options.weights),
        next_check=next_check(cases, options.skipped, runs_on) if verdict in ("likely", "possible") else None,
        parameters=dict(sorted(lead.values.items())) if lead else {},
        conflicts=lead.conflicts if lead else (),
        codes=gathered.codes,
        unexplained=unexplained,
        inputs=read.inputs,
        complete=not read.skipped,
        skipped=read.skipped,
        warnings=(*read.warnings, *gathered.matched.warnings),
        ruled_out=ruled_out(findings) if verdict != "unknown" else (),
        blind_spots=blind_spots(cases, passages) if verdict in ("likely", "possible") else (),
        moments=times.moments(shown, unexplained),
        loose=()
        if verdict != "unknown"
        else loose_outputs([s.problem for s in standings], base, gathered.outputs, passages, salient=bool(unexplained)),
        stopped=read.stopped,
    )


def _verdict(findings: Sequence[Finding], cases: Sequence[Candidate], unknown: float, weights: Weights) -> Verdict:
    if unknown > 0.5 or not findings:
        return "unknown"
    best = findings[0].verdict
    if best in ("confirmed", "likely"):
        return best
    lead = cases[0]
    return "likely" if lead.trusted and lead.share >= weights.likely else "possible"


def _articles(
    standings: Sequence[Standing],
    cases: Sequence[Candidate],
    shares: Mapping[str, float],
    problems: Mapping[str, Problem],
    explain: bool,
) -> tuple[RankedArticle, ...]:
    other = {case.problem.id: case.other for case in cases}
    values = {case.problem.id: dict(sorted(case.values.items())) for case in cases}
    return tuple(
        RankedArticle(
            id=s.problem,
            title=problems[s.problem].title,
            probability=rounded(shares[s.problem] * (1 - other.get(s.problem, 0.0))),
            parameters=values.get(s.problem, {}),
            score=s.score if explain else None,
        )
        for rank, s in enumerate(standings)
        if rank < LISTED or shares[s.problem] >= LEAST_LISTED
    )
