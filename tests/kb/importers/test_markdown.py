"""Folders and JSON Lines of Markdown articles to a base: what is extracted, what is kept, what is refused."""

import json
import lzma
import re

import pytest

from diagnose.errors import KbError
from kb.articles.parse import parse
from kb.cli import run
from kb.importers import Left, Made
from kb.importers.markdown import mapped, names, read
from kb.importers.markdown_read import extract
from kb.importers.write import write

ARTICLE = """\
<!-- source: Example/Docs : net/proxy.md @ 0123 ; licence CC-BY-4.0, (c) Example -->
---
title: Gateway refuses the handshake
description: Why the gateway refuses the handshake.
appliesto:
  - Example Gateway 2019
---
# Gateway refuses the handshake

_Applies to:_ &nbsp; Example Proxy

## Symptoms

The console shows:

> The gateway <Name> could not complete the handshake with the peer
because the peer was rejected.
>
> [!NOTE]
> An error like this note must not become a message here.

| Code | Meaning |
|---|---|
| 0x80072EE7 | The server name could not be resolved |

Event ID: 36874
Source: Schannel

## Cause 1: The clock is wrong

The clock of the gateway is an hour ahead.

## Cause 2: A firewall drops the answer

Something drops the answer.

## Solution 1

Set the clock.

```powershell
w32tm /resync ${force}
```

## Solution 2

Open the port, see [the list of ports](https://example.org/ports).
"""


def front(text=ARTICLE):
    article, _ = parse("proxy.md", text.encode())
    return extract(article.problem.title, article.problem, article.body)


def test_a_quoted_message_is_read_over_a_line_without_its_mark_and_without_its_variable_part():
    texts = [signal["contains"] for signal in front()["signals"].values() if "contains" in signal]
    assert "could not complete the handshake with the peer" in texts
    assert "because the peer was rejected" in texts
    assert not any("note" in text for text in texts)


def test_a_name_left_out_between_quotes_stands_for_any_name():
    (signal,) = front('# Files\n\n## Symptoms\n\n> could not delete file "...": ...\n')["signals"].values()
    assert re.search(signal["regex"], 'pg: could not delete file "base/1": No such file')
    assert not re.search(signal["regex"], "pg: could not delete file base/1")


def test_codes_of_a_table_and_events_become_signals():
    signals = front()["signals"].values()
    assert {"code": "0x80072ee7", "title": "The server name could not be resolved"} in signals or any(
        signal.get("code") == "0x80072ee7" for signal in signals
    )
    assert any(signal.get("event") == {"id": 36874, "provider": "Schannel"} for signal in signals)


def test_numbered_causes_get_the_solution_of_their_number():
    clock, firewall = front()["causes"]
    assert clock["title"] == "The clock is wrong"
    assert clock["remediation"][0]["text"] == "Set the clock."
    assert clock["remediation"][0]["commands"] == {"powershell": ["w32tm /resync $force"]}
    assert firewall["remediation"][0]["text"].startswith("Open the port")


def test_products_and_links_are_kept():
    fields = front()
    assert fields["applies_to"] == [{"product": "Example Gateway 2019"}, {"product": "Example Proxy"}]
    assert fields["references"] == [{"title": "the list of ports", "url": "https://example.org/ports"}]


def test_the_made_folder_is_a_base_and_a_second_import_writes_only_what_changed(tmp_path):
    source, base = tmp_path / "docs", tmp_path / "base"
    (source / "net").mkdir(parents=True)
    (source / "net" / "proxy.md").write_text(ARTICLE, encoding="utf-8")
    (source / "other.md").write_text("# Other\n\nText.\n", encoding="utf-8")
    report = write(read(source), base, "markdown")
    assert set(report.written) == {"proxy", "other"}
    data = (base / "proxy" / "article.md").read_bytes()
    article, faults = parse("proxy/article.md", data)
    assert not [fault for fault in faults if fault.severity == "error"]
    assert article.header.origin.id == "Example/Docs : net/proxy.md"
    assert article.header.origin.license == "CC-BY-4.0, (c) Example"
    assert article.body.strip().startswith("# Gateway refuses the handshake")
    assert "because the peer was rejected." in article.body
    (source / "other.md").write_text("# Other\n\nNew text.\n", encoding="utf-8")
    again = write(read(source), base, "markdown")
    assert again.written == ("other",)
    assert again.unchanged == ("proxy",)


def test_an_imported_article_is_found_by_its_message(base):
    made = next(item for item in _made(ARTICLE) if isinstance(item, Made))
    from kb.importers.write import render

    store = base(proxy=render(made.front, made.body).decode())
    from io import BytesIO

    from diagnose.inputs.sources import open_inputs
    from diagnose.pipeline import diagnose

    text = b"12:01 gw7 The gateway GW7 could not complete the handshake with the peer\nbecause the peer was rejected."
    assert diagnose(open_inputs(["-"], BytesIO(text)), store).articles[0].id == "proxy"


def _made(text):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "proxy.md"
        path.write_text(text, encoding="utf-8")
        yield from read(path)


def test_equal_stems_get_the_folder_before_them(tmp_path):
    files = [tmp_path / "a" / "index.md", tmp_path / "b" / "index.md", tmp_path / "b" / "Other One.md"]
    assert names(files) == ["a-index", "b-index", "other-one"]


def test_a_name_that_is_no_id_is_mapped_always_to_the_same():
    assert mapped("repo:some/Path") == "repo-some-path"
    long = "x" * 130
    assert len(mapped(long)) <= 120
    assert mapped(long) == mapped(long) != mapped("x" * 131)


def test_rows_of_json_lines_keep_their_id_and_bad_ones_are_told(tmp_path):
    path = tmp_path / "corpus.jsonl.xz"
    rows = [
        json.dumps({"id": "repo:a/b", "title": "Title", "text": "# Title\n\nText."}),
        "{",
        '{"id": "e", "text": ""}',
    ]
    path.write_bytes(lzma.compress("\n".join(rows).encode()))
    made, bad, empty = read(path)
    assert made.id == "repo-a-b"
    assert made.front["origin"]["id"] == "repo:a/b"
    assert made.front["title"] == "Title"
    assert isinstance(bad, Left)
    assert bad.where.endswith(":2")
    assert empty.what == "is empty"


@pytest.mark.parametrize("name", ["", "away", "note.txt", "bad.xz"])
def test_a_path_without_anything_to_import_is_an_error(tmp_path, name):
    (tmp_path / "note.txt").write_text("x", encoding="utf-8")
    (tmp_path / "bad.xz").write_bytes(b"no archive")
    with pytest.raises(KbError):
        list(read(tmp_path / name if name else tmp_path))


def test_hostile_articles_stay_text_and_the_rest_goes_on(tmp_path):
    source = tmp_path / "docs"
    source.mkdir()
    evil = "# <script>alert(1)</script> ${x} \x1b[31m\n\n## Symptoms\n\n> error <img src=x onerror=alert(1)> was found here\n"
    (source / "evil.md").write_text(evil, encoding="utf-8")
    (source / "bytes.md").write_bytes(b"# \xff\xfe")
    (source / "large.md").write_text("# x\n" + "y" * (300 << 10), encoding="utf-8")
    (source / "deep.md").write_text("# Deep\n\n" + ">" * 5000 + " error\n" + "[" * 5000, encoding="utf-8")
    report = write(read(source), tmp_path / "base", "markdown")
    assert set(report.written) == {"evil", "deep"}
    assert {left.what for left in report.left} == {"is not valid UTF-8", "is larger than 256 KiB"}
    data = (tmp_path / "base" / "evil" / "article.md").read_bytes()
    assert b"\x1b" not in data.split(b"---\n")[1]


def test_the_command_imports_a_folder(tmp_path, capsys):
    source = tmp_path / "docs"
    source.mkdir()
    (source / "proxy.md").write_text(ARTICLE, encoding="utf-8")
    assert run(["import", "markdown", str(source), "--to", str(tmp_path / "base")]) == 0
    assert "1 articles" in capsys.readouterr().out
    assert run(["import", "markdown", str(tmp_path / "none"), "--to", str(tmp_path / "base")]) == 2


@pytest.mark.shared
def test_the_articles_of_a_real_collection_keep_their_stems_as_ids(shared, tmp_path):
    source = tmp_path / "docs"
    source.mkdir()
    files = sorted((shared / "data" / "ms-articles").glob("*.md"))[::8]
    for file in files:
        (source / file.name).write_bytes(file.read_bytes())
    report = write(read(source), tmp_path / "base", "markdown")
    assert sorted(report.written) == [file.stem for file in files]
    assert report.left == ()
