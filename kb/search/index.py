"""Full-text search over the articles, in a private folder that is built when first needed, and brought up to date after an edit.

Takes what the articles are (ids and digests) and how to read them, gives hits with snippets. Any fault of the index, at opening or
later, has it rebuilt once; where its folder cannot be written it stands in memory: there is always an answer, with a note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.errors import did_you_mean
from kb.search import folder as folders
from kb.search import sqlite_engine, whoosh_engine
from kb.search.query import FIELDS, Query, parse_query, relaxed
from kb.search.rank import rank
from kb.search.snippet import Spans, snippet
from kb.search.terms import LONGEST, terms

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path
    from typing import Self

    from kb.search.engine import Engine, Reader, SearchDoc

    Digests = Mapping[str, str]  # id: what changes with the content of the article
    Docs = Callable[[Collection[str]], Iterable[SearchDoc]]  # the articles of these ids

MOST_MENDED = 5
# Articles from which on SQLite keeps the index. Whoosh finds a little faster in a small one, and is read by other programs.
LARGE = 1000


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


def open_index(digests: Digests, docs: Docs, folder: Path | None, engine: Engine | None = None) -> Index:
    """The index of the articles: opened if it is there and sound, else made. Never raises for what is wrong with `folder`;
    whatever `docs` raises passes through. `engine` is that for their number where it is not given."""
    return Index(digests, docs, folder, engine or engine_for(len(digests)))


def engine_for(articles: int) -> Engine:
    """The engine for a base of this size."""
    return sqlite_engine if articles >= LARGE and sqlite_engine.available() else whoosh_engine


class Index:
    """An open index. `note` is empty unless it had to be rebuilt or stands in memory. Whoever opens it closes it, with
    `with` or `close`."""

    def __init__(self, digests: Digests, docs: Docs, folder: Path | None, engine: Engine) -> None:
        self._digests = digests
        self._docs = docs
        self._engine = engine
        self._place = folders.index_place(folder, engine.FORMAT, digests) if folder is not None else None
        self._reader: Reader
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
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- opening and mending ---

    def _open(self) -> None:
        if self._place is None:
            self._reader = self._engine.in_memory(self._docs(self._digests))
            return
        try:
            folders.make_private(self._place.parent)
            fault = folders.damage(self._place, full=False)
            if fault and _exists(self._place):
                self.note = f"search index damaged ({fault}); rebuilt from the articles"
                folders.remove(self._place)
            if fault:
                self._make(self._place)
            self._reader = self._engine.opened(self._place)
            folders.sweep(self._place)
        except OSError as error:
            self._to_memory(error)
        except _DocsError as error:
            raise error.cause from None
        except Exception as error:
            self._rebuild(error)

    def _make(self, place: Path) -> None:
        """From that of nearly the same articles where there is one, else anew."""
        near = folders.nearest(place.parent, self._engine.FORMAT, self._digests)
        if near is None:
            self._build(place)
            return
        fresh = [key for key, digest in self._digests.items() if near.digests.get(key) != digest]
        gone = [key for key, digest in near.digests.items() if self._digests.get(key) != digest]

        def fill(folder: Path) -> None:
            near.copied(folder)
            self._engine.update(folder, gone, self._guarded(fresh))

        try:
            folders.build(place, fill, self._engine.FORMAT, self._digests, near.changed + len({*gone, *fresh}))
        except _DocsError:
            raise
        except Exception:  # swept meanwhile, or whatever a damaged one makes the engine raise
            self._build(place)

    def _build(self, place: Path) -> None:
        def fill(folder: Path) -> None:
            self._engine.build(folder, self._guarded(self._digests))

        folders.build(place, fill, self._engine.FORMAT, self._digests)

    def _guarded(self, ids: Collection[str]) -> Iterable[SearchDoc]:
        try:
            yield from self._docs(ids)
        except Exception as error:
            raise _DocsError(error) from None

    def _rebuild(self, error: Exception) -> None:
        """Once more from the articles."""
        if self._place is None:
            self._to_memory(error)
            return
        try:
            self._let_go()
            folders.remove(self._place)
            self._build(self._place)
            self._reader = self._engine.opened(self._place)
            self.note = f"search index damaged ({type(error).__name__}); rebuilt from the articles"
        except _DocsError as inner:
            raise inner.cause from None
        except Exception as inner:
            self._to_memory(inner)

    def _to_memory(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or type(error).__name__
        self.note = f"cannot write the search index ({reason}); results from memory"
        self._place = None
        self._let_go()
        self._reader = self._engine.in_memory(self._docs(self._digests))

    def _let_go(self) -> None:
        """Close what is open, if anything is."""
        reader: Reader | None = self.__dict__.pop("_reader", None)
        if reader is not None:
            reader.close()

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
        found = self._reader.found(document)
        return SearchHit(found.id, found.title, round(score, 3), snippet(found.body, wanted))

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
        return not any(self._reader.frequency(term.text) for term in terms(word) if term.whole)

    def _closest(self, word: str) -> str:
        lowered = word.lower()
        for distance in (1, 2) if len(word) > 5 else (1,):
            near = sorted(one for one in self._reader.near(lowered, distance) if one[0].isprintable())
            if near:
                return max(near, key=lambda one: (one[0][:2] == lowered[:2], one[1]))[0]
        return word


class _DocsError(Exception):
    """Reading the articles failed, which is no fault of the index."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


def _no_fields(query: Query, *, found: bool) -> list[str]:
    """What stood before a colon and is no field, where that may be why: nothing was found, or a field is meant."""
    names = [name for name in query.strangers if not found or did_you_mean(name.lower(), FIELDS)]
    known = ", ".join(dict.fromkeys(FIELDS.values()))
    return [f"no such field '{name}', searched as a word; fields are {known}" for name in names[:1]]


def _exists(place: Path) -> bool:
    return place.is_symlink() or place.exists()
