"""The query language: any text is a query, and what is pasted means what it says."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.search import sqlite_engine, whoosh_engine
from kb.search.engine import SearchDoc
from kb.search.index import open_index
from kb.search.query import MOST_TERMS, QueryPart, parse_query, relaxed
from kb.search.terms import positions, sequence, terms


def plain(query):
    return [str(part) for part in parse_query(query).parts]


@pytest.mark.parametrize(
    ("query", "words", "required", "excluded"),
    [
        ("pool failover", ["pool", "failover"], [], []),
        ('"no space left" disk', ["disk"], [['"no space left"']], []),
        ("“no space left”", [], [['"no space left"']], []),
        ("title:refused Tags:x tag:net", [], [["title:refused"], ["tags:x"], ["tags:net"]], []),
        ('cause:"disk full"', [], [['causes:"disk full"']], []),
        ("rpc -dcom", ["rpc"], [], ["-dcom"]),
        ('rpc -"by design"', ["rpc"], [], ['-"by design"']),
        ("rpc -tag:noise", ["rpc"], [], ["-tags:noise"]),
        ('"a b" OR "c d" e', ["e"], [['"a b"', '"c d"']], []),
        ("tag:a OR tag:b", [], [["tags:a", "tags:b"]], []),
        ("a OR b", ["a", "b"], [], []),
        ("OR or OR", ["or"], [], []),
        ("unknown:word http://x.y/z C:\\temp net.tcp://fe01:9001", ["unknown:word", "http://x.y/z", "C:\\temp", "net.tcp://fe01:9001"], [], []),
        ("Invoke-CsPoolFailover -PoolFqdn a.b -DisasterMode", ["Invoke-CsPoolFailover", "-PoolFqdn", "a.b", "-DisasterMode"], [], []),
        ("Move-CsUser -legacy", ["Move-CsUser"], [], ["-legacy"]),
        ("netstat -ano", ["netstat", "-ano"], [], []),
        ("failed -2147023174", ["failed", "-2147023174"], [], []),
        ("a -n --all x- - -- -.", ["a", "-n", "--all", "x-"], [], []),
        ("title: word", ["title:", "word"], [], []),
        ('unbalanced "quote here', ["unbalanced", "quote", "here"], [], []),
        ('"" "   " ""', [], [], []),
        ("WARNING: x\n-y title:z \"p q\" OR", ["WARNING:", "x", "y", "title:z", "p q", "OR"], [], []),
    ],
)  # fmt: skip
def test_a_query_is_read_as_meant(query, words, required, excluded):
    parsed = parse_query(query)
    assert [str(part) for part in parsed.words] == words
    assert [[str(part) for part in group] for group in parsed.required] == required
    assert [str(part) for part in parsed.excluded] == excluded


def test_a_query_has_an_end():
    parsed = parse_query("word " * 5000)
    assert len(parsed.parts) == MOST_TERMS
    assert parsed.cut
    assert parse_query("x" * 10**6).cut
    assert not parse_query("word " * MOST_TERMS).cut


def test_a_relaxed_query_wishes_for_the_words_of_its_phrases():
    query = relaxed(parse_query('"a phrase" title:x -yes z'))
    assert query.words == (QueryPart("a phrase"), QueryPart("z"))
    assert query.required == ((QueryPart("x", "title"),),)
    assert query.excluded == (QueryPart("yes", without=True),)


@given(st.text())
def test_no_text_is_an_error(text):
    parsed = parse_query(text)
    assert len(parsed.parts) <= MOST_TERMS
    assert {*parsed.words, *parsed.excluded, *(p for group in parsed.required for p in group)} == set(parsed.parts)
    for part in parsed.parts:
        assert sequence(part.text) is not None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The servers failed", ["server", "fail"]),
        ("0x800706BA", ["0x800706ba"]),
        ("Get-CsService", ["get-csservice", "csservice", "get", "cs", "servic"]),
        ("ERROR_ACCESS_DENIED", ["error_access_denied", "error", "access", "deni"]),
        ("MSExchangeTransport", ["msexchangetransport", "ms", "exchang", "transport"]),
        ("can't", ["cant"]),
        ("net.tcp://fe01", ["net.tcp", "net", "tcp", "fe01", "fe", "01"]),
        ("Zugriff verweigert, größer", ["zugriff", "verweigert", "größer"]),
    ],
)
def test_names_are_found_whole_and_in_parts(text, found):
    assert {term.text for term in terms(text)} == set(found)


def test_a_phrase_reaches_into_and_over_names():
    assert sequence("Get-CsService failed") == ["get", "cs", "servic", "fail"]
    places = dict(positions("the Get-CsService failed"))
    assert [places[term] for term in ("get", "cs", "servic", "fail")] == [0, 1, 2, 3]


@given(st.text())
def test_terms_stand_where_they_say(text):
    for term in terms(text):
        assert 0 <= term.start < term.end
        assert len(term.text) <= 80
    assert [(term.text, term.position) for term in terms(text)] == list(positions(text))


WORDS = "pool failover server error access denied port 9001 timeout certificate registrar disk space dcom rpc".split()
DOCS = [
    SearchDoc(id=f"d{n}", title=f"{WORDS[n % 15]} {WORDS[n % 7]}", tags=WORDS[n % 5], body=" ".join(WORDS[n % 3 :]))
    for n in range(60)
]
NASTY = [
    "[_$($())] ", "NOT " * 5000, "*e*r*", '"', '""', "-", "--", ":", "::", "a:b:c", "title:", "title:-", '-"', '-title:"', "(" * 3000,
    "* " * 3000, "?" * 3000, "[a TO z]", "{a TO}", "a^1e999", "a~99999999999", "\\" * 999, "\x00", "\ud800", "\U0010ffff" * 99,
    "'; DROP TABLE article; --", "../../etc/passwd", "OR " * 400, "AND OR NOT", '"a' * 2000, "-a " * 300, "id:" * 900, "0x" + "f" * 9000,
    "a-" * 4000, "A" * 20000, "aB" * 9000, "_" * 20000, "." * 20000, "é" * 5000, "\u202e\u200b", "١٢٣", "ﬀ" * 99, "title:\n", "\n" * 9999,
    "word" * 3000 + " x", "pool " * 200, '"' + "pool failover " * 90 + '"', "NOT", "not", "the of and",
]  # fmt: skip


@pytest.fixture(scope="module", params=[whoosh_engine, sqlite_engine], ids=["whoosh", "sqlite"])
def index(request):
    opened = open_index({doc.id: "" for doc in DOCS}, lambda ids: iter(DOCS), None, request.param)
    yield opened
    opened.close()


@pytest.mark.parametrize("query", NASTY)
@pytest.mark.timed
def test_nasty_queries_are_answered_at_once(index, query):
    started = time.perf_counter()
    index.search(query, 5)
    assert time.perf_counter() - started < 1
    assert not index.note


@pytest.mark.shared
@pytest.mark.timed
def test_hostile_strings_are_answered_at_once(index, shared):
    folder = shared / "data" / "hostile"
    taken = []
    for name in ("blns.json", "xss_lines.json", "cmdi.json", "path_traversal.json"):
        for query in json.loads((folder / name).read_text(encoding="utf-8"))[::4]:
            started = time.perf_counter()
            index.search(str(query), 3)
            taken.append(time.perf_counter() - started)
    taken.sort()
    assert taken[int(len(taken) * 0.99)] < 0.2
    assert not index.note


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("abOR\"-: \n*?~^()[]0x.'_\\é")), max_size=60))
def test_any_text_finds_or_does_not(index, query):
    result = index.search(query, 3)
    assert len(result.hits) <= 3
    assert not index.note
