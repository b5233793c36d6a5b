"""Nothing from outside reaches the terminal as more than text, whatever command prints it, and what the system refuses is
one line and status 2."""

import json
import os
import subprocess
import sys

import pytest

from diagnose.text.sanitize import json_text, neutral, screened
from kb.cli import run

ARTICLE = """---
schema: kb/1
id: frobnicator-jammed
title: {title}
summary: {text}
applies_to:
  - product: {text}
symptoms: [jam]
signals:
  jam: "frobnicator jammed on (?P<unit>[a-z]+)"
causes:
  - id: rust
    title: {text}
    signals: [jam]
    remediation:
      - kind: fix
        text: {text}
references:
  - title: {text}
    url: https://example.org/x
---
{body}
"""


@pytest.fixture(scope="session")
def payloads(shared):
    listed = json.loads((shared / "data" / "hostile" / "own_terminal_payloads.json").read_text(encoding="utf-8"))
    return ["".join(map(chr, item["codepoints"])) for item in listed]


def told(printed: str) -> list[str]:
    """The lines, without those that only a slow machine prints."""
    return [line for line in printed.splitlines() if "building the" not in line]


def clean(text: str) -> bool:
    """Whether a terminal would show all of it and obey nothing of it."""
    return neutral(text, newlines=True) == text


@pytest.fixture
def called(monkeypatch, tmp_path, capfd):
    """Run kb in this process: (status, what it printed)."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))

    def call(*arguments):
        status = run([str(argument) for argument in arguments])
        shown = capfd.readouterr()
        return status, shown.out + shown.err

    return call


@pytest.mark.shared
def test_no_payload_reaches_the_terminal_by_any_command(called, payloads, tmp_path):
    joined = " ".join(payloads).replace("\n", " ").replace("\r", " ")
    quoted = json.dumps(joined)
    base = tmp_path / "base" / "x"
    base.mkdir(parents=True)
    text = ARTICLE.format(title=quoted, text=quoted, body="\n\n".join(payloads))
    (base / "article.md").write_text(text, encoding="utf-8", errors="surrogatepass")
    (base / "samples" / "symptom").mkdir(parents=True)
    (base / "samples" / "symptom" / "a.txt").write_text("nothing of it\n", encoding="utf-8")
    log = tmp_path / "frob.log"
    lines = "\n".join(f"frobnicator jammed on alpha {payload}" for payload in payloads)
    log.write_bytes(lines.encode("utf-8", "replace"))
    case = tmp_path / "x.case"
    over = ("--kb", base.parent)
    calls = [
        ("list",),
        ("list", "--format", "json"),
        ("lint",),
        ("lint", "--format", "json"),
        ("test",),
        ("doctor",),
        ("stats",),
        ("search", "frobnicator"),
        ("search", "frobnicator", "--format", "json"),
        ("search", joined),
        ("code", joined),
        ("show", joined),
        ("why", "frobnicator-jammed", log),
        ("why", "frobnicator-jammed", log, "--format", "json"),
        ("diagnose", log, "--case", case),
        ("case", "show", case),
        ("case", "replay", case),
        ("new", "drafted", "--from", log, "--to", tmp_path / joined[:60].replace("/", "_").replace("\0", "_")),
        ("diagnose", tmp_path / joined[:60].replace("\0", "_")),
        *(("show", "frobnicator-jammed", "--format", f) for f in ("text", "markdown", "html", "json")),
        *(("diagnose", log, "--explain", "--raw", "--format", f) for f in ("text", "markdown", "html", "json")),
        *(("case", "export", case, "--format", f) for f in ("text", "markdown", "html", "json")),
    ]
    for call in calls:
        status, printed = called(*over, *call)
        assert clean(printed), (call, [ch for ch in printed if not clean(ch)])
        assert status in (0, 1, 2), (call, printed[-300:])
    assert clean(case.read_text(encoding="utf-8"))


def test_json_is_exact_and_obeyed_by_no_terminal():
    said = "a\x1b]52;c;x\x07\x9b31m\u202e\u200b\U000e0041\u00a0ü\t\r\n\x7f\ue000"
    made = json_text({"said": said})
    assert clean(made)
    assert json.loads(made) == {"said": said}


def test_only_the_colours_of_kb_pass_and_only_where_there_are_colours():
    text = "\x1b[1;33mx\x1b[0m \x1b[8my\x1b]0;t\x07"
    assert screened(text, colour=True) == "\x1b[1;33mx\x1b[0m \\x1b[8my\\x1b]0;t\\x07"
    assert "\x1b" not in screened(text)


BYTES = "\udcff"
LONG = "a" * 300
REFUSED = [
    ("show", BYTES),
    ("why", BYTES, "--text", "x"),
    ("test", BYTES),
    ("diagnose", "--text", "x", "--since", BYTES),
    ("diagnose", "--text", "x", "--until", BYTES),
    ("diagnose", "--text", "x", "--around", BYTES),
    ("diagnose", "--text", "x", "--zone", BYTES),
    ("diagnose", "--text", "x", "--encoding", BYTES),
    ("diagnose", "--text", "x", "--param", BYTES),
    ("diagnose", "-q", LONG),
    ("diagnose", "--text", "frobnicator", "--output", f"{LONG}/x"),
    ("diagnose", "--text", "frobnicator", "--case", LONG),
    ("show", LONG),
    ("list", "--kb", LONG),
    ("list", "--kb", BYTES),
    ("new", BYTES, "--text", "x"),
    ("new", "abc", "--from", LONG),
    ("new", "abc", "--to", LONG, "--text", "frobnicator jammed 0x800706BA"),
    ("import", "cre", LONG, "--to", "x"),
    ("import", "markdown", LONG, "--to", LONG),
    ("eval", LONG),
    ("case", "show", LONG),
    ("case", "diff", LONG, BYTES),
    ("resolve", LONG, "--none"),
]


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there")
@pytest.mark.parametrize("arguments", REFUSED, ids=lambda a: " ".join(a)[:40].replace(BYTES, "?"))
def test_a_name_that_is_no_text_or_too_long_is_one_line_and_status_2(called, arguments, root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, printed = called("--kb", root / "articles" / "system", *arguments)
    assert status == 2
    assert [line[:4] for line in told(printed)] == ["kb: "]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")
@pytest.mark.parametrize("command", [("--help",), ("schema",), ("code", "0x800706BA"), ("show", "disk-full")])
def test_a_full_standard_output_is_one_line_and_status_2(root, tmp_path, command):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kb", "--kb", root / "articles" / "system", *command],
            stdout=full, stderr=subprocess.PIPE, cwd=root, env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
        )  # fmt: skip
    assert done.returncode == 2
    assert [line[:20] for line in told(done.stderr.decode())] == ["kb: standard output:"]


def test_a_closed_standard_output_is_one_line_and_a_closed_input_is_empty(monkeypatch, capsys, root, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with monkeypatch.context() as closed:
        closed.setattr(sys, "stdout", None)
        assert run(["code", "0x800706BA"]) == 2
    assert capsys.readouterr().err.startswith("kb: standard output: is closed; ")
    monkeypatch.setattr(sys, "stdin", None)
    assert run(["--kb", str(root / "articles" / "system"), "diagnose", "-"]) == 1
    assert "the input is empty" in capsys.readouterr().err
    sys.stdin.close()
