"""Markdown for people and for mining, and search: safe, bounded, useful."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.articles.messages import mine
from kb.markdown.render import render
from kb.search.engine import SearchDoc
from kb.search.index import open_index
from kb.search.query import parse_query

ACTIVE = (
    "<script",
    "javascript:",
    "onerror=",
    "onload=",
    "<iframe",
    "<img",
    "<svg",
    "<style",
    "<meta",
    "<object",
    "<embed",
    "<form",
)


@pytest.mark.shared
def test_no_hostile_markup_survives_rendering(shared):
    hostile = shared / "data" / "hostile"
    payloads = json.loads((hostile / "xss_lines.json").read_text(encoding="utf-8"))[::12]
    payloads += [item["data"] for item in json.loads((hostile / "h5sc.json").read_text(encoding="utf-8"))][::3]
    for payload in payloads:
        html = render(str(payload)).html.lower()
        tags = "".join(part.split(">")[0] for part in html.split("<")[1:])
        assert not any(mark.strip("<") in tags for mark in ("javascript:", "onerror=", "onload=")), payload
        assert not any(mark in html for mark in ("<script", "<iframe", "<img", "<svg", "<style", "<meta", "<object")), (
            payload
        )


@pytest.mark.parametrize(
    "bomb", ["[" * 5000, "![[]()" * 2000, "<a " * 5000, "*" * 20_000, "> " * 3000 + "x", "`" * 9999]
)
@pytest.mark.timed
def test_a_markdown_bomb_is_shown_as_text_in_time(bomb):
    start = time.perf_counter()
    made = render(bomb)
    assert made.html
    assert time.perf_counter() - start < 10


def test_messages_are_mined_from_quotes_and_code_of_symptoms():
    body = """## Symptoms

You see this:

> Error: The frobnicator on server \\<Server> could not be reached.
and this lazy line belongs to it

Or the text "The gears of the machine are missing" appears.

## Resolution

> Run the setup again to repair the files.

```powershell
Get-Service -Name Frob
```
"""
    texts = [message.text for message in mine(body, "It fails").messages]
    assert any(
        "could not be reached" in text and "lazy line belongs" in text and "Server" not in text for text in texts
    )
    assert "The gears of the machine are missing" in texts
    assert not any("Get-Service" in text or "Run the setup" in text for text in texts)


DOCS = [
    SearchDoc(id="disk-full", title="No space left on device", symptoms="ENOSPC", causes="inodes exhausted", products="Linux", tags="disk", body="Run Test-NetConnection never. The disks are full.", digest="1"),
    SearchDoc(id="refused", title="Connection refused", symptoms="0x8007274D", causes="nothing listens", products="Windows", tags="network", body="Use Test-NetConnection to probe the port.", digest="2"),
]  # fmt: skip


@pytest.fixture(params=["folder", "memory"])
def index(request, tmp_path):
    with open_index(
        {doc.id: doc.digest for doc in DOCS}, lambda ids: iter(DOCS), tmp_path if request.param == "folder" else None
    ) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("disk", ["disk-full"]),
        ('"space left"', ["disk-full"]),
        ("title:refused", ["refused"]),
        ("test-netconnection -full", ["refused"]),
        ("probe port", ["refused"]),
        ("0x8007274d", ["refused"]),
        ("tag:network", ["refused"]),
        ("zzqqxxy", []),
    ],
)
def test_words_phrases_fields_and_exclusions(index, query, found):
    assert [hit.id for hit in index.search(query).hits] == found


def test_a_typing_error_is_mended(index):
    assert index.search("conection refusd").did_you_mean == "connection refused"


def test_snippets_mark_what_matched(index):
    (hit,) = index.search("probe").hits
    assert ("probe", True) in hit.snippet


def test_a_damaged_index_is_built_again(tmp_path):
    open_index({doc.id: doc.digest for doc in DOCS}, lambda ids: iter(DOCS), tmp_path).close()
    for path in next(tmp_path.iterdir()).iterdir():
        path.write_bytes(b"\x80\x04damaged")
    with open_index({doc.id: doc.digest for doc in DOCS}, lambda ids: iter(DOCS), tmp_path) as index:
        assert index.search("disk").hits


@given(st.text(max_size=200))
def test_no_text_is_a_wrong_query(text):
    assert len(parse_query(text).parts) <= 200


@pytest.mark.parametrize(
    "query",
    ["[_$($())] ", "NOT " * 5000, "*e*r*", '"', "a:b:c:::", "-", "title:", "net.tcp://fe01:9001", "\x00", "(" * 900],
)
@pytest.mark.timed
def test_abuse_is_answered_quickly(index, query):
    start = time.perf_counter()
    index.search(query)
    assert time.perf_counter() - start < 5
