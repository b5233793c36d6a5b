"""Cases on the command line: kept redacted, gone on with, replayed, compared, exported, resolved."""

import json
import os
import re
import stat
import sys
from pathlib import Path

import pytest

ERROR = """\
Invoke-CsPoolFailOver : Could not find a compatible interface with the server.
connecting with password=Sommer2026Hamburg! to sql01
Invoke-CsPoolFailOver : Unable to connect to the servers in pool
“” due to a Distributed Component Object Model (DCOM) error.
"""
TRACE = "TL_INFO(TF_COMPONENT) [5]1530.11A8::05/21/2026-21:07:46.988.00003bc3 (PowerShell,ConfDirManagementClientFactory.Create:confdirmanagementclientfactory.cs(112))(0000000002026B62)Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001/Conf].\n"
SILENT = "  TCP    10.10.1.11:49822       10.20.1.12:9001        SYN_SENT        4712\n"
OPEN = "ComputerName     : fe02.fabrikam.example\nRemoteAddress    : 10.20.1.12\nRemotePort       : 9001\nInterfaceAlias   : Ethernet0\nSourceAddress    : 10.10.1.11\nTcpTestSucceeded : True\n"
BLOCKED = "pool-failover-dcom-error/port-9001-blocked"


@pytest.fixture
def kb(monkeypatch, capsys, tmp_path, cache_home):
    """Run kb in this process, in a folder of its own; gives status, output and messages."""
    from kb.cli import run

    monkeypatch.chdir(tmp_path)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(cache_home))
    for name in ("XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "data"))
    monkeypatch.delenv("KB_PATH", raising=False)

    def call(*arguments, files=None):
        for name, text in (files or {}).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        status = run(list(arguments))
        out, err = capsys.readouterr()
        return status, out, err

    return call


def stored(name="c.json"):
    with open(name, encoding="utf-8") as file:
        return json.load(file)


def test_a_case_is_gone_on_with_until_it_is_confirmed_and_proved(kb):
    files = {"e": ERROR, "t": TRACE, "s": SILENT, "o": OPEN}
    assert kb("diagnose", "--case", "c.json", "e", files=files)[0] == 0
    assert stored()["diagnosis"]["causes"][0]["id"] != BLOCKED
    assert kb("diagnose", "--case", "c.json", "t")[0] == 0
    assert stored()["diagnosis"]["verdict"] == "likely"
    _, out, _ = kb("diagnose", "--case", "c.json", "-v", "s")
    assert out.startswith("CONFIRMED")
    assert "Timeline:" in out
    _, out, _ = kb("diagnose", "--case", "c.json", "--after-fix", "o")
    assert "tcp9001.connected: proved, it was seen afterwards" in out
    case = stored()
    assert case["diagnosis"]["causes"][0]["id"] == BLOCKED
    assert [step["verdict"] for step in case["steps"]] == ["likely", "likely", "confirmed", "confirmed"]
    assert case["schema"] == "kb.case/1"
    assert re.fullmatch(r"[0-9a-f]{64}", case["base"])


def test_in_steps_gives_the_same_answer_as_at_once(kb):
    kb("diagnose", "--case", "c.json", "e", files={"e": ERROR, "t": TRACE, "s": SILENT})
    kb("diagnose", "--case", "c.json", "t")
    _, steps, _ = kb("diagnose", "--case", "c.json", "s", "--format", "json")
    _, once, _ = kb("diagnose", "e", "t", "s", "--format", "json")
    steps, once = json.loads(steps), json.loads(once)
    assert [(c["id"], c["probability"]) for c in steps["causes"]] == [
        (c["id"], c["probability"]) for c in once["causes"]
    ]
    assert steps["inputs"] == [{**item, "encoding": "utf-8"} for item in once["inputs"]]


def test_no_secret_and_only_the_owner(kb):
    kb("diagnose", "--case", "c.json", "--raw", "e", files={"e": ERROR})
    with open("c.json", encoding="utf-8") as file:
        text = file.read()
    assert "Sommer2026" not in text
    assert "[password-1]" in text
    if sys.platform != "win32":
        assert stat.S_IMODE(Path("c.json").stat().st_mode) == 0o600
    assert [name for name in os.listdir() if name.endswith(".tmp")] == []


def test_lines_after_a_key_of_many_lines_keep_their_numbers(kb):
    key = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEAx5Zr0q1V\n" * 8 + "-----END RSA PRIVATE KEY-----\n"
    kb("diagnose", "--case", "c.json", "e", files={"e": key + ERROR})
    first = stored()["diagnosis"]["causes"][0]["evidence"][0]["line"]
    _, out, _ = kb("diagnose", "--case", "c.json", "t", "--format", "json", files={"t": TRACE})
    lines = {e["line"] for c in json.loads(out)["causes"] for e in c["evidence"] if e["source"] == "e"}
    assert first == 11
    assert first in lines
    with open("c.json", encoding="utf-8") as file:
        assert "MIIEow" not in file.read()


def test_of_a_large_log_the_excerpts_are_kept_and_replayed_with_their_lines(kb):
    noise = "".join(
        f"2026-05-21 21:{n // 60 % 60:02}:{n % 60:02} worker finished batch {n} of the night run\n"
        for n in range(30_000)
    )
    log = noise + ERROR + noise + TRACE
    kb("diagnose", "--case", "c.json", "big.log", files={"big.log": log})
    case = stored()
    kept = case["inputs"][0]
    assert not kept.get("whole")
    assert kept["lines"] == 60_005
    assert sum(len(e["text"]) for e in kept["excerpts"]) < len(log) / 20
    status, out, _ = kb("case", "replay", "c.json")
    assert status == 0
    assert "nothing changed" in out
    _, text, _ = kb("case", "show", "c.json")
    assert "big.log:60005" in text
    assert "added big.log (excerpts:  in text"


def test_a_file_that_is_no_case_is_never_overwritten(kb):
    for text in ("my notes\n", "{}", '{"schema": "kb.case/9"}', "[" * 50_000):
        status, _, err = kb("diagnose", "--case", "notes.txt", "e", files={"e": ERROR, "notes.txt": text})
        assert status == 2
        assert "notes.txt" in err
        with open("notes.txt", encoding="utf-8") as file:
            assert file.read() == text


def test_replay_with_other_articles_says_what_changed(kb, tmp_path):
    kb("diagnose", "--case", "c.json", "e", files={"e": ERROR})
    article = """---
id: interface-missing
title: The server lacks an interface
signals: {none: {contains: Could not find a compatible interface with the server}}
symptoms: [none]
causes: [{id: old-server, title: The server is older than the tools, likelihood: common}]
---
# Interface
"""
    folder = tmp_path / "other" / "interface-missing"
    folder.mkdir(parents=True)
    (folder / "article.md").write_text(article, encoding="utf-8")
    status, out, _ = kb("case", "replay", "c.json", "--kb", "other")
    assert status == 0
    assert "other articles than before" in out
    assert "interface-missing/old-server: new" in out
    assert "pool-failover-dcom-error/front-end-stopped: gone" in out
    assert stored()["diagnosis"]["articles"][0]["id"] == "pool-failover-dcom-error"
    kb("case", "replay", "c.json", "--kb", "other", "--save")
    assert stored()["diagnosis"]["articles"][0]["id"] == "interface-missing"


def test_two_cases_are_compared(kb):
    kb("diagnose", "--case", "a.json", "e", "t", files={"e": ERROR, "t": TRACE, "o": OPEN})
    kb("diagnose", "--case", "b.json", "e", "t", "o")
    status, out, _ = kb("case", "diff", "a.json", "b.json")
    assert status == 1
    assert f"cause in the lead: {BLOCKED} -> " in out
    assert "outcome pool-failover-dcom-error/tcp9001: new, connected" in out
    assert kb("case", "diff", "a.json", "a.json")[:2] == (0, "  nothing changed\n")


@pytest.mark.parametrize("format_", ["markdown", "html", "json"])
def test_an_export_is_one_whole_file_without_script_or_remote_parts(kb, format_):
    hostile = ERROR + "error <script>alert(1)</script> ![x](http://a.example/x.png) \x1b]52;c;aGk=\x07\n"
    kb("diagnose", "--case", "c.json", "e", "t", "o", files={"e": hostile, "t": TRACE, "o": OPEN})
    status, _, _ = kb("case", "export", "c.json", "--format", format_, "--output", "ticket")
    assert status == 0
    with open("ticket", encoding="utf-8") as file:
        text = file.read()
    if format_ == "json":
        assert json.loads(text) == stored()
        return
    for part in ("Ruled out", "Checks done", "Checks open", "Timeline", "the port is open"):
        assert part in text
    assert "\x1b" not in text
    if format_ == "html":
        assert "<script" not in text
        assert not re.search(r"""(?:src|href)\s*=|url\(""", text)
    assert kb("case", "export", "c.json", "--output", "ticket")[0] == 2


def test_a_resolved_case_moves_the_next_diagnosis_and_says_so(kb):
    _, before, _ = kb("diagnose", "e", "--format", "json", files={"e": ERROR})
    for name in ("1.json", "2.json", "3.json"):
        kb("diagnose", "--case", name, "e")
        assert kb("resolve", name, "--cause", "port-9001-blocked")[0] == 0
    kb("resolve", "1.json", "--cause", BLOCKED)
    _, after, _ = kb("diagnose", "e", "--format", "json")
    _, ignored, _ = kb("diagnose", "e", "--format", "json", "--no-learned")
    of = {n: {c["id"]: c["probability"] for c in json.loads(t)["causes"]}[BLOCKED] for n, t in (("b", before), ("a", after), ("i", ignored))}  # fmt: skip
    assert of["i"] == of["b"]
    assert of["b"] < of["a"] < 4 * of["b"]
    _, text, _ = kb("diagnose", "e", "--explain")
    assert "3 of 3 resolved cases: x2.4" in text
    _, stats, _ = kb("stats", "--format", "json")
    (row,) = [row for row in json.loads(stats)["learned"] if row["cause"] == BLOCKED]
    assert (row["count"], row["of"]) == (3, 3)
    assert "   3 of 3    x2.4  " + BLOCKED in kb("stats")[1]


def test_a_resolution_keeps_no_text_of_the_case(kb, tmp_path):
    kb("diagnose", "--case", "c.json", "e", files={"e": ERROR})
    kb("resolve", "c.json", "--none")
    text = (tmp_path / "data" / "kb-diagnose" / "resolved.jsonl").read_text(encoding="utf-8")
    assert set(json.loads(text)) == {"time", "base", "article", "cause", "case"}
    assert stored()["id"] not in text
    assert stored()["steps"][-1]["did"] == "resolved: none of the causes of pool-failover-dcom-error"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ((), "needs one of --cause and --none"),
        (("--none", "--cause", "x"), "needs one of --cause and --none"),
        (("--cause", "port-9001-blockd"), "did you mean 'port-9001-blocked'?"),
        (("--cause", "pool-failover-dcom-eror/x"), "did you mean 'pool-failover-dcom-error'?"),
    ],
)
def test_a_wrong_resolution_is_refused_with_the_way_out(kb, arguments, hint):
    kb("diagnose", "--case", "c.json", "e", files={"e": ERROR})
    status, _, err = kb("resolve", "c.json", *arguments)
    assert status == 2
    assert hint in err


def test_the_same_file_again_is_another_input(kb):
    kb("diagnose", "--case", "c.json", "e", files={"e": ERROR})
    kb("diagnose", "--case", "c.json", "e", files={"e": TRACE})
    assert [item["name"] for item in stored()["inputs"]] == ["e", "e (2)"]
    assert stored()["diagnosis"]["causes"][0]["id"] == BLOCKED


def test_an_input_in_another_encoding_leaves_the_kept_ones_alone(kb, tmp_path):
    kb("diagnose", "--case", "c.json", "e", files={"e": ERROR})
    (tmp_path / "t").write_bytes(TRACE.encode("utf-16-le"))
    kb("diagnose", "--case", "c.json", "t", "--encoding", "utf-16-le")
    assert stored()["diagnosis"]["causes"][0]["id"] == BLOCKED
    assert stored()["inputs"][1]["excerpts"][0]["text"].strip() == TRACE.strip()


def test_after_fix_needs_a_case(kb):
    status, _, err = kb("diagnose", "--after-fix", "o", files={"o": OPEN})
    assert status == 2
    assert "add --case FILE" in err
