"""An article to the rows that a diagnosis looks up: patterns with their owners, known messages, terms.

Takes a parsed article, gives values; the store keeps them. Knows nothing of SQLite.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.checks.patterns import Need, needs_of
from diagnose.codes import decode as codes
from diagnose.codes.numbers import error_numbers
from diagnose.knowledge import Wording
from diagnose.match.windows_events import event_pattern
from diagnose.scan.patterns import literal, trimmed
from diagnose.text.fold import fold_literal, fold_text
from diagnose.text.terms import PLACEHOLDER, bare_words, cleaned, identifiers, pairs_of, prose, words
from diagnose.text.unwrap import squeeze
from kb.articles.messages import ERROR, mine
from kb.store.background import rate, readings, regex_rate, shares
from kb.store.wider import wider

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.model import Problem, Signal
    from kb.articles.article import Article

LEAST_SQUEEZED = 10
LEAST_PAIRS = 3
MOST_MESSAGES = 40
MOST_MESSAGE_PAIRS = 120
CODE_RATE, EVENT_RATE = 1e-5, 1e-5
TITLE_WEIGHT = 3
PRODUCT_WORDS = 2
LEAST_SENTENCE = 60  # characters; a shorter one is said of much else
_SENTENCE = re.compile(r"(?<=[^\s.][.!?])\s+(?=[A-Z\"'<(])|\n+")
MOST_WORDINGS = 32  # readings of one pattern
COMMON_WORD = 2e-3  # share of log lines from which on a word is no name
_NAME = re.compile(r"[a-z][a-z0-9]{2,}")
_PRODUCT_NOISE = frozenset(
    [
        "server",
        "servers",
        "service",
        "services",
        "microsoft",
        "windows",
        "for",
        "and",
        "the",
        "business",
        "online",
        "edition",
        "enterprise",
        "standard",
        "based",
        "cloud",
        "cluster",
        "via",
        "with",
    ]
)


class PatternRow(Struct, frozen=True):
    """A pattern as the matcher wants it, and the signal of the article that it belongs to. `wider` is what the engine looks
    for in its place, empty where that is itself."""

    regex: str
    wider: str
    caseless: bool
    literal: str
    capturing: bool
    rate: float
    signal: str


class Indexed(Struct, frozen=True):
    """What the store keeps of one article. `terms` has frequencies, `messages` their texts and distinct word pairs, `codes` are
    those that its body names."""

    patterns: tuple[PatternRow, ...]
    messages: tuple[tuple[str, tuple[str, ...]], ...]
    terms: dict[str, int]
    length: int
    products: tuple[str, ...]
    wording: Wording
    shown: tuple[Need, ...]
    codes: tuple[str, ...] = ()


def index(article: Article) -> Indexed:
    """All rows of `article`."""
    problem = article.problem
    mined = mine(article.body, problem.title)
    terms = _terms(problem, article.body)
    length = sum(terms.values())
    for code in sorted({key for text in (*mined.codes, *_declared_codes(problem)) for key in codes.canonical(text)}):
        terms[f"code:{code}"] = 1
    for name in sorted({*identifiers(article.body), *identifiers(problem.title)}):
        terms[f"name:{name}"] = 1
    symptoms = (text for signal in _of_symptoms(problem) for text in signal.contains)
    for number in sorted({*mined.numbers, *error_numbers("\n".join(symptoms))}):
        terms[f"number:{number}"] = 1
    # An article of our own is found by what it declares; what its body quotes besides is for reading, and often general.
    own = bool(problem.symptoms) and not article.header.origin.format
    texts = [*_declared_messages(problem, own), *(message.text for message in (() if own else mined.messages))]
    return Indexed(
        patterns=tuple(pattern for name, signal in problem.signals.items() for pattern in _patterns(name, signal)),
        messages=tuple(_messages(texts)),
        terms=terms,
        length=length,
        products=tuple(sorted(_product_words(problem))),
        wording=Wording(
            title=frozenset(prose(problem.title)),
            numbers=error_numbers(problem.title),
            signals={name: words for name, signal in problem.signals.items() if (words := _worded(signal))},
        ),
        codes=mined.codes,
        shown=tuple(dict.fromkeys(needs_of(problem))),
    )


def _worded(signal: Signal) -> tuple[frozenset[str], ...]:
    """The distinct words of each text that a signal looks for."""
    texts = [*signal.contains, *(text for regex in signal.regex for text in readings(fold_text(regex), MOST_WORDINGS))]
    return tuple(dict.fromkeys(filter(None, (frozenset(prose(text)) for text in texts))))


def _patterns(name: str, signal: Signal) -> Iterator[PatternRow]:
    caseless = not signal.case
    for text in signal.contains:
        folded = fold_literal(text)
        bare = squeeze(folded)
        yield PatternRow(
            literal(folded), "", caseless, bare if len(bare) >= LEAST_SQUEEZED else "", False, rate(folded), name
        )
    for regex in signal.regex:
        bare = trimmed(fold_text(regex))
        yield PatternRow(bare, wider(bare), caseless, "", True, regex_rate(bare), name)
    for code in signal.code:
        found = codes.pattern(code)
        yield PatternRow(found, wider(found), True, "", False, CODE_RATE, name)
    for event in signal.event:
        found = event_pattern(event.id)
        yield PatternRow(found, wider(found), True, "", False, EVENT_RATE, name)


def _declared_codes(problem: Problem) -> Iterator[str]:
    return (code for signal in problem.signals.values() for code in signal.code)


def _declared_messages(problem: Problem, own: bool) -> Iterator[str]:
    """What symptoms look for, as messages: a pattern's alternatives apart, what varies in it as a placeholder.

    Not the patterns of an article of our own: their authors narrowed them down, and their words alone are wider.
    """
    for signal in _of_symptoms(problem):
        yield from signal.contains
        for regex in () if own else signal.regex:
            yield from bare_words(regex, f" {PLACEHOLDER} ").split("|")


def _of_symptoms(problem: Problem) -> Iterator[Signal]:
    """The signals of the symptoms with those that they refer to, in the order of the article."""
    wanted = set(problem.symptoms)
    for _ in problem.signals:  # nested definitions
        more = {m for n in wanted if n in problem.signals for m in _parts(problem.signals[n])} - wanted
        if not more:
            break
        wanted |= more
    return (signal for name, signal in problem.signals.items() if name in wanted)


def _parts(signal: Signal) -> tuple[str, ...]:
    return (*signal.any, *signal.all, *signal.set, *signal.sequence)


def _messages(texts: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Known messages with their word pairs: each text, then each sentence of one that has several, for people paste one."""
    seen: set[tuple[str, ...]] = set()
    for text in (*texts, *(sentence for whole in texts for sentence in _sentences(whole))):
        tokens = words(fold_text(text))
        pairs = tuple(dict.fromkeys(pairs_of(tokens)))[:MOST_MESSAGE_PAIRS]
        if len(pairs) < LEAST_PAIRS or pairs in seen:
            continue
        seen.add(pairs)
        yield " ".join(text.split())[:300], pairs
        if len(seen) == MOST_MESSAGES:
            return


def _sentences(text: str) -> list[str]:
    """The sentences of a text that has several, those that tell of an error and are long enough to be known by."""
    found = [part for part in _SENTENCE.split(text) if len(part) >= LEAST_SENTENCE and ERROR.search(part)]
    return found if len(found) > 1 or (found and len(found[0]) < len(text) - LEAST_SENTENCE) else []


def _terms(problem: Problem, body: str) -> dict[str, int]:
    counts: Counter[str] = Counter(prose(cleaned(body)))
    titles = (problem.title, *(cause.title for cause in problem.causes), problem.summary, *problem.tags)
    for word in prose(" ".join(titles)):
        counts[word] += TITLE_WEIGHT
    for signal in problem.signals.values():
        for text in (*signal.contains, *(bare_words(regex) for regex in signal.regex)):
            for word in prose(text):
                counts[word] += TITLE_WEIGHT
    return {word: min(255, count) for word, count in counts.items()}


def _product_words(problem: Problem) -> set[str]:
    """The first words of each product's name that say which one it is."""
    return {word for product in problem.applies_to for word in _telling(product.product.lower())[:PRODUCT_WORDS]}


def _telling(name: str) -> list[str]:
    known = shares()
    return [w for w in _NAME.findall(name) if w not in _PRODUCT_NOISE and known.get(w, 0.0) < COMMON_WORD]
