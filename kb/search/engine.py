"""What a search index is made of and asked for, whatever keeps it: the two engines behind it are `whoosh_engine`, for bases of
ordinary size, and `sqlite_engine`, for large ones. Both take the same documents, read text by `kb.search.terms`, and find the same
articles for every form of query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

# How much a word counts that stands there, against 1 in the body.
WEIGHTS = {"id": 3.0, "title": 4.0, "symptoms": 2.0, "causes": 2.0, "products": 1.5, "tags": 2.0}
FIELDS = (*WEIGHTS, "body")
LARGEST_BODY = 1 << 20


class SearchDoc(Struct, frozen=True, kw_only=True):
    """An article as it is searched. `digest` changes with its content."""

    id: str
    title: str
    symptoms: str = ""
    causes: str = ""
    products: str = ""
    tags: str = ""
    body: str = ""
    digest: str = ""


class Found(Struct, frozen=True):
    """What a hit shows of its article."""

    id: str
    title: str
    body: str


class Reader(Protocol):
    """An open index. Its documents are numbers of its own; `size` is how many there are."""

    size: int
    mean_length: float

    def documents(self) -> set[int]:
        """All of them."""

    def frequency(self, term: str) -> int:
        """How many documents hold `term`, or nearly so: what it is worth depends on it. 0 where none does."""

    def weights(self, term: str) -> Iterable[tuple[int, float]]:
        """Each document that holds `term`, and the sum of what its places count."""

    def side_by_side(self, field: str, wanted: Sequence[str]) -> set[int]:
        """The documents in whose `field` (any where it is empty) the terms stand one after the other."""

    def length(self, document: int) -> int:
        """How many terms its body has; near `mean_length` for most."""

    def near(self, word: str, distance: int) -> Iterable[tuple[str, int]]:
        """Words as they are spelled somewhere, `distance` or fewer edits away, with the number of articles that hold them."""

    def key(self, document: int) -> str:
        """The id of its article."""

    def found(self, document: int) -> Found:
        """What a hit shows."""

    def close(self) -> None:
        """Let go of the files."""


class Engine(Protocol):
    """A module that keeps an index in a folder of its own. `FORMAT` changes with what it writes."""

    FORMAT: str

    def build(self, folder: Path, docs: Iterable[SearchDoc]) -> None:
        """Write the index of `docs` into an empty folder."""

    def update(self, folder: Path, gone: Collection[str], docs: Iterable[SearchDoc]) -> None:
        """Take the articles `gone` out of the index in `folder` and add `docs`."""

    def opened(self, folder: Path) -> Reader:
        """The index in `folder`."""

    def in_memory(self, docs: Iterable[SearchDoc]) -> Reader:
        """The index of `docs`, kept nowhere."""


def texts_of(doc: SearchDoc) -> dict[str, str]:
    """The text of each field, as it can be written."""
    texts = {name: str(getattr(doc, name)).encode("utf-8", "replace").decode("utf-8") for name in FIELDS}
    texts["body"] = texts["body"][:LARGEST_BODY]
    return texts
