"""Both engines of the search index find the same articles for every form of query, also after edits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.search import sqlite_engine, whoosh_engine
from kb.search.engine import FIELDS, SearchDoc
from kb.search.index import LARGE, engine_for, open_index

ENGINES = pytest.mark.parametrize("engine", [whoosh_engine, sqlite_engine], ids=["whoosh", "sqlite"])
WORDS = (
    "WinRM winrm service services PowerShell Get-CsService CsService get MSExchange.Transport transport 0x800706BA"
    " net.tcp error_access_denied the a don't disk full Größe 日本 e ERROR x-y x y"
).split()
TEXT = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
DOC = st.fixed_dictionaries({field: TEXT for field in FIELDS if field != "id"})
DOCS = st.lists(DOC, min_size=1, max_size=6).map(
    lambda docs: [SearchDoc(id=f"a-{n}-{'xy'[n % 2]}", **doc) for n, doc in enumerate(docs)]
)
FIELD = st.sampled_from(["", "", "title:", "symptom:", "cause:", "product:", "tag:", "id:", "body:"])
WORD = st.one_of(st.sampled_from(WORDS), st.sampled_from(["winr", "servce", "a-1-y", "nothing"]))
PART = st.builds(
    "{}{}{}".format, st.sampled_from(["", "", "-"]), FIELD, WORD | st.lists(WORD, max_size=4).map(lambda some: f'"{" ".join(some)}"')
)  # fmt: skip
QUERY = st.lists(PART, min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from([" ", " OR "]).map(lambda s: s.join(parts))
)


def asked(docs):
    return {doc.id: doc.digest for doc in docs}, lambda ids: [doc for doc in docs if doc.id in ids]


def answer(index, query):
    result = index.search(query, 100)
    return sorted(hit.id for hit in result.hits), result.did_you_mean, result.note


@settings(max_examples=12)
@given(DOCS, st.lists(QUERY, min_size=8, max_size=8))
def test_both_engines_give_the_same_set_for_each_form_of_query(docs, queries):
    with open_index(*asked(docs), None, whoosh_engine) as one, open_index(*asked(docs), None, sqlite_engine) as other:
        for query in queries:
            assert answer(one, query) == answer(other, query), query


NAMES = "alder beech cedar damson elm ferns gorse holly ivory juniper kelp larch".split()
BASE = [
    SearchDoc(id=f"a{n}", title=f"{name} of {'WinRM' if n % 3 else 'the disk'}", body=f"text {name}leaf " * (n + 1), digest="1")
    for n, name in enumerate(NAMES)
]  # fmt: skip
EDITED = [
    *BASE[:4],
    SearchDoc(id="a4", title="Another title", body="fresh words", digest="2"),
    *BASE[6:],  # a5 is gone
    SearchDoc(id="b", title="A new WinRM article", digest="1"),
]
QUERIES = ["winrm", "elm", "ferns", "title:disk", '"fresh words"', "another", "text", "winrm -holly", "fernsleaf", "frehs", "fersn", "hollyleef", "body:text"]  # fmt: skip


@ENGINES
def test_an_edit_reads_what_changed_and_finds_what_an_index_made_anew_finds(tmp_path, engine):
    open_index(*asked(BASE), tmp_path, engine).close()
    read = []
    digests, docs = asked(EDITED)

    def watched(ids):
        read.extend(ids)
        return docs(ids)

    with open_index(digests, watched, tmp_path, engine) as index, open_index(*asked(EDITED), None, engine) as anew:
        assert sorted(read) == ["a4", "b"]
        for query in QUERIES:
            assert answer(index, query) == answer(anew, query), query
    with open_index(*asked(BASE), tmp_path, engine) as index:  # the one before is still there
        assert answer(index, "ferns")[0] == ["a5"]


@ENGINES
def test_three_bases_in_turn_are_read_once(tmp_path, engine):
    bases = [[SearchDoc(id=f"{base}{n}", title="A title") for n in range(3)] for base in "abc"]
    for docs in bases:
        open_index(*asked(docs), tmp_path, engine).close()
    for docs in bases * 2:
        with open_index(asked(docs)[0], lambda ids: 1 / 0, tmp_path, engine) as index:
            assert answer(index, "title")[0] == [doc.id for doc in docs]


@ENGINES
def test_many_edits_build_the_index_anew(tmp_path, engine):
    open_index(*asked(BASE), tmp_path, engine).close()
    changed = [SearchDoc(id=doc.id, title=doc.title, digest="9") for doc in BASE]
    read = []
    digests, docs = asked(changed)
    open_index(digests, lambda ids: read.extend(ids) or docs(ids), tmp_path, engine).close()
    assert len(read) == len(BASE)


@ENGINES
def test_an_edit_of_a_damaged_index_builds_it_anew(tmp_path, engine):
    open_index(*asked(BASE), tmp_path, engine).close()
    for path in next(tmp_path.iterdir()).iterdir():
        if path.suffix in (".sqlite", ".seg"):
            path.write_bytes(path.read_bytes()[:-9] + b"something")
    with open_index(*asked(EDITED), tmp_path, engine) as index:
        assert answer(index, "another") == (["a4"], "", "")


def test_large_bases_are_kept_by_sqlite_where_it_can():
    assert engine_for(LARGE - 1) is whoosh_engine
    assert engine_for(LARGE) is (sqlite_engine if sqlite_engine.available() else whoosh_engine)
