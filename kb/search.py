"""Full-text search over the articles, by Whoosh, in a private folder that is built when first needed.

An index is code to whoever opens it (Whoosh unpickles its table of contents), so it is only ever opened from a folder
that this user made and nobody else may write, with the sizes of its files as they were written; else it is built again.
It is built into a fresh folder, flushed and renamed into place: a crash leaves the old state or the new one. An edge
module: it touches files.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kb.query import Part, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FORMAT = 2
MANIFEST = "manifest.json"
BOOSTS = {"id": 3.0, "title": 4.0, "symptoms": 2.0, "causes": 1.5, "products": 1.0, "tags": 1.5, "body": 1.0}
MANY_DOCUMENTS = 5000
SNIPPET = 220


class SearchDoc(Struct, frozen=True, kw_only=True):
    """An article as it is searched. `digest` changes with its content."""

    id: str
    title: str
    symptoms: str
    causes: str
    products: str
    tags: str
    body: str
    digest: str


class Hit(Struct, frozen=True):
    """A found article; `snippet` is text in spans, each with whether it matched."""

    id: str
    title: str
    score: float
    snippet: tuple[tuple[str, bool], ...]


class SearchResult(Struct, frozen=True):
    hits: tuple[Hit, ...]
    did_you_mean: str = ""


def open_index(digest: str, docs: Callable[[], Iterable[SearchDoc]], folder: Path | None) -> Index:
    """The index of `docs`, whose content `digest` names: opened if it is there and sound, else built."""
    if folder is None:
        return Index(_built_in_memory(docs))
    place = folder / f"{FORMAT}-{digest[:24]}"
    try:
        if not _sound(place):
            _build(place, docs)
        return Index(_opened(place))
    except OSError:
        return Index(_built_in_memory(docs))
    except Exception:  # whatever a damaged file makes Whoosh raise: rebuild once
        shutil.rmtree(place, ignore_errors=True)
        try:
            _build(place, docs)
            return Index(_opened(place))
        except OSError:
            return Index(_built_in_memory(docs))


def _opened(place: Path) -> Any:
    from kb import _whoosh

    return _whoosh.index.open_dir(str(place))


def _sound(place: Path) -> bool:
    """Made by this user, writable by nobody else, and every file of the size that it was written with."""
    try:
        info = place.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(info.st_mode) or not _ours(info):
        shutil.rmtree(place, ignore_errors=True)
        return False
    try:
        sizes = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        present = {entry.name: entry.stat().st_size for entry in os.scandir(place) if entry.name != MANIFEST}
    except (OSError, ValueError):
        sizes, present = None, {}
    if sizes != present:
        shutil.rmtree(place, ignore_errors=True)
        return False
    return True


def _ours(info: os.stat_result) -> bool:
    return sys.platform == "win32" or (info.st_uid == os.geteuid() and not info.st_mode & 0o022)


def _schema() -> Any:
    from kb import _whoosh as w
    from kb._whoosh import Parts

    text = (
        w.RegexTokenizer(r"0x[0-9A-Fa-f]+|\w+(?:[-.]\w+)*")
        | Parts()
        | w.LowercaseFilter()
        | w.StopFilter(minsize=1)
        | w.StemFilter(ignore=None)
    )
    kinds = {name: w.fields.TEXT(analyzer=text, stored=name in ("title", "body"), phrase=True) for name in BOOSTS}
    return w.fields.Schema(
        key=w.fields.ID(stored=True), words=w.fields.TEXT(analyzer=_plain_analyzer(), phrase=False), **kinds
    )


def _plain_analyzer() -> Any:
    """Words as they are written, for "did you mean"."""
    from kb import _whoosh as w

    return w.RegexTokenizer(r"[^\W\d_]{4,}") | w.LowercaseFilter()


def _fill(index: Any, docs: Callable[[], Iterable[SearchDoc]]) -> Any:
    writer = index.writer()
    for doc in docs():
        fields = {name: getattr(doc, name) for name in BOOSTS}
        writer.add_document(key=doc.id, words=f"{doc.title}\n{doc.symptoms}\n{doc.causes}\n{doc.body}", **fields)
    writer.commit()
    return index


def _built_in_memory(docs: Callable[[], Iterable[SearchDoc]]) -> Any:
    from kb import _whoosh as w

    return _fill(w.RamStorage().create_index(_schema()), docs)


def _build(place: Path, docs: Callable[[], Iterable[SearchDoc]]) -> None:
    """Build beside `place`, flush, rename; who loses a race uses the winner's. What dead builds and old digests left goes."""
    from kb import _whoosh as w

    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _swept(place)
    fresh = Path(tempfile.mkdtemp(prefix="build-", dir=place.parent))
    try:
        _fill(w.index.create_in(str(fresh), _schema()), docs).close()
        for lock in fresh.glob("*LOCK"):
            lock.unlink()
        sizes = {path.name: path.stat().st_size for path in fresh.iterdir()}
        (fresh / MANIFEST).write_text(json.dumps(sizes), encoding="utf-8")
        for path in fresh.iterdir():
            _flushed(path)
        try:
            fresh.rename(place)
        except OSError:
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _flushed(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _swept(place: Path) -> None:
    import time

    for entry in place.parent.iterdir():
        dead = entry.name.startswith("build-") and entry.lstat().st_mtime < time.time() - 3600
        if entry != place and (dead or not entry.name.startswith("build-")):
            shutil.rmtree(entry, ignore_errors=True)


class Index:
    """An open index."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def search(self, query: str, limit: int = 10) -> SearchResult:
        """The best `limit` articles; for nothing found, the query with its unknown words mended."""
        from kb import _whoosh as w

        wanted = parts(query)
        with self._index.searcher(weighting=w.scoring.BM25F()) as searcher:
            built = self._query(wanted, searcher.doc_count())
            if built is None:
                return SearchResult(())
            found = searcher.search(built, limit=limit, terms=True)
            hits = tuple(self._hit(hit, wanted) for hit in found)
            unknown = self._mended(wanted, searcher)
            return SearchResult(hits, unknown)

    def _query(self, wanted: tuple[Part, ...], documents: int) -> Any:
        from kb import _whoosh as w

        must_not = [q for part in wanted if part.without and (q := self._part(part)) is not None]
        should = [q for part in wanted if not part.without and (q := self._part(part)) is not None]
        if not should:
            return None
        every = w.query.Or(should)
        if documents > MANY_DOCUMENTS and len(should) > 8:
            every.matcher_type = w.query.Or.ARRAY_MATCHER
        return w.query.AndNot(every, w.query.Or(must_not)) if must_not else every

    def _part(self, part: Part) -> Any:
        from kb import _whoosh as w

        names = [part.field] if part.field else list(BOOSTS)
        queries = []
        for name in names:
            terms = [token.text for token in self._index.schema[name].analyzer(part.text, mode="query")]
            if not terms:
                continue
            if part.phrase and len(terms) > 1:
                queries.append(w.query.Phrase(name, terms, boost=BOOSTS[name]))
            else:
                queries.append(w.query.Or([w.query.Term(name, term, boost=BOOSTS[name]) for term in terms]))
        return w.query.DisjunctionMax(queries, tiebreak=0.2) if queries else None

    def _hit(self, hit: Any, wanted: tuple[Part, ...]) -> Hit:
        return Hit(hit["key"], hit["title"], round(float(hit.score), 3), _snippet(hit["body"], wanted))

    def _mended(self, wanted: tuple[Part, ...], searcher: Any) -> str:
        """The query with each word that no article holds replaced by the closest that one does."""
        corrector = searcher.corrector("words")
        changed, words = False, []
        for part in wanted:
            mended = part.text
            plain = part.text.lower()
            if not part.phrase and len(plain) >= 4 and plain.isalpha() and not self._known(plain, searcher):
                close = corrector.suggest(plain, limit=1, maxdist=2, prefix=1)
                mended = close[0] if close else mended
            changed = changed or mended != part.text
            words.append(f"{'-' if part.without else ''}{part.field + ':' if part.field else ''}{mended}")
        return " ".join(words) if changed else ""

    def _known(self, word: str, searcher: Any) -> bool:
        terms = [token.text for token in self._index.schema["body"].analyzer(word, mode="query")]
        return any((name, term.encode()) in searcher.reader() for name in BOOSTS for term in terms)


def _snippet(body: str, wanted: tuple[Part, ...]) -> tuple[tuple[str, bool], ...]:
    """The stretch of the text with the most distinct query words, with these marked."""
    import re

    stems = sorted(
        {re.escape(word[:24]) for part in wanted for word in re.findall(r"\w{2,}", part.text)}, key=len, reverse=True
    )
    text = " ".join(re.sub(r"[#>`*|]+", " ", body[:200_000]).split())
    if not stems:
        return ((text[:SNIPPET], False),)
    pattern = re.compile(rf"\b(?:{'|'.join(stems[:60])})\w{{0,4}}", re.IGNORECASE)
    found = list(pattern.finditer(text))[:2000]
    start = 0
    if found:
        best = max(
            found, key=lambda m: len({o[0].lower() for o in found if m.start() <= o.start() < m.start() + SNIPPET})
        )
        start = max(0, text.rfind(" ", 0, max(0, best.start() - 30)) + 1)
    stretch = text[start : start + SNIPPET]
    spans: list[tuple[str, bool]] = [("..." if start else "", False)]
    at = 0
    for match in pattern.finditer(stretch):
        spans += [(stretch[at : match.start()], False), (match[0], True)]
        at = match.end()
    spans.append((stretch[at:] + ("..." if start + SNIPPET < len(text) else ""), False))
    return tuple(span for span in spans if span[0])
