"""A base as the core reads it, out of its derived file: patterns, messages, terms, articles.

Takes an open connection (see `kb.store.open`); gives values, and changes nothing but what `kb.store.compiled` makes anew. Imports no
YAML, Markdown or Whoosh, so that a diagnosis does not pay for them.
"""

from __future__ import annotations

import os
from array import array
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from diagnose.checks.patterns import Need, may_show
from diagnose.errors import KbError, did_you_mean
from diagnose.knowledge import KnownPattern, Message, Pair, Wording
from diagnose.model import Problem
from diagnose.text.fold import fold_literal
from kb import __version__
from kb.store.compiled import matcher
from kb.store.schema import unpacked, unpressed, unsealed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Self

    from diagnose.scan.patterns import Matcher
    from kb.articles.article import Article
    from kb.catalogs.catalog import Catalog
    from kb.documents.fault import Fault
    from kb.search.engine import SearchDoc
    from kb.store.derived import Comparing

_MANY = 500


class Listed(msgspec.Struct, frozen=True):
    """A row of `kb list`."""

    id: str
    title: str
    status: str
    products: tuple[str, ...]
    tags: tuple[str, ...]
    domain: str


def _chunks(keys: Collection[Any]) -> Iterator[list[object]]:
    items = list(keys)
    for start in range(0, len(items), _MANY):
        yield items[start : start + _MANY]


class Store:
    """A base as the core reads it (`diagnose.knowledge.Knowledge`), and the articles for people.

    Owns the connection it is given: whoever opens a store closes it, with `with` or `close`."""

    def __init__(self, connection: sqlite3.Connection, cache: Path | None, roots: Sequence[Path]) -> None:
        self._db = connection
        self.search_dir = cache / "search" if cache else None
        self.roots = tuple(roots)
        self.comparing: Comparing | None = None
        self.catalog: Catalog | None = None

    def verified(self) -> None:
        """Before an answer is given: DamagedError where what it was read from is not as it was written."""
        if self.comparing:
            self.comparing.wait()

    def _rows(self, query: str, keys: Collection[Any]) -> Iterator[Any]:
        for chunk in _chunks(keys):
            yield from self._db.execute(query.format(",".join("?" * len(chunk))), chunk).fetchall()

    @cached_property
    def size(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM article").fetchone()[0])

    @property
    def version(self) -> str:
        return __version__

    @cached_property
    def lines(self) -> Matcher:
        return matcher(self._db, "lines")

    @cached_property
    def squeezed(self) -> Matcher:
        return matcher(self._db, "squeezed")

    def known(self, numbers: Collection[int]) -> dict[int, KnownPattern]:
        wanted = [n for n in numbers if n not in self._known]
        owners: dict[int, list[tuple[str, str]]] = {}
        query = (
            "SELECT o.pattern, a.name, o.signal FROM owner o JOIN article a ON a.id = o.article"
            " WHERE o.pattern IN ({}) ORDER BY a.name, o.signal"
        )
        for pattern, name, signal in self._rows(query, wanted):
            owners.setdefault(pattern, []).append((name, signal))
        query = "SELECT number, regex, caseless, literal, capturing, rate FROM pattern WHERE number IN ({})"
        for number, regex, caseless, literal, capturing, rate in self._rows(query, wanted):
            key = number
            self._known[key] = KnownPattern(
                key,
                regex,
                bool(caseless),
                literal,
                bool(capturing),
                rate,
                tuple(owners.get(key, ())),
            )
        return {n: self._known[n] for n in numbers if n in self._known}

    def numbers(self, patterns: Collection[tuple[str, bool, str]]) -> dict[tuple[str, bool, str], int]:
        query = "SELECT number, regex, caseless, literal FROM pattern WHERE regex IN ({})"
        rows = self._rows(query, {regex for regex, _, _ in patterns})
        found = {(regex, bool(caseless), literal): number for number, regex, caseless, literal in rows}
        return {pattern: found[pattern] for pattern in patterns if pattern in found}

    @cached_property
    def _known(self) -> dict[int, KnownPattern]:
        return {}

    def problems(self, ids: Iterable[str]) -> dict[str, Problem]:
        rows = self._rows("SELECT name, problem FROM article WHERE name IN ({})", list(ids))
        return {name: self._decoder.decode(unsealed(blob)) for name, blob in rows}

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[Problem]:
        return msgspec.json.Decoder(Problem)

    def english(self, lines: Collection[str]) -> dict[str, tuple[str, ...]]:
        return self.catalog.english(lines) if self.catalog else {}

    def wordings(self, ids: Iterable[str]) -> dict[str, Wording]:
        rows = self._rows("SELECT name, wording FROM article WHERE name IN ({})", list(ids))
        return {name: self._wording_decoder.decode(unsealed(blob)) for name, blob in rows}

    @cached_property
    def _wording_decoder(self) -> msgspec.json.Decoder[Wording]:
        return msgspec.json.Decoder(Wording)

    def showing(self, text: str) -> list[str]:
        texts = (text.lower(), fold_literal(text).lower())
        rows = self._db.execute("SELECT name, shown FROM article ORDER BY id")
        decode = msgspec.json.Decoder(tuple[Need, ...]).decode
        return [name for name, blob in rows if may_show(decode(unsealed(blob)), texts)]

    def pairs(self, keys: Collection[str]) -> dict[str, Pair]:
        rows = self._rows("SELECT key, number, df, messages FROM pair WHERE key IN ({})", keys)
        return {key: Pair(number, df, unpacked(blob)) for key, number, df, blob in rows}

    def pair_counts(self, numbers: Collection[int]) -> dict[int, int]:
        rows = self._rows("SELECT number, df FROM pair WHERE number IN ({})", numbers)
        return dict(rows)

    def messages(self, numbers: Collection[int]) -> dict[int, Message]:
        query = "SELECT m.number, a.name, m.text, m.pairs FROM message m JOIN article a ON a.id = m.article WHERE m.number IN ({})"
        rows = self._rows(query, numbers)
        return {number: Message(number, name, text, unpacked(blob)) for number, name, text, blob in rows}

    def postings(self, terms: Collection[str]) -> dict[str, array[int]]:
        rows = self._rows("SELECT key, postings FROM term WHERE key IN ({})", terms)
        return {key: unpacked(blob) for key, blob in rows}

    def lengths(self) -> dict[int, int]:
        return self._lengths

    @cached_property
    def _lengths(self) -> dict[int, int]:
        return dict(self._db.execute("SELECT id, length FROM article"))

    def names(self, documents: Collection[int]) -> dict[int, str]:
        return dict(self._rows("SELECT id, name FROM article WHERE id IN ({})", documents))

    def document_numbers(self, ids: Collection[str]) -> dict[str, int]:
        return dict(self._rows("SELECT name, id FROM article WHERE name IN ({})", ids))

    def products(self) -> dict[str, frozenset[str]]:
        return self._products

    @cached_property
    def _products(self) -> dict[str, frozenset[str]]:
        rows = self._db.execute("SELECT name, products FROM article WHERE products != ''")
        return {name: frozenset(products.split()) for name, products in rows}

    def product_words(self) -> dict[str, int]:
        return self._product_words

    @cached_property
    def _product_words(self) -> dict[str, int]:
        return Counter(word for words in self._products.values() for word in words)

    # --- for people ---

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the article files, in order of path and line."""
        rows = self._db.execute("SELECT faults FROM file WHERE faults IS NOT NULL ORDER BY path").fetchall()
        if not rows:
            return ()
        from kb.documents.fault import Fault

        found = (fault for (blob,) in rows for fault in msgspec.json.decode(unsealed(blob), type=list[Fault]))
        return tuple(replace(fault, path=self._named(fault.path), what=self._named(fault.what)) for fault in found)

    def article(self, name: str) -> Article:
        """The article with this id; KbError with the closest one where there is none."""
        from kb.articles.article import Article, Header
        from kb.library.entry import Use

        wanted = name.lower().encode("utf-8", "replace").decode()  # bytes that are no text are in no id
        row = self._db.execute(
            "SELECT problem, header, body, path, domain, declared, stated, uses FROM article JOIN prose ON prose.article = id"
            " WHERE name=?",
            (wanted,),
        ).fetchone()
        if row is None:
            names = [n for (n,) in self._db.execute("SELECT name FROM article")]
            close = did_you_mean(name.lower(), names) or "kb list shows all ids"
            raise KbError(name, "no article has this id", close)
        problem, header, body, path, domain, declared, stated, uses = row
        return Article(
            problem=self._decoder.decode(unsealed(problem)),
            header=msgspec.json.decode(unsealed(header), type=Header),
            body=unpressed(body).decode(),
            path=self._named(path),
            domain=domain,
            declared=bool(declared),
            stated=bool(stated),
            uses=msgspec.json.decode(unsealed(uses), type=tuple[Use, ...]) if uses else (),
        )

    def _named(self, text: str) -> str:
        """`text` with the folders of the base as they were named: the rows have them absolute."""
        for root in self.roots:
            text = text.replace(os.path.join(root.absolute(), ""), os.path.join(root, ""))
        return text

    def patterns(self, articles: Collection[str] = ()) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
        """Every pattern of `articles` (all without) with its owners (article, signal)."""
        query = "SELECT p.regex, a.name, o.signal FROM owner o JOIN article a ON a.id = o.article JOIN pattern p ON p.number = o.pattern"
        found: dict[str, list[tuple[str, str]]] = {}
        for regex, name, signal in self._db.execute(f"{query} ORDER BY p.regex, a.name, o.signal"):
            if not articles or name in articles:
                found.setdefault(regex, []).append((name, signal))
        return [(regex, tuple(owners)) for regex, owners in found.items()]

    def quoted(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The messages that an article is known by, and the codes that its body names."""
        number, codes = self._db.execute(
            "SELECT id, codes FROM article JOIN prose ON prose.article = id WHERE name=?", (name,)
        ).fetchone()
        messages = self._db.execute("SELECT text FROM message WHERE article=? ORDER BY number", (number,))
        return tuple(text for (text,) in messages), tuple(codes.split("\n")) if codes else ()

    def ids(self) -> list[str]:
        return [name for (name,) in self._db.execute("SELECT name FROM article ORDER BY name")]

    def listing(self) -> list[Listed]:
        rows = self._db.execute("SELECT name, problem, domain FROM article ORDER BY domain, name").fetchall()
        result = []
        for name, blob, domain in rows:
            problem = self._decoder.decode(unsealed(blob))
            products = tuple(p.product for p in problem.applies_to)
            result.append(Listed(name, problem.title, problem.status, products, problem.tags, domain))
        return result

    @cached_property
    def digests(self) -> dict[str, str]:
        """Of each article what changes with its content."""
        return dict(self._db.execute("SELECT name, digest FROM article ORDER BY name"))

    @cached_property
    def documents_digest(self) -> str:
        """Changes with the content of any article."""
        import hashlib  # not needed for a diagnosis, and OpenSSL is slow to load

        return hashlib.sha256(
            "\n".join(f"{name} {digest}" for name, digest in self.digests.items()).encode()
        ).hexdigest()

    def documents(self, ids: Collection[str]) -> Iterator[SearchDoc]:
        """These articles as the full-text index takes them."""
        from kb.search.engine import SearchDoc

        for name in sorted(ids):
            query = "SELECT digest, problem, body FROM article JOIN prose ON prose.article = id WHERE name=?"
            row = self._db.execute(query, (name,)).fetchone()
            problem = self._decoder.decode(unsealed(row[1]))
            yield SearchDoc(
                id=name,
                title=problem.title,
                symptoms="\n".join(text for s in problem.signals.values() for text in s.contains),
                causes="\n".join(f"{c.id} {c.title} {c.summary}" for c in problem.causes),
                products=" ".join(f"{p.product} {p.versions}" for p in problem.applies_to),
                tags=" ".join(problem.tags),
                body=f"{problem.summary}\n{unpressed(row[2]).decode()}",
                digest=row[0],
            )

    def serialized(self) -> bytes:
        """The bytes of its derived file, also where that is in memory alone."""
        return self._db.serialize()

    def close(self) -> None:
        self._db.close()
        if self.catalog:
            self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
