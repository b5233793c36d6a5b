"""The schema of the search index: fields whose terms are ours, stored as Whoosh formats.

The index pickles these classes by module name: a move of one makes every kept index unreadable (raise `whoosh_engine.FORMAT`).
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kb.search.engine import FIELDS
from kb.search.terms import positions, surface, words_of
from kb.search.whoosh_import import IDAnalyzer, fields, formats

if TYPE_CHECKING:
    from collections.abc import Iterator


_ITEM = array("I").itemsize


class Placed(formats.Positions):  # type: ignore[misc]
    """Terms of a text with their positions, for phrases: four bytes each where Whoosh writes a pickle.

    Whoosh pickles formats with the schema, by name.
    """

    def word_values(self, value: str, analyzer: object, **options: object) -> Iterator[tuple[str, int, float, bytes]]:
        places: dict[str, list[int]] = defaultdict(list)
        for term, position in positions(value):
            places[term].append(position)
        for term, where in places.items():
            yield term, len(where), float(len(where)), array("I", where).tobytes()

    def decode_positions(self, value: bytes) -> list[int]:
        return array("I", value).tolist()

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // _ITEM

    def decode_weight(self, value: bytes) -> float:
        return len(value) / _ITEM


class WeighedTerms(formats.Frequency):  # type: ignore[misc]
    """Terms of several (text, weight) pairs, each occurrence counting with its text's weight."""

    def word_values(
        self, value: list[tuple[str, float]], analyzer: object, **options: object
    ) -> Iterator[tuple[str, int, float, bytes]]:
        counts: dict[str, int] = defaultdict(int)
        weights: dict[str, float] = defaultdict(float)
        for text, weight in value:
            for term, _ in positions(text):
                counts[term] += 1
                weights[term] += weight
        for term, count in counts.items():
            yield term, count, weights[term], formats.pack_uint(count)


class Spelled(formats.Existence):  # type: ignore[misc]
    """Words as they are spelled."""

    def word_values(self, value: str, analyzer: object, **options: object) -> Iterator[tuple[str, int, float, bytes]]:
        for word in sorted(surface(words_of(value))):
            yield word, 1, 1.0, b""


def index_schema() -> Any:
    """`head` is every field but the body, weighed: with the body it is where plain words are looked for. `text` is
    stored for snippets, `words` is the vocabulary for "did you mean"."""
    return fields.Schema(
        key=fields.STORED,
        name=fields.STORED,
        text=fields.STORED,
        head=_field(WeighedTerms()),
        words=_field(Spelled()),
        **{name: _field(Placed()) for name in FIELDS},
    )


def _field(format_: Any) -> Any:
    field = fields.TEXT(analyzer=IDAnalyzer())
    field.format = format_
    return field
