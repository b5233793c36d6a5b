"""What the core needs to know of a knowledge base: compiled patterns and who owns them, problems, postings.

`kb.store.store` keeps it in SQLite; every look-up is by key, so that the cost of a diagnosis does not grow with the base.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterable

    from diagnose.model import Problem
    from diagnose.scan.patterns import Matcher


class KnownPattern(Struct, frozen=True):
    """A pattern of the base. `rate` is its share of background log lines; `owners` are (problem, signal).

    `literal` is the text without blanks that a `contains` looks for, empty for other kinds. `capturing` where it
    is run again on the line: to confirm the hit and to take its named groups.
    """

    number: int
    regex: str
    caseless: bool
    literal: str
    capturing: bool
    rate: float
    owners: tuple[tuple[str, str], ...]


class Pair(Struct, frozen=True):
    """A word pair of known messages: in how many problems, and in which messages (numbers)."""

    number: int
    df: int
    messages: array[int]


class Message(Struct, frozen=True):
    """A known message of a problem: its distinct word pairs by number."""

    number: int
    problem: str
    text: str
    pairs: array[int]


class Wording(Struct, frozen=True):
    """The words of a problem, as retrieval reads a text: those of its title, the errors that this names by their numbers,
    and the words of each text that a signal looks for, the alternatives of a pattern apart."""

    title: frozenset[str] = frozenset()
    signals: dict[str, tuple[frozenset[str], ...]] = {}
    numbers: frozenset[str] = frozenset()


class Knowledge(Protocol):
    """A knowledge base as the core reads it."""

    @property
    def size(self) -> int:
        """Number of problems."""
        ...

    @property
    def version(self) -> str:
        """The version of kb that reads it."""
        ...

    @property
    def documents_digest(self) -> str:
        """Changes with the content of any article."""
        ...

    @property
    def lines(self) -> Matcher:
        """All patterns, for lines as they stand and joined ones."""
        ...

    @property
    def squeezed(self) -> Matcher:
        """Beginnings of the longer literals, for text without blanks."""
        ...

    def known(self, numbers: Collection[int]) -> dict[int, KnownPattern]: ...

    def numbers(self, patterns: Collection[tuple[str, bool, str]]) -> dict[tuple[str, bool, str], int]:
        """The numbers of those of `patterns` (regex, caseless, literal) that it has."""
        ...

    def problems(self, ids: Iterable[str]) -> dict[str, Problem]: ...

    def wordings(self, ids: Iterable[str]) -> dict[str, Wording]: ...

    def showing(self, text: str) -> list[str]:
        """The problems of which `text` may show an outcome of a check; a pattern decides."""
        ...

    def pairs(self, keys: Collection[str]) -> dict[str, Pair]: ...

    def pair_counts(self, numbers: Collection[int]) -> dict[int, int]: ...

    def messages(self, numbers: Collection[int]) -> dict[int, Message]: ...

    def postings(self, terms: Collection[str]) -> dict[str, array[int]]:
        """For every known term: `document << 8 | frequency`, by document."""
        ...

    def lengths(self) -> dict[int, int]:
        """Number of terms of every document."""
        ...

    def names(self, documents: Collection[int]) -> dict[int, str]:
        """Problem ids of documents."""
        ...

    def document_numbers(self, ids: Collection[str]) -> dict[str, int]:
        """The numbers of the documents of problem ids."""
        ...

    def english(self, lines: Collection[str]) -> dict[str, tuple[str, ...]]:
        """For every line that holds a known message in another language: what it may say in English."""
        ...

    def products(self) -> dict[str, frozenset[str]]:
        """The distinctive words of the products of every problem that names some."""
        ...

    def product_words(self) -> dict[str, int]:
        """In how many problems each of these words stands."""
        ...
