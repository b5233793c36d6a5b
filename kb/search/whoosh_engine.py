"""The search index as Whoosh keeps it. An edit adds a small segment and marks what it replaces."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from kb.search.engine import FIELDS, WEIGHTS, Found, texts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.search.engine import SearchDoc

FORMAT = "kb-search/5 whoosh/2.7.4"
SCORED = ("head", "body")


def build(folder: Path, docs: Iterable[SearchDoc]) -> None:
    from kb.search import whoosh_import as w
    from kb.search.schema import index_schema

    index = w.index.create_in(str(folder), index_schema())
    _write(index, (), docs)
    index.close()
    _unlock(folder)


def update(folder: Path, gone: Collection[str], docs: Iterable[SearchDoc]) -> None:
    from kb.search import whoosh_import as w

    index = w.index.open_dir(str(folder))
    _write(index, gone, docs)
    index.close()
    _unlock(folder)


def opened(folder: Path) -> WhooshReader:
    from kb.search import whoosh_import as w

    return WhooshReader(w.index.open_dir(str(folder)).reader())


def in_memory(docs: Iterable[SearchDoc]) -> WhooshReader:
    from kb.search import whoosh_import as w
    from kb.search.schema import index_schema

    index = w.Memory().create_index(index_schema())
    _write(index, (), docs)
    return WhooshReader(index.reader())


def _unlock(folder: Path) -> None:
    for lock in folder.glob("*_WRITELOCK"):
        lock.unlink()


def _write(index: Any, gone: Collection[str], docs: Iterable[SearchDoc]) -> None:
    writer = index.writer(limitmb=128)
    try:
        if gone:
            with index.reader() as reader:
                numbers = [number for number, stored in reader.iter_docs() if stored["key"] in gone]
            for number in numbers:
                writer.delete_document(number)
        for doc in docs:
            writer.add_document(**_fields(doc))
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


def _fields(doc: SearchDoc) -> dict[str, Any]:
    texts = texts_of(doc)
    return {
        "key": doc.id,
        "name": doc.title,
        "text": zlib.compress(texts["body"].encode("utf-8"), 1),
        "head": [(texts[name], weight) for name, weight in WEIGHTS.items()],
        "words": "\n".join(texts.values()),
        **texts,
    }


class WhooshReader:
    """Whoosh's postings; its matchers and scorers are not used: in pure Python they take three times as long for the same
    sums."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.size = int(reader.doc_count())
        self.mean_length = reader.field_length("body") / max(1, reader.doc_count_all())

    def documents(self) -> set[int]:
        return set(self._reader.all_doc_ids())

    def frequency(self, term: str) -> int:
        most = max(int(self._reader.doc_frequency(name, term)) for name in SCORED)
        # What was taken out still counts until the index is built anew; a word of nothing else is no word.
        return min(most, self.size) if most > 1 or not self._reader.has_deletions() else len(self.weights(term))

    def weights(self, term: str) -> Collection[tuple[int, float]]:
        found: dict[int, float] = {}
        for name in SCORED:
            if (name, term) in self._reader:
                matcher = self._reader.postings(name, term)
                while matcher.is_active():
                    document = matcher.id()
                    found[document] = found.get(document, 0.0) + matcher.weight()
                    matcher.next()
        return found.items()

    def side_by_side(self, field: str, wanted: Sequence[str]) -> set[int]:
        names = (field,) if field else FIELDS
        return set().union(*(self._side_by_side(name, wanted) for name in names))

    def _side_by_side(self, name: str, wanted: Sequence[str]) -> set[int]:
        reader = self._reader
        if any((name, term) not in reader for term in wanted):
            return set()
        found: dict[int, set[int]] | None = None  # document: where the first word would stand
        for offset, term in sorted(enumerate(wanted), key=lambda item: int(reader.doc_frequency(name, item[1]))):
            matcher = reader.postings(name, term)
            here: dict[int, set[int]] = {}
            while matcher.is_active():
                document = int(matcher.id())
                if found is None or document in found:
                    starts = {position - offset for position in matcher.value_as("positions")}
                    if found is not None:
                        starts &= found[document]
                    if starts:
                        here[document] = starts
                matcher.next()
            found = here
            if not found:
                return set()
        return set(found or ())

    def length(self, document: int) -> int:
        return int(self._reader.doc_field_length(document, "body") or 0)

    def near(self, word: str, distance: int) -> Iterator[tuple[str, int]]:
        segments = [
            segment for segment, _ in self._reader.leaf_readers()
        ]  # of several at once Whoosh measures otherwise
        for text in {text for one in segments for text in one.terms_within("words", word, distance, prefix=1)}:
            if not self._reader.has_deletions() or self._reader.postings("words", text).is_active():
                yield text, int(self._reader.doc_frequency("words", text))

    def key(self, document: int) -> str:
        return str(self._reader.stored_fields(document)["key"])

    def found(self, document: int) -> Found:
        stored = self._reader.stored_fields(document)
        return Found(stored["key"], stored["name"], zlib.decompress(stored["text"]).decode("utf-8"))

    def close(self) -> None:
        self._reader.close()
