"""Evidence to odds: which problem explains the text (measured), and which of its causes (declared).

Both formulas stand in docs/ranking.md with their sources; each number is made here beside its reasons (`Score`). Takes
values, gives values; knows nothing of how the evidence was found.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.model import OTHER_CAUSE_PRIOR, PRIORS, RATIOS, Score, Span
from diagnose.retrieve import COMMON_CODE, LEAST_BASE
from diagnose.terms import COMMON_CODES
from diagnose.weights import Weights, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from diagnose.knowledge import Wording
    from diagnose.model import Clue, Evidence, Learned, Problem, RootCause
    from diagnose.retrieve import Covered, Named, Retrieved

DESCRIBED = "described"
# A shared name or code alone says less than a message: exception names and codes are reused everywhere.
NAMED_WORTH = {"name": 0.5, "code": 0.6}
# A signal that speaks for a cause brings its article up as well, but less than a symptom.
SUPPORTING = 0.7
# Symptoms of an article whose words are looked for one by one.
MOST_WORDED = 6
# What a word of a title that the text does not show is worth (nats), typically.
UNSEEN_WORD = 4.0
# How steeply a message of a reviewed article, which names its symptoms, loses worth with what is missing of it.
NEAR_MISS = 8
# Worth (nats) from which on a matched symptom, and a covered message, counts in full.
FULL_SYMPTOM, FULL_MESSAGE = 6.0, 20.0


PRESET = shipped()


class Features(Struct, frozen=True):
    """What was measured of a candidate: each is multiplied by the weight of its name."""

    signal: float
    silent: float
    vetted: float
    quiet: float
    missing: float
    title: float
    words: float
    information: float
    whole: float
    stretch: float
    worth: float
    named: float
    other: float


NOTHING = Features(*[0.0] * len(Features.__struct_fields__))
FEATURES = Features.__struct_fields__
# Candidates that compete: a crowd of weak ones would take from unknown what none of them has.
COMPETE = 12


class Standing(Struct, frozen=True):
    """A candidate problem: its log-odds against unknown with the reasons, and what was seen of it.

    `symptom` is whether what brings it up was seen; without it a verdict is at most "possible".
    """

    problem: str
    score: Score
    symptom: bool
    lines: frozenset[Span]
    features: Features


class Weighed(Struct, frozen=True):
    """A clue that was seen: the evidence and the natural logarithm of its likelihood ratio."""

    clue: Clue
    evidence: Evidence
    weight: float


class CauseOdds(Struct, frozen=True):
    """P(cause | problem) with what speaks for and against it."""

    cause: RootCause | None
    share: float
    weighed: tuple[Weighed, ...]
    score: Score


def stand(
    problems: Mapping[str, Problem],
    evidence: Mapping[str, Sequence[Evidence]],
    rates: Mapping[tuple[str, str], tuple[float, int]],
    retrieved: Retrieved,
    context: Mapping[str, float],
    lines: int,
    wordings: Mapping[str, Wording],
    weights: Weights = PRESET,
) -> list[Standing]:
    """The best COMPETE candidates, best first."""
    seen = _Seen(rates, retrieved, lines, wordings)
    candidates = {*evidence, *retrieved.fulltext, *seen.covered, *seen.named}
    tallies = {
        name: _tally(problems[name], evidence.get(name, ()), seen, context.get(name, 0.0))
        for name in candidates
        if name in problems
    }
    values = {name: log_odds(tally.features, weights) for name, tally in tallies.items()}
    best = sorted(values, key=lambda name: (-values[name], name))
    return [_standing(name, values[name], tallies[name], weights) for name in best[:COMPETE]]


def log_odds(features: Features, weights: Weights) -> float:
    """z of a candidate: its log-odds against unknown."""
    parts: list[float] = [getattr(weights, name) * getattr(features, name) for name in FEATURES]
    return sum(parts) - weights.unknown


class _Seen:
    """What was retrieved, by problem. Lives inside `stand` only."""

    def __init__(
        self,
        rates: Mapping[tuple[str, str], tuple[float, int]],
        retrieved: Retrieved,
        lines: int,
        wordings: Mapping[str, Wording],
    ) -> None:
        self.rates = rates
        self.wordings = wordings
        self.lines = lines
        self.rarity = retrieved.rarity
        self.fulltext = retrieved.fulltext
        self.stretches = retrieved.stretches
        self.covered: dict[str, list[Covered]] = {}
        for covered in retrieved.covered:
            self.covered.setdefault(covered.problem, []).append(covered)
        self.named: dict[str, list[Named]] = {}
        for named in retrieved.named:
            self.named.setdefault(named.problem, []).append(named)

    def worth(self, problem: Problem, name: str) -> float:
        """What a matched signal is worth: as rare as it is in logs, but no rarer than its words are in the base."""
        worth = feature_worth(*_rate(problem, name, self.rates), self.lines)
        signal = problem.signals.get(name)
        if (
            signal
            and signal.code
            and problem.status != "stable"
            and COMMON_CODES.issuperset(map(str.lower, signal.code))
        ):
            return min(worth, COMMON_CODE)
        wordy = [self._rarity(words) for words in self._texts(problem, name) if words <= self.rarity.keys()]
        return min(worth, max(wordy)) if wordy else worth

    def titled(self, problem: Problem) -> float:
        """The share of the title's words, weighted by rarity, that stands in one stretch of the text."""
        own = self.wordings.get(problem.id)
        return self._gathered(own.title) if own else 0.0

    def worded(self, problem: Problem) -> float:
        """The same for the words of a symptom's pattern, whatever their order: the best of all."""
        texts = {text for name in problem.symptoms[:MOST_WORDED] for text in self._texts(problem, name)}
        return max((self._gathered(text) for text in texts if len(text) > 1), default=0.0)

    def _texts(self, problem: Problem, name: str) -> tuple[frozenset[str], ...]:
        """The words of each text that a signal looks for."""
        own = self.wordings.get(problem.id)
        return own.signals.get(name, ()) if own else ()

    def _gathered(self, words: frozenset[str]) -> float:
        known = {word: self.rarity[word] for word in sorted(words) if word in self.rarity}
        if not known:
            return 0.0
        total = sum(known.values()) + UNSEEN_WORD * (len(words) - len(known))
        near = [stretch for stretch in self.stretches if not known.keys().isdisjoint(stretch)]
        found = max((sum(known[w] for w in known if w in stretch) for stretch in near), default=0.0)
        return found / total

    def _rarity(self, words: frozenset[str]) -> float:
        return sum(map(self.rarity.__getitem__, sorted(words)))


class _Tally:
    """The features of one candidate as they are met. Lives inside `_standing` only."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[float, Span]] = {}
        self.signal, self.shown_by = 0.0, "no symptom"
        self.symptom = False
        self.lines: dict[Span, tuple[float, str]] = {}
        self.features = NOTHING

    def add(self, feature: str, worth: float, at: Span) -> None:
        """A feature counts once, where it is worth most."""
        if worth > self.found.get(feature, (0.0, at))[0]:
            self.found[feature] = (worth, at)

    def show(self, share: float, because: str) -> None:
        if share > self.signal:
            self.signal, self.shown_by = share, because

    def best_of_lines(self) -> dict[Span, tuple[float, str]]:
        """Of several features on one line only the best counts."""
        result: dict[Span, tuple[float, str]] = {}
        for feature, (worth, at) in self.found.items():
            if worth > result.get(at, (0.0, ""))[0]:
                result[at] = (worth, feature)
        return result


def _tally(problem: Problem, evidence: Sequence[Evidence], seen: _Seen, context: float) -> _Tally:
    tally = _Tally()
    _declared(tally, problem, evidence, seen)
    for covered in seen.covered.get(problem.id, ()):
        share = covered.share * min(1.0, covered.worth / covered.share / FULL_MESSAGE)
        because = f'message "{covered.text[:60]}"'
        # Whoever reviewed an article has named its symptoms: a message that comes near one is none.
        tally.symptom = tally.symptom or (share >= 0.6 and problem.status != "stable")
        at = Span(source=covered.place.source, line=covered.place.line)
        near_miss = NEAR_MISS if problem.status == "stable" else 2
        tally.add(because, covered.share**near_miss * covered.worth / 3, at)
    for named in seen.named.get(problem.id, ()):
        at = Span(source=named.place.source, line=named.place.line)
        tally.add(named.term, -log(named.share) * NAMED_WORTH[named.term.partition(":")[0]], at)
    tally.lines = tally.best_of_lines()
    text = seen.fulltext.get(problem.id)
    silent = float(not tally.signal and bool(problem.symptoms))
    tally.features = Features(
        signal=tally.signal,
        silent=silent,
        vetted=tally.signal if problem.status == "stable" else 0.0,
        quiet=silent if problem.status == "stable" else 0.0,
        missing=_missing(problem, {item.seen for item in evidence}) if tally.signal else 0.0,
        title=seen.titled(problem),
        words=seen.worded(problem) if not tally.signal else 0.0,
        information=log(1 + sum(worth for worth, _ in tally.lines.values())),
        whole=text.whole if text else 0.0,
        stretch=text.stretch if text else 0.0,
        worth=log(1 + text.worth) if text else 0.0,
        named=max(0.0, context),
        other=max(0.0, -context),
    )
    return tally


def _standing(problem: str, value: float, tally: _Tally, weights: Weights) -> Standing:
    score = Score(value=value, because="log-odds against unknown", parts=_parts(tally, weights))
    return Standing(problem, score, tally.symptom, frozenset(tally.lines), tally.features)


def _declared(tally: _Tally, problem: Problem, evidence: Sequence[Evidence], seen: _Seen) -> None:
    supporting = {clue.signal for cause in problem.causes for clue in cause.evidence if clue.supports is not None}
    places = {(item.seen, item.at) for item in evidence}
    for item in evidence:
        is_symptom = item.seen in problem.symptoms
        if not is_symptom and item.seen not in supporting:
            continue
        worth = item.strength * _shown_worth(problem, item, places, seen)
        tally.add(f"signal {item.seen}", worth, item.at)
        share = item.strength * min(1.0, worth / FULL_SYMPTOM)
        if is_symptom:
            tally.symptom = tally.symptom or share >= 0.5
            tally.show(share, f"symptom {item.seen}")
        else:
            tally.show(SUPPORTING * share, f"signal {item.seen}")


def _missing(problem: Problem, seen: Set[str]) -> float:
    """Of the combined symptom that is nearest to being seen, the share of its parts that was not."""
    shares = []
    for name in problem.symptoms:
        signal = problem.signals.get(name)
        parts = {*signal.all, *signal.set, *signal.sequence} if signal else set()
        if parts:
            shares.append(0.0 if name in seen else len(parts - seen) / len(parts))
    return min(shares, default=0.0)


def _shown_worth(problem: Problem, item: Evidence, places: Set[tuple[str, Span]], seen: _Seen) -> float:
    """What an evidence is worth; of alternatives that of the one that was seen there, not of all together."""
    signal = problem.signals.get(item.seen)
    shown = [m for m in signal.any if (m, item.at) in places] if signal else []
    return max((seen.worth(problem, name) for name in shown), default=0.0) or seen.worth(problem, item.seen)


def _parts(tally: _Tally, weights: Weights) -> tuple[Score, ...]:
    features, lines = tally.features, tally.lines
    told = {
        "signal": f"signals {features.signal:.2f}: {tally.shown_by}",
        "silent": "none of its symptoms was seen" if features.silent else "some of its symptoms were seen",
        "vetted": f"the same of a reviewed article {features.vetted:.2f}",
        "quiet": "a reviewed article of which no symptom was seen" if features.quiet else "seen, or not reviewed",
        "missing": f"{features.missing:.2f} of the parts of a combined symptom were not seen",
        "title": f"title {features.title:.2f} of its words in one stretch",
        "words": f"{features.words:.2f} of the words of a symptom that was not seen, in one stretch",
        "information": f"information {features.information:.2f} on {len(lines)} lines",
        "whole": f"full text {features.whole:.2f} of the best",
        "stretch": f"full text of the best stretch {features.stretch:.2f} of the best",
        "worth": f"what that stretch says {features.worth:.2f}",
        "named": f"context {features.named:.2f}: a product of its own is named in the text",
        "other": f"context {features.other:.2f}: only products of others are named in the text",
    }
    reasons = tuple(
        Score(value=worth, because=f"{at.source}:{at.line}: {why}")
        for at, (worth, why) in sorted(lines.items(), key=lambda i: (-i[1][0], i[0].source, i[0].line))[:12]
    )
    parts = tuple(
        Score(
            value=getattr(weights, name) * getattr(features, name),
            because=because,
            parts=reasons if name == "information" else (),
        )
        for name, because in told.items()
    )
    return (*parts, Score(value=-weights.unknown, because="unknown"))


def _rate(problem: Problem, seen: str, rates: Mapping[tuple[str, str], tuple[float, int]]) -> tuple[float, int, int]:
    own = rates.get((problem.id, seen))
    if own is None:  # a combination is as rare as its rarest member
        signal = problem.signals.get(seen)
        members = [
            rates[problem.id, m] for m in ((*signal.any, *signal.all) if signal else ()) if (problem.id, m) in rates
        ]
        own = min(members, default=(1e-6, 1))
    return (*own, LEAST_BASE)


def feature_worth(rate: float, df: int, least: int, lines: int) -> float:
    """-ln of the larger of two shares: background lines (times the lines read) and problems that hold it; at least 0."""
    return max(0.0, -log(min(1.0, max(rate * lines, df / least, 1e-9))))


def softmax(standings: Sequence[Standing]) -> tuple[dict[str, float], float]:
    """P of every problem, and of unknown (log-odds 0); they sum to 1."""
    top = max((s.score.value for s in standings), default=0.0)
    top = max(top, 0.0)
    unknown = exp(-top)
    powers = {s.problem: exp(s.score.value - top) for s in standings}
    total = unknown + sum(powers.values())
    return {name: power / total for name, power in powers.items()}, unknown / total


def ratio(clue: Clue) -> float:
    """The likelihood ratio that a clue stands for: greater than 1 for, less than 1 against."""
    value = clue.supports if clue.supports is not None else clue.refutes
    number = RATIOS[value] if isinstance(value, str) else float(value or 1.0)
    return number if clue.supports is not None else 1 / number


def causes_of(
    problem: Problem,
    evidence: Sequence[Evidence],
    learned: Mapping[str, Learned] | None = None,
    unmet: Mapping[str, Sequence[Weighed]] | None = None,
) -> list[CauseOdds]:
    """P(cause | problem) of all causes, best first, and of "another cause" (`cause` None), which is last.

    `learned` moves the likelihood of a cause (id; empty: another cause) by what resolved cases say; `unmet` has, by
    cause, the conditions that its surroundings break.
    """
    learned, unmet = learned or {}, unmet or {}
    if not problem.causes:
        score = Score(value=1.0, because="the article describes one cause")
        return [CauseOdds(None, 1.0, (), score)]
    seen: dict[str, Evidence] = {}
    for item in evidence:
        if item.seen not in seen or item.strength > seen[item.seen].strength:
            seen[item.seen] = item
    weighed = {cause.id: (*_weigh(cause, seen), *unmet.get(cause.id, ())) for cause in problem.causes}
    scores = {cause.id: _cause_score(cause, weighed[cause.id], learned.get(cause.id)) for cause in problem.causes}
    other = _other_score(learned.get(""))
    total = exp(other.value) + sum(exp(score.value) for score in scores.values())
    result = [
        CauseOdds(cause, exp(scores[cause.id].value) / total, weighed[cause.id], scores[cause.id])
        for cause in problem.causes
    ]
    result.sort(key=lambda c: (-c.share, c.cause.id if c.cause else ""))
    return [*result, CauseOdds(None, exp(other.value) / total, (), other)]


def _weigh(cause: RootCause, seen: Mapping[str, Evidence]) -> tuple[Weighed, ...]:
    """Clues that were seen; of several on one line only the strongest counts."""
    best: dict[Span, Weighed] = {}
    for clue in cause.evidence:
        item = seen.get(clue.signal or clue.check)
        if item is None:
            continue
        weight = log(ratio(clue)) * item.strength
        if item.limit:
            most = log(RATIOS[item.limit])
            weight = max(-most, min(most, weight))
        if item.at not in best or abs(weight) > abs(best[item.at].weight):
            best[item.at] = Weighed(clue, item, weight)
    return tuple(best.values())


def _cause_score(cause: RootCause, weighed: Sequence[Weighed], learned: Learned | None) -> Score:
    parts = (
        Score(value=log(PRIORS[cause.likelihood]), because=f"before any evidence: {cause.likelihood}"),
        *_learned_score(learned),
        *(
            Score(value=w.weight, because=f"{w.evidence.seen} at {w.evidence.at.source}:{w.evidence.at.line}")
            for w in weighed
        ),
    )
    return Score(value=sum(part.value for part in parts), because="log-odds inside the article", parts=parts)


def _other_score(learned: Learned | None) -> Score:
    parts = (Score(value=log(OTHER_CAUSE_PRIOR), because="before any evidence"), *_learned_score(learned))
    return Score(value=sum(part.value for part in parts), because="another cause", parts=parts)


def _learned_score(learned: Learned | None) -> tuple[Score, ...]:
    if learned is None:
        return ()
    because = f"{learned.count} of {learned.of} resolved cases: x{learned.factor:.2g}"
    return (Score(value=log(learned.factor), because=because),)


def decisive(weighed: Sequence[Weighed]) -> bool:
    """Something decisive was seen for the cause and nothing decisive against it."""
    threshold = log(RATIOS["decisive"]) - 1e-9
    return any(w.weight >= threshold for w in weighed) and not any(w.weight <= -threshold for w in weighed)
