"""What was matched and retrieved to a Diagnosis: parameters, outcomes, odds, verdicts, commands, the next check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.advise import blind_spots, next_check, ruled_out
from diagnose.commands import commands_for
from diagnose.context import context_of
from diagnose.facts import merge
from diagnose.foundby import found_by
from diagnose.learned import learned_of
from diagnose.loose import loose_outputs
from diagnose.model import (
    AlsoFound,
    Diagnosis,
    Evidence,
    Finding,
    Line,
    RankedArticle,
    RootCause,
    ShownCheck,
    ShownEvidence,
    ShownRemediation,
    Span,
)
from diagnose.moments import Times
from diagnose.outcomes import Told, answered, evidence_of, newest, offered, told
from diagnose.rank import DESCRIBED, PRESET, causes_of, decisive, softmax, stand
from diagnose.scan import SALIENT_REGEX
from diagnose.surroundings import unmet_of
from diagnose.targets import assumed_of
from diagnose.text import filled_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from diagnose.facts import Merged
    from diagnose.intake import Read
    from diagnose.knowledge import Knowledge
    from diagnose.match import Matched, Passage
    from diagnose.model import Check, Command, Param, Platform, Problem, Remediation, SeenCode, Shell, Verdict
    from diagnose.outcomes import Located
    from diagnose.pipeline import Options
    from diagnose.rank import CauseOdds, Standing, Weighed
    from diagnose.retrieve import Retrieved
    from diagnose.weights import Weights

DETAILED = 8  # problems whose causes, checks and commands are worked out
# Articles in the answer: the best, and all others whose probability is not rounded to nothing, so that they sum to 1.
LISTED = 25
LEAST_LISTED = 5e-7
LEAST_SHARE = 0.005
UNEXPLAINED = 20
MOST_ALSO = 5
_DIGITS = str.maketrans("123456789", "0" * 9)


def conclude(
    *,
    matched: Matched,
    retrieved: Retrieved,
    outputs: Sequence[Located],
    codes: tuple[SeenCode, ...],
    read: Read,
    base: Knowledge,
    options: Options,
    runs_on: Platform | None = None,
) -> Diagnosis:
    """The whole answer. The same input and base give the same value. `runs_on` is the reader's system, where it is known."""
    claimed = claimed_lines(outputs)
    evidence = _by_problem(matched.evidence)
    problems = _candidates(matched, retrieved, base)
    standings = standings_of(problems, evidence, matched, retrieved, base, options.weights, claimed)
    shares, unknown = softmax(standings)
    shares = _collapsed(shares, standings, problems)
    standings = sorted(standings, key=lambda s: (-shares[s.problem], s.problem))
    cases = [
        _Case(
            problems[s.problem],
            s,
            shares[s.problem],
            evidence.get(s.problem, []),
            outputs,
            matched.passages,
            retrieved,
            options,
        )
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
    said = Times(matched, options.setup.when, options.context)
    shown = tuple(said.finding(finding) for finding in findings[: options.top])
    explained = said.messages(span for case in cases[:3] for span in case.standing.lines) | claimed
    unexplained = said.lines(_unexplained(matched.passages, explained))
    return Diagnosis(
        verdict=verdict,
        unknown=_rounded(unknown_all),
        causes=shown,
        articles=_articles(standings, cases, shares, problems, options.explain),
        also=_also(standings, problems, options.weights),
        next_check=next_check(cases, options.skipped, runs_on) if verdict in ("likely", "possible") else None,
        parameters=dict(sorted(lead.values.items())) if lead else {},
        conflicts=lead.conflicts if lead else (),
        codes=codes,
        unexplained=unexplained,
        inputs=read.inputs,
        complete=not read.skipped,
        skipped=read.skipped,
        warnings=(*read.warnings, *matched.warnings),
        ruled_out=ruled_out(findings) if verdict != "unknown" else (),
        blind_spots=blind_spots(cases, matched.passages) if verdict in ("likely", "possible") else (),
        moments=said.moments(shown, unexplained),
        loose=()
        if verdict != "unknown"
        else loose_outputs([s.problem for s in standings], base, outputs, matched.passages, salient=bool(unexplained)),
        stopped=read.stopped,
    )


def _rounded(value: float) -> float:
    """Six digits: enough for any reader, and the same on every platform's mathematics."""
    return round(min(1.0, max(0.0, value)), 6)


def _by_problem(evidence: Sequence[Evidence]) -> dict[str, list[Evidence]]:
    result: dict[str, list[Evidence]] = {}
    for item in evidence:
        result.setdefault(item.problem, []).append(item)
    return result


def claimed_lines(outputs: Sequence[Located]) -> set[Span]:
    """Lines of recognised outputs: they answer checks, so they do not bring articles up as well."""
    return {
        Span(source=located.source, line=located.first + offset)
        for located in outputs
        for offset in range(located.output.last - located.output.first + 1)
    }


def _candidates(matched: Matched, retrieved: Retrieved, base: Knowledge) -> dict[str, Problem]:
    wanted = {*retrieved.fulltext, *(c.problem for c in retrieved.covered), *(n.problem for n in retrieved.named)}
    return matched.problems | base.problems(sorted(wanted - set(matched.problems)))


def weigh(matched: Matched, retrieved: Retrieved, outputs: Sequence[Located], base: Knowledge) -> list[Standing]:
    """All candidates with their features, best first by the shipped weights: what a fit learns from."""
    problems = _candidates(matched, retrieved, base)
    evidence = _by_problem(matched.evidence)
    return standings_of(problems, evidence, matched, retrieved, base, PRESET, claimed_lines(outputs))


def standings_of(
    problems: dict[str, Problem],
    evidence: Mapping[str, Sequence[Evidence]],
    matched: Matched,
    retrieved: Retrieved,
    base: Knowledge,
    weights: Weights,
    claimed: set[Span],
) -> list[Standing]:
    outside = {name: [e for e in items if e.at not in claimed] for name, items in evidence.items()}
    outside = {name: items for name, items in outside.items() if items}
    seen = outside or evidence  # nothing but an output was pasted: then it is what there is to explain
    context = context_of(matched.passages, base, problems)
    return stand(problems, seen, matched.rates, retrieved, context, matched.lines, base.wordings(problems), weights)


def _collapsed(
    shares: Mapping[str, float], standings: Sequence[Standing], problems: Mapping[str, Problem]
) -> dict[str, float]:
    """A cascade under its root: what a problem leads to keeps little of its own share, where the problem itself was seen
    well enough to be believed alone. A long list of consequences does not outvote it."""
    result = dict(shares)
    believed = {s.problem for s in standings if s.symptom and s.score.value > 0}
    leads = _leads(problems, shares)
    for root, effect in sorted(leads, key=lambda link: (-_depth(link[0], leads), link)):
        if root in believed:
            moved = 0.8 * result[effect]
            result[effect] -= moved
            result[root] += moved
    return result


def _leads(problems: Mapping[str, Problem], shares: Mapping[str, float]) -> set[tuple[str, str]]:
    found = set()
    for name in shares:
        for link in problems[name].related:
            if link.id in shares and link.type == "leads_to":
                found.add((name, link.id))
            elif link.id in shares and link.type == "caused_by":
                found.add((link.id, name))
    return {(root, effect) for root, effect in found if root != effect and (effect, root) not in found}


def _depth(problem: str, leads: Set[tuple[str, str]], seen: frozenset[str] = frozenset()) -> int:
    """How many problems stand above `problem` in the longest cascade: the last links collapse first."""
    above = [root for root, effect in leads if effect == problem and root not in seen]
    return 1 + max((_depth(root, leads, seen | {problem}) for root in above), default=0)


class _Case:
    """One candidate problem worked out: values, outcomes, odds of its causes. Lives inside `conclude` only."""

    def __init__(
        self,
        problem: Problem,
        standing: Standing,
        share: float,
        evidence: Sequence[Evidence],
        outputs: Sequence[Located],
        passages: Sequence[Passage],
        retrieved: Retrieved,
        options: Options,
    ) -> None:
        self.problem = problem
        self.standing = standing
        self.share = share
        self.options = options
        candidates = [(name, value, e.at) for e in evidence for name, value in e.facts]
        merged = _merged(problem, candidates, options.given, outputs)
        self.values, self.conflicts, self.assumed = merged
        pasted = told(problem, self.values, outputs, passages, frozenset(e.at.source for e in evidence), self.assumed)
        chosen = answered(problem, [answer for answer in options.answers if answer.older], self.assumed)
        found = answered(problem, [answer for answer in options.answers if not answer.older], self.assumed)
        self.outcomes: dict[str, Told] = newest(newest(chosen, pasted), found)
        self.evidence = [*evidence, *(evidence_of(problem.id, t) for t in self.outcomes.values() if t.outcome)]
        self.learned = learned_of(problem, options.resolved)
        self.unmet = unmet_of(problem, passages, options.given)
        self.passages, self.retrieved = passages, retrieved
        self.odds = causes_of(problem, self.evidence, self.learned, self.unmet)
        self._checks: dict[str, ShownCheck] = {}

    def odds_with(self, more: Evidence) -> list[CauseOdds]:
        """The odds of the causes, had `more` been seen as well."""
        return causes_of(self.problem, [*self.evidence, more], self.learned, self.unmet)

    @property
    def other(self) -> float:
        """P(another cause | problem)."""
        return self.odds[-1].share if self.problem.causes else 0.0

    def findings(self, unknown: float) -> list[Finding]:
        if not self.problem.causes:
            return [self._described(unknown)]
        return [self._finding(odds.cause, odds, unknown) for odds in self.odds if odds.cause is not None]

    def _described(self, unknown: float) -> Finding:
        cause = RootCause(id=DESCRIBED, title=self.problem.title)
        return self._finding(cause, self.odds[0], unknown)

    def _finding(self, cause: RootCause, odds: CauseOdds, unknown: float) -> Finding:
        probability = self.share * odds.share
        shown = tuple(_shown(w) for w in odds.weighed) or self._symptoms()
        if not shown and probability >= LEAST_SHARE:
            shown = found_by(self.problem, self.retrieved, self.passages)
        return Finding(
            id=f"{self.problem.id}/{cause.id}",
            article=self.problem.id,
            title=cause.title,
            probability=_rounded(probability),
            verdict=self._verdict(probability, odds.weighed, unknown),
            evidence=shown,
            checks=tuple(self.check(name) for name in self._checks_of(cause)),
            remediation=tuple(self._remedy(step) for step in cause.remediation),
            score=odds.score if self.options.explain else None,
        )

    def _verdict(self, probability: float, weighed: Sequence[Weighed], unknown: float) -> Verdict:
        weights = self.options.weights
        if unknown > 0.5:
            return "unknown"
        if not self.standing.symptom:
            return "possible"
        if probability >= weights.confirmed and decisive(weighed):
            return "confirmed"
        own = any(w.weight > 0 for w in weighed)
        if probability >= weights.likely_cause and (own or not self.problem.causes) and self.share >= weights.likely:
            return "likely"
        return "possible"

    def _symptoms(self) -> tuple[ShownEvidence, ...]:
        """What brought the article up, where nothing speaks for this cause in particular (weight 0)."""
        own = [e for e in self.evidence if e.seen in self.problem.symptoms]
        return tuple(
            ShownEvidence(signal=e.seen, supports=True, weight=0.0, source=e.at.source, line=e.at.line, quote=e.quote)
            for e in own[:3]
        )

    def _checks_of(self, cause: RootCause) -> list[str]:
        """The checks that say something about the cause or prove its fix; all where none is named."""
        named = {clue.check.partition(".")[0] for clue in cause.evidence if clue.check}
        named |= {step.verify.partition(".")[0] for step in cause.remediation if step.verify}
        return [name for name in self.problem.checks if name in named]

    def check(self, name: str) -> ShownCheck:
        """A check with its commands filled in, made once."""
        if name not in self._checks:
            self._checks[name] = self._shown_check(name, self.problem.checks[name])
        return self._checks[name]

    def _shown_check(self, name: str, check: Check) -> ShownCheck:
        outcome = self.outcomes.get(name)
        commands = self._commands(check.commands)
        missing = _missing(commands)
        assumed = assumed_of(check, self.problem.params, self.assumed)
        return ShownCheck(
            id=name,
            title=filled_text(check.title, self.values),
            outcome=outcome.outcome or None if outcome else None,
            unclear=outcome.why if outcome and not outcome.outcome else "",
            missing=missing,
            asks=_asks((*missing, *assumed), self.problem.params),
            assumed={name: self.values[name] for name in assumed},
            commands=commands,
            cost=check.cost,
            outcomes=tuple(check.outcomes),
            read_only=check.read_only,
        )

    def _remedy(self, step: Remediation) -> ShownRemediation:
        commands = self._commands(step.commands)
        return ShownRemediation(
            kind=step.kind,
            text=filled_text(step.text, self.values),
            commands=commands,
            risk=step.risk,
            undo=filled_text(step.undo, self.values),
            verify=step.verify,
            missing=_missing(commands),
        )

    def _commands(self, commands: Mapping[Shell, tuple[str, ...]]) -> tuple[Command, ...]:
        return commands_for(commands, self.problem.params, self.values, self.options.platform)


def _merged(
    problem: Problem, captured: list[tuple[str, str, Span]], given: Mapping[str, str], outputs: Sequence[Located]
) -> Merged:
    """The values that the text tells; a target that it leaves open is the one that outputs of its checks name."""
    merged = merge(captured, problem.params, given)
    still_open = {name for name in problem.params if name not in given} - (merged.values.keys() - merged.assumed)
    more = list(offered(problem, merged.values, outputs, still_open))
    return merge([*captured, *more], problem.params, given) if more else merged


def _shown(weighed: Weighed) -> ShownEvidence:
    evidence, clue = weighed.evidence, weighed.clue
    return ShownEvidence(
        signal=evidence.seen,
        supports=weighed.weight > 0,
        weight=round(weighed.weight, 4),
        source=evidence.at.source,
        line=evidence.at.line,
        quote=evidence.quote,
        why=clue.why,
    )


def _missing(commands: Sequence[Command]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for command in commands for name in command.missing))


def _asks(missing: Sequence[str], params: Mapping[str, Param]) -> dict[str, str]:
    return {name: params[name].ask or f"which {name}?" for name in missing if name in params}


def _verdict(findings: Sequence[Finding], cases: Sequence[_Case], unknown: float, weights: Weights) -> Verdict:
    if unknown > 0.5 or not findings:
        return "unknown"
    best = findings[0].verdict
    if best in ("confirmed", "likely"):
        return best
    lead = cases[0]
    return "likely" if lead.standing.symptom and lead.share >= weights.likely else "possible"


def _articles(
    standings: Sequence[Standing],
    cases: Sequence[_Case],
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
            probability=_rounded(shares[s.problem] * (1 - other.get(s.problem, 0.0))),
            parameters=values.get(s.problem, {}),
            score=s.score if explain else None,
        )
        for rank, s in enumerate(standings)
        if rank < LISTED or shares[s.problem] >= LEAST_LISTED
    )


def _also(standings: Sequence[Standing], problems: Mapping[str, Problem], weights: Weights) -> tuple[AlsoFound, ...]:
    """Other faults of the same text: problems that explain lines which those before them do not, each judged as if the
    explained lines were not there, against unknown and the others that are left."""
    explained = set(standings[0].lines) if standings else set()
    left = list(standings[1:])
    result: list[AlsoFound] = []
    while left and len(result) < MOST_ALSO:
        left = [standing for standing in left if standing.lines - explained]
        shares, _ = softmax(left)
        best = max(left, key=lambda s: (s.score.value, s.problem), default=None)
        if best is None or shares[best.problem] < weights.likely or best.score.value <= 0:
            break
        first = min(best.lines - explained, key=lambda at: (at.source, at.line))
        title = problems[best.problem].title
        result.append(AlsoFound(article=best.problem, title=title, source=first.source, line=first.line))
        explained |= best.lines
        left.remove(best)
    return tuple(result)


def _unexplained(passages: Sequence[Passage], explained: set[Span]) -> tuple[Line, ...]:
    """Salient lines that no leading article explains, one of each shape, bounded."""
    import re

    salient = re.compile(SALIENT_REGEX, re.IGNORECASE)
    seen: set[str] = set()
    result: list[Line] = []
    for passage in passages:
        for index, line in enumerate(passage.lines):
            at = Span(source=passage.source, line=passage.first + index)
            shape = line[:80].translate(_DIGITS)
            if shape in seen or at in explained or not salient.search(line):
                continue
            seen.add(shape)
            if len(result) < UNEXPLAINED:
                result.append(Line(source=at.source, line=at.line, quote=passage.quotes[index].strip()[:400]))
    return tuple(result)
