"""What was matched and retrieved to a Diagnosis: parameters, outcomes, odds, verdicts, commands, the next check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.answer.advice import blind_spots, next_check, ruled_out
from diagnose.answer.candidate import LEAST_SHARE, Candidate, rounded
from diagnose.answer.faults import also_found, faults_of
from diagnose.answer.found_by import found_by
from diagnose.answer.leftover import most_telling, unexplained_lines
from diagnose.answer.standings import candidates_of, standings_of
from diagnose.answer.timeline import Times
from diagnose.answer.unasked_outputs import loose_outputs
from diagnose.diagnosis import Diagnosis, Finding, ProblemFound, RankedArticle
from diagnose.rank.cascade import collapsed
from diagnose.rank.problems import softmax
from diagnose.retrieve.search_words import search_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diagnose.answer.standings import Candidates
    from diagnose.diagnosis import InputRead, NextCheck, RuledOut, Verdict
    from diagnose.gathered import Gathered
    from diagnose.knowledge import Knowledge
    from diagnose.model import Place, Platform, Problem
    from diagnose.options import Options
    from diagnose.rank.problems import Standing
    from diagnose.rank.weights import Weights

DETAILED = 8  # problems whose causes, checks and commands are worked out
# Articles in the answer: the best, and all others whose probability is not rounded to nothing, so that they sum to 1.
LISTED = 25
LEAST_LISTED = 5e-7
NEAREST = 3  # articles of which is told what brought them up, where nothing is known
VERDICTS = ("confirmed", "likely", "possible", "unknown")
EXPLAINS = 0.1  # share of a problem whose lines count as explained


class Judged(Struct, frozen=True):
    """Candidates weighed against one another and unknown: all there is to say of one fault."""

    cases: list[Candidate]
    findings: list[Finding]
    verdict: Verdict
    unknown: float
    articles: tuple[RankedArticle, ...]


def conclude(gathered: Gathered, base: Knowledge, options: Options, runs_on: Platform | None = None) -> Diagnosis:
    """The whole answer. The same input and base give the same value. `runs_on` is the reader's system, where it is known."""
    competing = candidates_of(gathered, base)
    standings = standings_of(competing, gathered, base, options.weights)
    whole = _judged(competing, standings, gathered, options)
    cases, verdict = whole.cases, whole.verdict
    lead = cases[0] if cases else None
    read, passages = gathered.read, gathered.passages
    times = Times(gathered.matched, options.setup.when, options.context)
    ranked = sorted(standings, key=lambda s: lead is None or s is not lead.standing)  # a cascade's root may lead
    groups = (
        [] if verdict == "unknown" else faults_of(competing, ranked, gathered, base, options.weights, times.messages)
    )
    several = [_judged(own, group, gathered, options) for own, group in groups] if len(groups) > 1 else []
    several.sort(key=lambda one: (VERDICTS.index(one.verdict), *_first_place(one, read.inputs)))
    judged = several or [whole][: len(groups)]
    shown = _shown(whole, times, options)
    explained = times.messages(_explained([whole, *several])) | competing.claimed
    unexplained = times.lines(unexplained_lines(passages, explained))
    open_line = (
        most_telling(passages, explained) if verdict != "unknown" else most_telling(passages, competing.claimed, 0)
    )
    return Diagnosis(
        verdict=verdict,
        unknown=whole.unknown,
        causes=shown,
        articles=_with_reasons(whole.articles, competing, gathered) if verdict == "unknown" else whole.articles,
        also=also_found(groups),
        next_check=_next(whole, options, runs_on),
        parameters=dict(sorted(lead.values.items())) if lead else {},
        conflicts=lead.conflicts if lead else (),
        codes=gathered.codes,
        unexplained=unexplained,
        inputs=read.inputs,
        complete=not read.skipped,
        skipped=read.skipped,
        warnings=(*read.warnings, *gathered.matched.warnings),
        ruled_out=_ruled_out(whole),
        blind_spots=blind_spots(cases, passages) if verdict in ("likely", "possible") else (),
        moments=times.moments(shown, unexplained),
        loose=()
        if verdict != "unknown"
        else loose_outputs([s.problem for s in standings], base, gathered.outputs, passages, salient=bool(unexplained)),
        stopped=read.stopped,
        problems=tuple(_problem(one, times, options, runs_on) for one in judged),
        open_line=open_line,
        search=search_words(open_line.quote if open_line else "", gathered.retrieved) if verdict == "unknown" else "",
    )


def _judged(competing: Candidates, standings: Sequence[Standing], gathered: Gathered, options: Options) -> Judged:
    problems = competing.problems
    shares, unknown = softmax(standings)
    shares = collapsed(shares, standings, problems)
    standings = sorted(standings, key=lambda s: (-shares[s.problem], s.problem))
    cases = [
        Candidate(problems[s.problem], s, shares[s.problem], competing.evidence.get(s.problem, []), gathered, options)
        for s in standings[:DETAILED]
        if shares[s.problem] > LEAST_SHARE or s is standings[0]
    ]
    other = sum(case.share * case.other for case in cases)
    unknown_all = min(1.0, unknown + other)
    findings = sorted(
        (f for case in cases for f in case.findings(unknown + other)), key=lambda f: (-f.probability, f.id)
    )
    findings = [f for f in findings if f.evidence or f.probability >= LEAST_SHARE]
    verdict = _verdict(findings, cases, unknown_all, options.weights)
    articles = _articles(standings, cases, shares, problems, options.explain)
    return Judged(cases, findings, verdict, rounded(unknown_all), articles)


def _explained(judged: Sequence[Judged]) -> Iterator[Place]:
    """The lines of every problem that leads, and of those that are a real possibility beside it."""
    for one in judged:
        for rank, case in enumerate(one.cases):
            if rank == 0 or case.share >= EXPLAINS:
                yield from case.standing.lines


def _first_place(judged: Judged, inputs: Sequence[InputRead]) -> tuple[int, int]:
    """Where the first line of a fault stands: the order of faults is that of the inputs, whatever repeats in them."""
    names = [item.name for item in inputs]
    return min((names.index(at.source), at.line) for at in judged.cases[0].standing.lines)


def _shown(judged: Judged, times: Times, options: Options) -> tuple[Finding, ...]:
    """The likeliest causes, worked out."""
    cases = {case.problem.id: case for case in judged.cases}
    return tuple(times.finding(cases[f.article].with_commands(f)) for f in judged.findings[: options.top])


def _problem(judged: Judged, times: Times, options: Options, runs_on: Platform | None) -> ProblemFound:
    return ProblemFound(
        verdict=judged.verdict,
        unknown=judged.unknown,
        causes=_shown(judged, times, options),
        articles=judged.articles,
        next_check=_next(judged, options, runs_on),
        ruled_out=_ruled_out(judged),
    )


def _next(judged: Judged, options: Options, runs_on: Platform | None) -> NextCheck | None:
    if judged.verdict not in ("likely", "possible"):
        return None
    return next_check(judged.cases, options.skipped, runs_on)


def _ruled_out(judged: Judged) -> tuple[RuledOut, ...]:
    return ruled_out(judged.findings) if judged.verdict != "unknown" else ()


def _with_reasons(
    articles: Sequence[RankedArticle], competing: Candidates, gathered: Gathered
) -> tuple[RankedArticle, ...]:
    """`articles` with what brought the nearest of them up."""
    near = (
        replace(a, evidence=found_by(competing.problems[a.id], gathered.retrieved, gathered.passages))
        for a in articles[:NEAREST]
    )
    return (*near, *articles[NEAREST:])


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
