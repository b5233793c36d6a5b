"""Full-text search over the articles: Whoosh keeps the postings, in a private folder that is built when first needed.

Takes documents and a digest of them all, gives hits with snippets. Any fault of the index, at opening or later, has it
rebuilt once; where its folder cannot be written it stands in memory: there is always an answer, with a note.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from diagnose.errors import did_you_mean
from kb.search import folder as folders
from kb.search.query import FIELDS, Query, parse_query, relaxed
from kb.search.rank import rank
from kb.search.snippet import Spans, snippet
from kb.search.terms import LONGEST, terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import Self

FORMAT = "kb-search/4 whoosh/2.7.4"
# How much a word counts that stands there, against 1 in the body.
WEIGHTS = {"id": 3.0, "title": 4.0, "symptoms": 2.0, "causes": 2.0, "products": 1.5, "tags": 2.0}
LARGEST_BODY = 1 << 20
MOST_MENDED = 5


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


class SearchHit(Struct, frozen=True):
    """A found article; `snippet` is text in spans, each with whether it matched."""

    id: str
    title: str
    score: float
    snippet: Spans


class SearchResult(Struct, frozen=True):
    """Hits, best first. `did_you_mean` is the query with its unknown words mended, or empty. `note` says what a person
    should know: the words that were searched instead, a damaged index, a time that was up."""

    hits: tuple[SearchHit, ...]
    did_you_mean: str = ""
    note: str = ""


def open_index(digest: str, docs: Callable[[], Iterable[SearchDoc]], folder: Path | None) -> Index:
    """The index of `docs`, whose content `digest` names: opened if it is there and sound, else built. Never raises for
    what is wrong with `folder`; whatever `docs` raises passes through."""
    return Index(digest, docs, folder)


class Index:
    """An open index. `note` is empty unless it had to be rebuilt or stands in memory. Whoever opens it closes it, with
    `with` or `close`."""

    def __init__(self, digest: str, docs: Callable[[], Iterable[SearchDoc]], folder: Path | None) -> None:
        self._docs = docs
        self._place = folders.index_place(folder, f"{FORMAT} {digest}") if folder is not None else None
        self._reader: Any = None
        self.note = ""
        self._open()

    def search(self, query: str, limit: int = 10) -> SearchResult:
        """The best `limit` articles for `query` (`kb.search.query`); never raises for any text."""
        parsed = parse_query(query)
        for mend in (self._rebuild, self._to_memory):
            try:
                return self._search(parsed, limit)
            except Exception as error:  # whatever a damaged file makes Whoosh raise
                mend(error)
        return self._search(parsed, limit)

    def close(self) -> None:
        """Let go of the files."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- opening and mending ---

    def _open(self) -> None:
        if self._place is None:
            self._reader = _in_memory(self._docs)
            return
        try:
            folders.make_private(self._place.parent)
            fault = folders.damage(self._place, full=False)
            if fault and _exists(self._place):
                self.note = f"search index damaged ({fault}); rebuilt from the articles"
                folders.remove(self._place)
            if fault:
                folders.build(self._place, self._fill)
            self._reader = _opened(self._place)
            folders.sweep(self._place)
        except OSError as error:
            self._to_memory(error)
        except _DocsError as error:
            raise error.cause from None
        except Exception as error:
            self._rebuild(error)

    def _rebuild(self, error: Exception) -> None:
        """Once more from the articles."""
        if self._place is None:
            self._to_memory(error)
            return
        try:
            self.close()
            folders.remove(self._place)
            folders.build(self._place, self._fill)
            self._reader = _opened(self._place)
            self.note = f"search index damaged ({type(error).__name__}); rebuilt from the articles"
        except _DocsError as inner:
            raise inner.cause from None
        except Exception as inner:
            self._to_memory(inner)

    def _to_memory(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or type(error).__name__
        self.note = f"cannot write the search index ({reason}); results from memory"
        self._place = None
        self._reader = _in_memory(self._docs)

    def _fill(self, folder: Path) -> None:
        from kb.search import whoosh_import as w
        from kb.search.schema import index_schema

        index = w.index.create_in(str(folder), index_schema())
        _write(index, _guarded(self._docs))
        index.close()
        for lock in folder.glob("*_WRITELOCK"):
            lock.unlink()

    # --- searching ---

    def _search(self, query: Query, limit: int) -> SearchResult:
        notes = [self.note] if self.note else []
        hits, late = self._hits(query, limit)
        mended = self._mended(query)
        if not hits and any(part.phrase for group in query.required for part in group):
            hits, late = self._hits(relaxed(query), limit)
            notes += ["no article has the phrase; its words were searched"] if hits else []
        if not hits and mended is not None:
            hits, late = self._hits(parse_query(mended), limit)
            notes += ["nothing holds the words as they are spelled"] if hits else []
        notes += _no_fields(query, found=bool(hits))
        notes += ["the time was up before every word was looked up"] if late else []
        notes += ["the query is long: its beginning was searched"] if query.cut else []
        return SearchResult(hits, mended or "", "; ".join(notes))

    def _hits(self, query: Query, limit: int) -> tuple[tuple[SearchHit, ...], bool]:
        ranked = rank(self._reader, query, limit)
        wanted = {term.text for part in query.parts if not part.without for term in terms(part.text)}
        return tuple(self._hit(document, score, wanted) for document, score in ranked.documents), ranked.late

    def _hit(self, document: int, score: float, wanted: set[str]) -> SearchHit:
        stored = self._reader.stored_fields(document)
        body = zlib.decompress(stored["text"]).decode("utf-8")
        return SearchHit(stored["key"], stored["name"], round(score, 3), snippet(body, wanted))

    def _mended(self, query: Query) -> str | None:
        """The query with each word that no article holds replaced by the closest that one does; None if all is well.

        Of many unknown words none is mended: that is a paste, not a slip of the fingers."""
        told = {word for part in query.parts if not part.without for word in part.text.split()}
        unknown = sorted(filter(self._unknown, told))
        close = {word: self._closest(word) for word in unknown} if len(unknown) <= MOST_MENDED else {}
        if all(word == mended for word, mended in close.items()):
            return None
        mended = (
            replace(part, text=" ".join(close.get(word, word) for word in part.text.split())) for part in query.parts
        )
        return " ".join(map(str, mended))

    def _unknown(self, word: str) -> bool:
        """A plain word, long enough for a typo, that stands nowhere."""
        if not (4 <= len(word) <= LONGEST and word.replace("-", "").isalpha()):
            return False
        return not any(
            (name, term.text) in self._reader for term in terms(word) if term.whole for name in ("head", "body")
        )

    def _closest(self, word: str) -> str:
        lowered, reader = word.lower(), self._reader
        for distance in (1, 2) if len(word) > 5 else (1,):
            near: list[str] = sorted(
                text for text in reader.terms_within("words", lowered, distance, prefix=1) if text.isprintable()
            )
            if near:
                return str(max(near, key=lambda text: (text[:2] == lowered[:2], reader.doc_frequency("words", text))))
        return word


class _DocsError(Exception):
    """Reading the articles failed, which is no fault of the index."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


def _guarded(docs: Callable[[], Iterable[SearchDoc]]) -> Iterable[SearchDoc]:
    try:
        yield from docs()
    except Exception as error:
        raise _DocsError(error) from None


def _no_fields(query: Query, *, found: bool) -> list[str]:
    """What stood before a colon and is no field, where that may be why: nothing was found, or a field is meant."""
    names = [name for name in query.strangers if not found or did_you_mean(name.lower(), FIELDS)]
    known = ", ".join(dict.fromkeys(FIELDS.values()))
    return [f"no such field '{name}', searched as a word; fields are {known}" for name in names[:1]]


def _exists(place: Path) -> bool:
    return place.is_symlink() or place.exists()


def _opened(place: Path) -> Any:
    from kb.search import whoosh_import as w

    return w.index.open_dir(str(place)).reader()


def _in_memory(docs: Callable[[], Iterable[SearchDoc]]) -> Any:
    from kb.search import whoosh_import as w
    from kb.search.schema import index_schema

    index = w.RamStorage().create_index(index_schema())
    _write(index, docs())
    return index.reader()


def _write(index: Any, docs: Iterable[SearchDoc]) -> None:
    writer = index.writer(limitmb=128)
    try:
        for doc in docs:
            writer.add_document(**_fields(doc))
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


def _fields(doc: SearchDoc) -> dict[str, Any]:
    texts = {name: _valid(str(getattr(doc, name))) for name in (*WEIGHTS, "body")}
    texts["body"] = texts["body"][:LARGEST_BODY]
    return {
        "key": doc.id,
        "name": doc.title,
        "text": zlib.compress(texts["body"].encode("utf-8"), 1),
        "head": [(texts[name], weight) for name, weight in WEIGHTS.items()],
        "words": "\n".join(texts.values()),
        **texts,
    }


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
