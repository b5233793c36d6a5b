"""Rows that come with the package: a base that begins with them is the one that is read from its files."""

import sqlite3
from contextlib import closing

import pytest

from kb.articles import parse
from kb.store import shipped, update
from kb.store.open import open_store
from kb.store.update import digest_of

TEXT = """---
id: {id}
title: The {word} fails
signals: {{failed: {{regex: '{word} (?P<what>\\w+) failed'}}}}
symptoms: [failed]
params: {{what: {{type: name, ask: what}}, port: {{type: port, ask: the port}}, host: {{type: host, ask: the host}}}}
checks: {{open: {{use: tcp-port, with: {{host: '${{host}}', port: '${{port}}'}}}}}}
causes: [{{id: off, title: It is off, evidence: [{{check: open.refused, supports: strong}}]}}]
---
> the {word} engine could not be started
"""


def write(folder, word):
    (folder / word).mkdir(parents=True, exist_ok=True)
    (folder / word / "article.md").write_text(TEXT.format(id=word, word=word), encoding="utf-8")


@pytest.fixture
def base(tmp_path, monkeypatch):
    """Two articles that ship, and their rows, made where the articles lay elsewhere."""
    for folder in ("built", "installed"):
        for word in ("alpha", "beta"):
            write(tmp_path / folder, word)
    monkeypatch.setattr(shipped, "FILE", tmp_path / "shipped.sqlite")
    monkeypatch.setattr(shipped, "shipped_articles", lambda: tmp_path / "installed")
    assert shipped.make(tmp_path / "built", shipped.FILE) == 2
    return tmp_path / "installed"


@pytest.fixture
def read(monkeypatch):
    """The files that were read as articles."""
    seen = []
    monkeypatch.setattr(update, "parse", lambda path, *rest: seen.append(path) or parse.parse(path, *rest))
    return seen


def said(store):
    """All that is known of each article, and all patterns."""
    with store:
        return [store.article(name) for name in store.ids()], store.patterns(), store.faults(), store.documents_digest


def test_rows_say_what_the_files_say_and_no_place_where_they_were_made(base, read, tmp_path):
    (tmp_path / "cache").mkdir(mode=0o700)
    begun = said(open_store([base], tmp_path / "cache"))
    assert read == []
    assert said(open_store([base], None)) == said(open_store([base], tmp_path / "cache")) == begun
    assert read == []
    assert str(tmp_path).encode() not in shipped.FILE.read_bytes()
    shipped.FILE.unlink()
    assert said(open_store([base], None)) == begun
    assert len(read) == 2


def test_what_is_not_as_it_was_is_read(base, read):
    write(base, "gamma")
    (base / "alpha" / "article.md").unlink()
    beta = base / "beta" / "article.md"
    beta.write_text(beta.read_text(encoding="utf-8").replace("The beta", "One beta"), encoding="utf-8")
    articles, *_ = said(open_store([base], None))
    assert [article.problem.title for article in articles] == ["One beta fails", "The gamma fails"]
    assert sorted(read) == [str(beta), str(base / "gamma" / "article.md")]


def damaged():
    data = bytearray(shipped.FILE.read_bytes())
    data[5000] ^= 1
    shipped.FILE.write_bytes(data)


def of_another_kb():
    shipped.__version__ = "0.0.0"


@pytest.mark.parametrize("how", [damaged, of_another_kb])
def test_rows_that_do_not_fit_are_never_used(base, read, monkeypatch, how):
    monkeypatch.setattr(shipped, "__version__", shipped.__version__)
    how()
    assert len(said(open_store([base], None))[0]) == len(read) == 2


def test_another_base_does_not_begin_with_them(base, read, tmp_path):
    """Where another folder comes first, its articles win a clash of ids."""
    write(tmp_path / "own", "alpha")
    assert len(said(open_store([tmp_path / "own", base], None))[0]) == 2
    assert len(read) == 3


def test_what_has_faults_is_read_again(base, read, tmp_path):
    for folder in (tmp_path / "built", base):
        (folder / "beta" / "article.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    shipped.make(tmp_path / "built", shipped.FILE)
    read.clear()
    articles, _, faults, _ = said(open_store([base], None))
    assert ([article.problem.id for article in articles], read) == (["alpha"], [str(base / "beta" / "article.md")])
    assert {fault.path for fault in faults} == set(read)


def test_a_row_holds_the_digest_of_its_file(base):
    with closing(sqlite3.connect(shipped.FILE)) as rows:
        known = dict(rows.execute("SELECT path, digest FROM file"))
    data = (base / "alpha" / "article.md").read_bytes()
    assert known["articles/alpha/article.md"] == digest_of(data)
    assert all(path.startswith(("articles/", "library/")) for path in known)
