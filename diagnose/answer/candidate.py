"""A candidate problem worked out: its values, the outcomes of its checks, the odds of its causes, and each as a Finding.

Takes a problem, how it stands, and what was matched, retrieved and recognised; knows nothing of other candidates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.answer.found_by import found_by
from diagnose.checks.answers import evidence_of, newest
from diagnose.checks.outcomes import CheckReader
from diagnose.checks.targets import assumed_of
from diagnose.commands.shown import shown_check, shown_step
from diagnose.diagnosis import Finding, ShownCheck, ShownEvidence, ShownRemediation
from diagnose.facts import merge
from diagnose.model import RootCause
from diagnose.rank.causes import DESCRIBED, causes_of, decisive, own_evidence
from diagnose.rank.learned import learned_of
from diagnose.rank.requirements import unmet_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.checks.answers import Located
    from diagnose.diagnosis import Verdict
    from diagnose.facts import MergedFacts
    from diagnose.gathered import Gathered
    from diagnose.model import Check, Evidence, Place, Problem, Remediation
    from diagnose.options import Options
    from diagnose.rank.causes import CauseOdds, Weighed
    from diagnose.rank.problems import Standing

LEAST_SHARE = 0.005


def rounded(value: float) -> float:
    """Six digits: enough for any reader, and the same on every platform's mathematics."""
    return round(min(1.0, max(0.0, value)), 6)


class Candidate:
    """One candidate problem worked out."""

    def __init__(
        self,
        problem: Problem,
        standing: Standing,
        share: float,
        evidence: Sequence[Evidence],
        gathered: Gathered,
        options: Options,
    ) -> None:
        self.problem = problem
        self.standing = standing
        self.share = share
        self.options = options
        self.gathered = gathered
        outputs, passages = gathered.outputs, gathered.passages
        candidates = [(name, value, e.at) for e in evidence for name, value in e.facts]
        merged = _merged(problem, candidates, options.given, outputs)
        self.values, self.conflicts, self.assumed = merged
        symptoms = frozenset(e.at.source for e in evidence if e.seen in problem.symptoms)
        explained = symptoms or frozenset(e.at.source for e in evidence)
        reader = CheckReader(problem, self.values, outputs, passages, assumed=self.assumed, explained=explained)
        chosen = reader.given([answer for answer in options.answers if answer.older])
        found = reader.given([answer for answer in options.answers if not answer.older])
        self.outcomes = newest(newest(chosen, reader.answers()), found)
        self.evidence = [*evidence, *(evidence_of(problem.id, t) for t in self.outcomes.values() if t.outcome)]
        self.learned = learned_of(problem, options.resolved)
        self.unmet = unmet_of(problem, passages, options.given)
        self.odds = causes_of(problem, self.evidence, self.learned, self.unmet)
        self._checks: dict[str, ShownCheck] = {}

    def odds_with(self, more: Evidence) -> list[CauseOdds]:
        """The odds of the causes, had `more` been seen as well."""
        return causes_of(self.problem, [*self.evidence, more], self.learned, self.unmet)

    @property
    def other(self) -> float:
        """P(another cause | problem)."""
        return self.odds[-1].share if self.problem.causes else 0.0

    @property
    def trusted(self) -> bool:
        """Whether it may be more than possible: its symptom was seen, and its article is no draft."""
        return self.standing.symptom and self.problem.status != "draft"

    def findings(self, unknown: float) -> list[Finding]:
        if not self.problem.causes:
            return [self._described(unknown)]
        return [self._finding(odds.cause, odds, unknown) for odds in self.odds if odds.cause is not None]

    def with_commands(self, finding: Finding) -> Finding:
        """A finding of this problem with its checks and steps, their commands filled in: of many only few are shown."""
        cause = next((cause for cause in self.problem.causes if finding.id == f"{self.problem.id}/{cause.id}"), None)
        if cause is None:
            return finding
        checks = tuple(self.check(name) for name in self._checks_of(cause))
        return replace(finding, checks=checks, remediation=tuple(map(self._remedy, cause.remediation)))

    def _described(self, unknown: float) -> Finding:
        cause = RootCause(id=DESCRIBED, title=self.problem.title)
        return self._finding(cause, self.odds[0], unknown)

    def _finding(self, cause: RootCause, odds: CauseOdds, unknown: float) -> Finding:
        probability = self.share * odds.share
        shown = tuple(_shown(w) for w in odds.weighed) or self._symptoms()
        if not shown and probability >= LEAST_SHARE:
            shown = found_by(self.problem, self.gathered.retrieved, self.gathered.passages)
        return Finding(
            id=f"{self.problem.id}/{cause.id}",
            article=self.problem.id,
            title=cause.title,
            probability=rounded(probability),
            verdict=self._verdict(probability, cause, odds, unknown),
            evidence=shown,
            checks=(),
            remediation=(),
            learned=self.learned[cause.id].told if cause.id in self.learned else "",
            score=odds.score if self.options.explain else None,
            status=self.problem.status,
        )

    def _verdict(self, probability: float, cause: RootCause, odds: CauseOdds, unknown: float) -> Verdict:
        weights = self.options.weights
        if unknown > 0.5:
            return "unknown"
        if not self.trusted:
            return "possible"
        if probability >= weights.confirmed and decisive(odds.weighed):
            return "confirmed"
        own = not self.problem.causes or own_evidence(self.problem, cause, odds.weighed)
        if probability >= weights.likely_cause and own and self.share >= weights.likely:
            return "likely"
        return "possible"

    def _symptoms(self) -> tuple[ShownEvidence, ...]:
        """What brought the article up, where nothing speaks for this cause in particular (weight 0)."""
        own = [e for e in self.evidence if e.seen in self.problem.symptoms]
        return tuple(
            ShownEvidence(
                signal=e.seen,
                supports=True,
                weight=0.0,
                source=e.at.source,
                line=e.at.line,
                quote=e.quote,
                span=e.span,
            )
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
        return shown_check(
            name,
            check,
            self.problem.params,
            self.values,
            self.options.platform,
            outcome=outcome.outcome or None if outcome else None,
            unclear=outcome.why if outcome and not outcome.outcome else "",
            assumed=assumed_of(check, self.problem.params, self.assumed),
        )

    def _remedy(self, step: Remediation) -> ShownRemediation:
        return shown_step(step, self.problem.params, self.values, self.options.platform)


def _merged(
    problem: Problem, captured: list[tuple[str, str, Place]], given: Mapping[str, str], outputs: Sequence[Located]
) -> MergedFacts:
    """The values that the text tells; a target that it leaves open is the one that outputs of its checks name."""
    merged = merge(captured, problem.params, given)
    still_open = {name for name in problem.params if name not in given} - (merged.values.keys() - merged.assumed)
    more = list(CheckReader(problem, merged.values, outputs, assumed=still_open).named_targets())
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
        span=evidence.span,
    )
