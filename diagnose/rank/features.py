"""What is measured of a candidate problem, as the numbers that the weights are multiplied with."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.codes.numbers import of_another
from diagnose.model import Place
from diagnose.retrieve.rarity import COMMON_CODE, COMMON_TEXTS, LEAST_BASE, common
from diagnose.text.terms import COMMON_CODES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from diagnose.knowledge import Wording
    from diagnose.model import Evidence, Problem
    from diagnose.retrieve.coverage import Covered
    from diagnose.retrieve.lookup import Retrieved
    from diagnose.retrieve.names import Named


# A shared name or code alone says less than a message: exception names and codes are reused everywhere.
NAMED_WORTH = {"name": 0.5, "code": 0.6, "number": 0.6}
# A signal that speaks for a cause brings its article up as well, but less than a symptom; so does a whole message of an
# article that declares no symptoms.
SUPPORTING = 0.7
# Symptoms of an article whose words are looked for one by one.
MOST_WORDED = 6
# What a word of a title that the text does not show is worth (nats), typically.
UNSEEN_WORD = 4.0
# How steeply a message of a reviewed article, which names its symptoms, loses worth with what is missing of it.
NEAR_MISS = 8
# Worth (nats) from which on a matched symptom, and a covered message, counts in full.
FULL_SYMPTOM, FULL_MESSAGE = 6.0, 20.0
# The share of a message from which on it counts as whole.
WHOLE_MESSAGE = 0.9
# ... and from which on it may be seen at all: in what is left out the word may stand that decides.
LEAST_MESSAGE = 0.75


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


class Observations:
    """What was retrieved and counted in one text, by problem; `context` is +1 to -1, whether its products are named,
    `documents` the number by which the postings know a problem."""

    def __init__(
        self,
        rates: Mapping[tuple[str, str], tuple[float, int]],
        retrieved: Retrieved,
        lines: int,
        wordings: Mapping[str, Wording],
        context: Mapping[str, float] | None = None,
        documents: Mapping[str, int] | None = None,
    ) -> None:
        self.context = context or {}
        self.documents = documents or {}
        self.holdings = retrieved.holdings
        self.rates = rates
        self.wordings = wordings
        self.lines = lines
        self.rarity = retrieved.rarity
        self.fulltext = retrieved.fulltext
        self.stretches = retrieved.stretches
        self.numbers, self.numerals = retrieved.numbers, retrieved.numerals
        self.covered: dict[str, list[Covered]] = {}
        for covered in retrieved.covered:
            self.covered.setdefault(covered.problem, []).append(covered)
        self.named: dict[str, list[Named]] = {}
        for named in retrieved.named:
            self.named.setdefault(named.problem, []).append(named)

    def held(self, problem: str) -> dict[str, float]:
        """The words of the text that an article holds, with what it says of each: about 1 for once."""
        return self.holdings.of(self.documents[problem]) if problem in self.documents else {}

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
        wordy = [words for words in self._texts(problem, name) if words <= self.rarity.keys()]
        if not wordy:
            return worth
        if problem.status != "stable" and COMMON_TEXTS.issuperset(wordy):
            return min(worth, COMMON_CODE)
        return min(worth, max(map(self._rarity, wordy)))

    def titled(self, problem: Problem) -> float:
        """The share of the title's words, weighted by rarity, that stands in one stretch of the text; none where the
        title names an error by its number and the text others."""
        own = self.wordings.get(problem.id)
        if own is None or self.of_another(problem):
            return 0.0
        return self._gathered(own.title, own.numbers - own.title)

    def of_another(self, problem: Problem) -> bool:
        """Whether its title names an error by its number and the text names others."""
        return of_another(self.numbers_of_title(problem), self.numbers)

    def numbers_of_title(self, problem: Problem) -> frozenset[str]:
        """The errors that its title names by their numbers."""
        own = self.wordings.get(problem.id)
        return own.numbers if own else frozenset()

    def worded(self, problem: Problem) -> float:
        """The same for the words of a symptom's pattern, whatever their order: the best of all."""
        texts = {text for name in problem.symptoms[:MOST_WORDED] for text in self._texts(problem, name)}
        return max((self._gathered(text) for text in texts if len(text) > 1), default=0.0)

    def _texts(self, problem: Problem, name: str) -> tuple[frozenset[str], ...]:
        """The words of each text that a signal looks for."""
        own = self.wordings.get(problem.id)
        return own.signals.get(name, ()) if own else ()

    def _gathered(self, words: frozenset[str], numbers: frozenset[str] = frozenset()) -> float:
        """The share of `words`, and of `numbers` of errors too short to be words, each of these worth a word."""
        known = {word: self.rarity[word] for word in sorted(words) if word in self.rarity}
        if not known:
            return 0.0
        seen, open_ = numbers & self.numbers, (numbers & self.numerals) - self.numbers  # of what, nobody can tell
        total = sum(known.values()) + UNSEEN_WORD * (len(words) - len(known) + len(numbers - open_))
        near = [stretch for stretch in self.stretches if not known.keys().isdisjoint(stretch)]
        found = max((sum(known[w] for w in known if w in stretch) for stretch in near), default=0.0)
        return (found + UNSEEN_WORD * len(seen)) / total

    def _rarity(self, words: frozenset[str]) -> float:
        return sum(map(self.rarity.__getitem__, sorted(words)))


class FeatureTally:
    """The features of one candidate as they are met. Lives inside `standing` only."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[float, Place]] = {}
        self.signal, self.shown_by = 0.0, "no symptom"
        self.symptom = False
        self.lines: dict[Place, tuple[float, str]] = {}
        self.features = NOTHING

    def add(self, feature: str, worth: float, at: Place) -> None:
        """A feature counts once, where it is worth most."""
        if worth > self.found.get(feature, (0.0, at))[0]:
            self.found[feature] = (worth, at)

    def show(self, share: float, because: str) -> None:
        if share > self.signal:
            self.signal, self.shown_by = share, because

    def best_of_lines(self) -> dict[Place, tuple[float, str]]:
        """Of several features on one line only the best counts."""
        result: dict[Place, tuple[float, str]] = {}
        for feature, (worth, at) in self.found.items():
            if worth > result.get(at, (0.0, ""))[0]:
                result[at] = (worth, feature)
        return result


def tally_of(problem: Problem, evidence: Sequence[Evidence], seen: Observations) -> FeatureTally:
    tally = FeatureTally()
    _declared(tally, problem, evidence, seen)
    names = {item.seen for item in evidence}
    missing = _missing(problem, names)
    # Whoever reviewed an article, or asked for several signs together, has named its symptoms: a message that comes near
    # one is none.
    quotes = problem.status != "stable" and not missing
    for covered in seen.covered.get(problem.id, ()):
        share = covered.share * min(1.0, covered.worth / covered.share / FULL_MESSAGE)
        because = f'message "{covered.text[:60]}"'
        tally.symptom = tally.symptom or (covered.share >= LEAST_MESSAGE and share >= 0.6 and quotes)
        at = Place(source=covered.place.source, line=covered.place.line)
        if share >= WHOLE_MESSAGE and not problem.symptoms:
            tally.show(SUPPORTING * share, because)
        near_miss = NEAR_MISS if problem.status == "stable" else 2
        worth = min(covered.worth, COMMON_CODE) if common(covered.text) else covered.worth / 3
        tally.add(because, covered.share**near_miss * worth, at)
    for named in seen.named.get(problem.id, ()):
        at = Place(source=named.place.source, line=named.place.line)
        kind, _, value = named.term.partition(":")
        tally.add(named.term, -log(named.share) * NAMED_WORTH[kind], at)
        if kind == "number" and problem.status != "stable" and value in seen.numbers_of_title(problem):
            tally.show(SUPPORTING * NAMED_WORTH[kind], f"error {value}, which its title names")
    tally.lines = tally.best_of_lines()
    text = seen.fulltext.get(problem.id)
    context = seen.context.get(problem.id, 0.0)
    silent = float(not tally.signal and bool(problem.symptoms))
    tally.features = Features(
        signal=tally.signal,
        silent=silent,
        vetted=tally.signal if problem.status == "stable" else 0.0,
        quiet=silent if problem.status == "stable" else 0.0,
        missing=missing if tally.signal and _begun(problem, names) else 0.0,
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


def _declared(tally: FeatureTally, problem: Problem, evidence: Sequence[Evidence], seen: Observations) -> None:
    supporting = {clue.signal for cause in problem.causes for clue in cause.evidence if clue.supports is not None}
    places = {(item.seen, item.at) for item in evidence}
    names = {item.seen for item in evidence}
    combined = _combined(problem)
    for item in evidence:
        is_symptom = item.seen in problem.symptoms
        if not is_symptom and item.seen not in supporting:
            continue
        worth = item.strength * _shown_worth(problem, item, places, seen)
        tally.add(f"signal {item.seen}", worth, item.at)
        share = item.strength * min(1.0, worth / FULL_SYMPTOM)
        if is_symptom:
            whole = _seen_of(item.seen, combined, names)
            share *= whole
            tally.symptom = tally.symptom or (share >= 0.5 and whole == 1.0)
            tally.show(share, f"symptom {item.seen}")
        else:
            tally.show(SUPPORTING * share, f"signal {item.seen}")


def _missing(problem: Problem, seen: Set[str]) -> float:
    """Of the combined symptom that is nearest to being seen, the share of its parts that was not."""
    combined = _combined(problem)
    return min(
        (0.0 if name in seen else len(parts - seen) / len(parts) for name, parts in combined.items()), default=0.0
    )


def _begun(problem: Problem, seen: Set[str]) -> bool:
    """Whether anything of a combined symptom was seen: one of which nothing was is another way for the problem to show."""
    return any(not parts.isdisjoint(seen) for parts in _combined(problem).values())


def _combined(problem: Problem) -> dict[str, frozenset[str]]:
    """The combined symptoms (all, set, sequence) with their parts."""
    signals = {name: problem.signals[name] for name in problem.symptoms if name in problem.signals}
    parts = {name: frozenset((*signal.all, *signal.set, *signal.sequence)) for name, signal in signals.items()}
    return {name: found for name, found in parts.items() if found}


def _seen_of(name: str, combined: Mapping[str, Set[str]], seen: Set[str]) -> float:
    """How far a symptom counts: whole, unless it is a part of combined symptoms of which none was seen; then as much as
    was seen of the one that is nearest."""
    wholes = [whole for whole, parts in combined.items() if name in parts]
    if not wholes or not seen.isdisjoint(wholes):
        return 1.0
    return max(len(combined[whole] & seen) / len(combined[whole]) for whole in wholes)


def _shown_worth(problem: Problem, item: Evidence, places: Set[tuple[str, Place]], seen: Observations) -> float:
    """What an evidence is worth; of alternatives that of the one that was seen there, not of all together."""
    signal = problem.signals.get(item.seen)
    shown = [m for m in signal.any if (m, item.at) in places] if signal else []
    return max((seen.worth(problem, name) for name in shown), default=0.0) or seen.worth(problem, item.seen)


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
