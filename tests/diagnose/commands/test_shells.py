"""Every hostile value is refused or read exactly: by bash and dash for real, by lexers of PowerShell's and cmd's rules."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.commands.fill import fill
from diagnose.commands.shells import quoted_cmd, quoted_powershell
from diagnose.facts import typed
from diagnose.model import Param, ParamType, Shell

HOSTILE = Path(__file__).parents[3].parent / "shared" / "data" / "hostile"
KINDS: tuple[ParamType, ...] = ("host", "ip", "port", "path", "service", "user", "name")
PARAMS: dict[str, Param] = {kind: Param(type=kind) for kind in KINDS}
PLAIN = ["fe-01", "10.0.0.1", "2001:db8::10", "C:\\Program Files (x86)\\a b", "/var/log/a b#{c}~", "MSSQL$RTC", "D\\bob", "a@b.c", "1e3", "0x10", "true", "null", "a=b", "C:\\a b\\"]  # fmt: skip


class Unsafe(Exception):
    """The line would do something else than pass plain arguments."""


def hostile_values() -> list[str]:
    values = set(PLAIN)
    for name in ("cmdi", "blns", "path_traversal", "xss_lines"):
        values.update(json.loads((HOSTILE / f"{name}.json").read_text(encoding="utf-8")))
    for name, key in (("own_param_values", "value_codepoints"), ("own_terminal_payloads", "codepoints")):
        cases = json.loads((HOSTILE / f"{name}.json").read_text(encoding="utf-8"))
        values.update("".join(map(chr, case[key])) for case in cases)
    return sorted(values)


def lines_of(shell: Shell) -> list[tuple[str, list[str]]]:
    """(line, the arguments it must pass) of every value that is filled; the refused ones are checked here."""
    made: dict[str, list[str]] = {}
    for value in hostile_values():
        for kind in KINDS:
            line, missing = fill(f"stub ${{{kind}}} --opt=${{{kind}}}/x end", PARAMS, {kind: value}, shell)
            assert all(0x20 <= ord(ch) < 0x7F for ch in line)
            exact = typed(kind, value)
            if missing:
                assert line == f"stub <{kind}> --opt=<{kind}>/x end"
                assert exact is None or shell == "cmd"
            else:
                assert exact is not None
                made[line] = [exact, f"--opt={exact}/x", "end"]
    return list(made.items())


# --- PowerShell, by the facts of CharTraits.cs ----------------------------------------------------------------------

PS_SINGLE = "'\u2018\u2019\u201a\u201b"
PS_DOUBLE = '"\u201c\u201d\u201e'
PS_DASH = "-\u2013\u2014\u2015"
PS_BLANK = " \t\x0b\x0c\u00a0\u0085\u2000\u2003\u3000"


def powershell_words(line: str) -> list[str]:
    """The words of one command in argument mode; Unsafe for anything that is evaluated, piped or split."""
    words: list[str] = []
    at = 0
    while at < len(line):
        ch = line[at]
        if ch in PS_BLANK:
            at += 1
        elif ch in PS_SINGLE:
            word, at = _single_quoted(line, at + 1)
            if at < len(line) and line[at] not in PS_BLANK:
                raise Unsafe(f"a second argument begins inside a word: {line}")
            words.append(word)
        else:
            start = at
            while at < len(line) and line[at] not in PS_BLANK:
                if line[at] in PS_SINGLE + PS_DOUBLE + "`$@(){};|&,<>#\r\n%" or ord(line[at]) < 0x20:
                    raise Unsafe(line)
                at += 1
            word = line[start:at]
            if word[0].isdigit() and not word.isdigit() and word.count(".") != 3:
                raise Unsafe(f"a number: {word}")
            if word[0] in PS_DASH:
                raise Unsafe(f"a parameter: {word}")
            words.append(word)
    return words


def _single_quoted(line: str, at: int) -> tuple[str, int]:
    word = ""
    while at < len(line):
        if line[at] in PS_SINGLE:
            if line[at + 1 : at + 2] and line[at + 1] in PS_SINGLE:
                word += line[at]
                at += 2
                continue
            return word, at + 1
        word += line[at]
        at += 1
    raise Unsafe(f"an open quote: {line}")


@pytest.mark.parametrize(
    "line", ["stub a’b", "stub 'a’; b", "stub $x", "stub 1e3", "stub –x", "stub a\u00a0;b", "stub 'a'b"]
)
def test_the_lexer_of_powershell_knows_an_unsafe_line(line: str) -> None:
    with pytest.raises(Unsafe):
        powershell_words(line)


@given(st.text(max_size=40))
def test_any_text_quoted_for_powershell_reads_back_as_itself(raw: str) -> None:
    assert powershell_words(f"stub {quoted_powershell(raw)} end") == ["stub", raw, "end"]


@pytest.mark.shared
def test_powershell_reads_every_filled_value_exactly() -> None:
    lines = lines_of("powershell")
    assert len(lines) > 100
    for line, words in lines:
        assert powershell_words(line) == ["stub", *words], line


@pytest.mark.shared
def test_quoting_for_powershell_holds_every_hostile_value_by_itself() -> None:
    """The second lock alone, without the type check: all values and 20,000 random mixes of special characters."""
    dice = random.Random(5)
    alphabet = PS_SINGLE + PS_DOUBLE + PS_DASH + PS_BLANK + "`$@(){};|&,<>#%aA1\\/.:"
    mixes = ["".join(dice.choices(alphabet, k=dice.randint(1, 12))) for _ in range(20_000)]
    for raw in [*hostile_values(), *mixes]:
        assert powershell_words(f"stub {quoted_powershell(raw)} end") == ["stub", raw, "end"]


# --- cmd: its variables and operators, then the argument rules of the C runtime ----------------------------------------


def cmd_words(line: str) -> list[str]:
    quoted = False
    for ch in line:
        quoted ^= ch == '"'
        if ch in "%!\r\n" or (ch in "^&|<>()@,;=" and not quoted):
            raise Unsafe(line)
    if quoted:
        raise Unsafe(f"an open quote: {line}")
    words, word, started, quoted, slashes = [], "", False, False, 0
    for ch in line + " ":
        if ch == "\\":
            slashes += 1
            continue
        if ch == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                quoted, started = not quoted, True
            slashes = 0
            continue
        word += "\\" * slashes
        slashes = 0
        if ch == " " and not quoted:
            if word or started:
                words.append(word)
            word, started = "", False
        else:
            word += ch
    if quoted:
        raise Unsafe(f"an open quote for the program: {line}")
    return words


@pytest.mark.parametrize(
    "line", ["stub %PATH%", "stub a&b", 'stub "a', "stub a^b", 'stub "!x!"', 'stub "C:\\a b\\" end']
)
def test_the_lexer_of_cmd_knows_an_unsafe_line(line: str) -> None:
    with pytest.raises(Unsafe):
        cmd_words(line)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40))
def test_any_text_quoted_for_cmd_reads_back_as_itself_or_is_refused(raw: str) -> None:
    quoted = quoted_cmd(raw)
    if quoted is None:
        assert set(raw) & set('%!^&|<>"') or raw.startswith("/")
    else:
        assert cmd_words(f"stub {quoted} end") == ["stub", raw, "end"]


def test_a_backslash_at_the_end_does_not_escape_the_closing_quote() -> None:
    assert quoted_cmd("C:\\a b\\") == '"C:\\a b\\\\"'
    assert cmd_words('stub "C:\\a b\\\\" end') == ["stub", "C:\\a b\\", "end"]


@pytest.mark.shared
def test_cmd_reads_every_filled_value_exactly() -> None:
    lines = [(line.replace("--opt=", "--opt:"), words) for line, words in lines_of("cmd")]  # = splits words of cmd only
    assert len(lines) > 50
    for line, words in lines:
        assert cmd_words(line) == ["stub", *(word.replace("--opt=", "--opt:") for word in words)], line


# --- bash and dash, for real ------------------------------------------------------------------------------------------

STUB = """#!/bin/sh
printf '%s\\0' "$#" "$@" >> "$STUB_OUT"
"""


@pytest.mark.shared
@pytest.mark.parametrize("shell", ["bash", "dash"])
@pytest.mark.skipif(sys.platform == "win32", reason="no POSIX shell")
def test_a_posix_shell_passes_every_filled_value_exactly(
    shell: str, tmp_path: Path, needs_tool: Callable[[str], str]
) -> None:
    program = needs_tool(shell)
    tools, work = tmp_path / "tools", tmp_path / "work"
    tools.mkdir()
    work.mkdir()
    stub = tools / "stub"
    stub.write_text(STUB, encoding="ascii")
    stub.chmod(stub.stat().st_mode | stat.S_IXUSR)
    lines = lines_of("bash")
    assert len(lines) > 100
    script = tmp_path / "script"
    script.write_text("\n".join(line for line, _ in lines) + "\n", encoding="ascii")
    out = tmp_path / "out"

    ran = subprocess.run(
        [program, str(script)],
        cwd=work,
        env={"PATH": str(tools), "STUB_OUT": str(out), "HOME": str(work)},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    expected = [part for _, words in lines for part in (str(len(words)), *words)]
    assert os.fsdecode(out.read_bytes()).split("\0")[:-1] == expected
    assert list(work.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "script", "tools", "work"]


def test_a_word_with_an_at_sign_is_quoted_whole_for_powershell():
    values = {"user": "CONTOSO\\anna", "host": "db01.contoso.com", "name": "Front End"}
    line, missing = fill("sqlplus -L ${user}@//${host}:1521/${name}", PARAMS, values, "powershell")
    assert (line, missing) == ("sqlplus -L 'CONTOSO\\anna@//db01.contoso.com:1521/Front End'", ())
