"""What a code may mean: every reading of it in every table, the most usual first, and why.

Takes one value in any notation, gives `Explained`. For reading codes out of a text see codefind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.codes.decode import Decoded, decode, names_known, values_named
from diagnose.codes.tables import TABLES, Row, Table, rows_for, rows_named, rows_of, sentences
from diagnose.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

_WINDOWS = {
    "win32": "programs and services of Windows (System error N, Win32 error N)",
    "hresult": "COM, .NET, Windows Update and setup programs",
    "ntstatus": "drivers, crashes, SMB and logon events of Windows",
}
_KNOWN_WINDOWS, _OTHER_WINDOWS = 150, 40
_ASKED = 300  # the notation names the table
_DERIVED = 50
_LAST_SIGNAL, _FROM_SIGNAL = 64, 128
_STATE = re.compile(r"[0-9A-Z]{5}")
_ASKED_FOR = re.compile(
    r"(?P<word>[a-z][a-z0-9_ /.-]*?)[\s:=#(\[-]+(?P<value>-?[0-9a-z_][\w./-]*)[)\]]*", re.IGNORECASE
)
_BY_WORD = {word: table for table in TABLES for word in table.words}
_OWN_NOTATIONS = (
    (re.compile(r"(\d{3})/[A-Z_]{3,}"), "systemd"),  # status=203/EXEC
    (re.compile(r"ERROR (\d{4}) \([0-9A-Z]{5}"), "mysql"),  # ERROR 1045 (28000)
    (re.compile(r"Error:? (\d{1,5}), Severity:? ?\d+.*"), "sqlserver"),
)
_EITHER = ("error", "code", "failed", "result", "status code", "error code", "os error")


class CodeReading(Decoded, frozen=True):
    """One reading: `where` such codes are met, `why` the first one is the most usual, `notations` the other ways to write
    it."""

    label: str = ""
    where: str = ""
    why: str = ""
    notations: tuple[str, ...] = ()


class Explained(Struct, frozen=True):
    """A value with its readings, most usual first. Without any, `tried` names the tables and `nearest` what is close."""

    value: str
    readings: tuple[CodeReading, ...]
    tried: tuple[str, ...] = ()
    nearest: str = ""


def explain(text: str) -> Explained:
    """All readings of one code in any notation."""
    bare = _bare(text)
    found = sorted(_ranked(bare), key=lambda ranked: -ranked[0])
    readings = list({(r.kind, r.value, r.name, r.meaning): r for _, r in found}.values())
    if readings:
        return Explained(text, (_with_why(readings, bare), *readings[1:]))
    return Explained(text, (), tuple(_tried(bare)), _nearest(bare))


def _bare(text: str) -> str:
    return text.strip().strip("[](){}.,;'\"").strip()


def _with_why(readings: list[CodeReading], bare: str) -> CodeReading:
    first = readings[0]
    if len(readings) == 1:
        return first
    if _asked(bare) is not None:
        why = f"the notation says {first.label}"
    elif first.kind == "sqlstate" and bare.startswith("0"):
        why = "five characters with a zero in front are an SQLSTATE"
    elif bare.startswith("-"):
        why = f"a small number with a minus is most often a {first.label}"
    else:
        why = f"alone it is most often {_article(first.label)} {first.label}"
    return _replaced(first, why)


def _article(label: str) -> str:
    return "an" if label[0].lower() in "aeiou" or label[:2] in ("HT", "HR", "LD", "SQ", "SM", "NT") else "a"


def _replaced(reading: CodeReading, why: str) -> CodeReading:
    return CodeReading(
        reading.kind, reading.value, reading.name, reading.meaning, reading.key, reading.facility, reading.label, reading.where,
        why, reading.notations,
    )  # fmt: skip


# --- readings with their weight --------------------------------------------------------------------------------------


def _asked(text: str) -> tuple[Table, str] | None:
    """The table that a notation names, and the value: "ORA-01017", "event:4625", "203/EXEC", "curl: (6)"."""
    for notation, word in _OWN_NOTATIONS:
        if own := notation.fullmatch(text):
            return _BY_WORD[word], own[1]
    match = _ASKED_FOR.fullmatch(text)
    table = _BY_WORD.get(match["word"].strip().lower().removesuffix("/1.1")) if match else None
    return (table, match["value"]) if match and table else None


def _ranked(text: str) -> Iterator[tuple[int, CodeReading]]:
    asked = _asked(text)
    if asked is not None:
        table, value = asked
        yield from ((_ASKED, r) for _, r in (*_of_table(table, value, whole=True), *_of_name(value, table)))
        yield from ((_ASKED, r) for r in _derived(value) if table.kind in ("exit", "signal"))
        return
    either = _ASKED_FOR.fullmatch(text)
    if either and either["word"].strip().lower() in _EITHER:
        text = either["value"]
    yield from _of_windows(text)
    for table in TABLES:
        yield from _of_table(table, text)
    yield from _of_name(text)
    yield from ((_DERIVED, r) for r in _derived(text))
    if re.fullmatch(r"-\d{1,3}", text):
        yield from _of_minus(text)


def _of_windows(text: str) -> Iterator[tuple[int, CodeReading]]:
    if re.fullmatch(r"0\d{4}", text):  # an SQLSTATE
        return
    for read in decode(text) or _same_as_win32(text):
        if read.kind in _WINDOWS:
            known = sentences().get(read.name)
            said = known or (f"Its name says: {read.meaning}." if read.name else f"{read.meaning.capitalize()}.")
            yield _KNOWN_WINDOWS if known else _OTHER_WINDOWS, _windows(read, said)


def _same_as_win32(name: str) -> list[Decoded]:
    """E_ACCESSDENIED and its like: HRESULTs that have a name of their own beside that of the Win32 error inside."""
    if not re.fullmatch(r"[A-Za-z_0-9]{3,60}", name):
        return []
    found = [read for kind, value in values_named(name) if kind == "h" for read in decode(f"0x{value}")]
    return [Decoded(read.kind, read.value, name.upper(), read.meaning, read.key, read.facility) for read in found]


def _windows(read: Decoded, meaning: str) -> CodeReading:
    label = {"win32": "Win32 error", "hresult": "HRESULT", "ntstatus": "NTSTATUS"}[read.kind]
    return CodeReading(
        read.kind, read.value, read.name, meaning, read.key, read.facility, label, _WINDOWS[read.kind], "", _notations(read.key)
    )  # fmt: skip


def _notations(key: str) -> tuple[str, ...]:
    """The ways to write a code of Windows."""
    kind, _, number = key.partition(":")
    if kind == "win32":
        value = 0x80070000 | int(number)
        return number, f"0x{int(number):X}", f"0x{value:08X}", str(value - 0x100000000)
    if key.startswith("0x"):
        return key, str(int(key, 16) - 0x100000000)
    return ()


def _of_table(table: Table, text: str, *, whole: bool = False) -> Iterator[tuple[int, CodeReading]]:
    """The rows of a table for a value. `whole` where the table was asked for: then any notation of a number will do."""
    for row in _rows(table, text, whole):
        yield table.usual if row.usual else table.weight, _read(table, row, row.value if len(row.value) != 2 else text)


def _rows(table: Table, text: str, whole: bool) -> list[Row]:
    if table.kind == "sqlstate":
        return _states(text.upper(), whole)
    value = _value(table, text, whole)
    rows = rows_for(table.kind, value) if value else []
    return rows if whole else [row for row in rows if not _as_on_linux(table, row)]


def _as_on_linux(table: Table, row: Row) -> bool:
    """Whether another system gives the number the same name, which is then told once."""
    return table.kind in ("errno_macos", "errno_crt") and any(r.name == row.name for r in rows_for("errno", row.value))


def _states(text: str, whole: bool) -> list[Row]:
    """The row of an SQLSTATE, else that of its class, where the text can be nothing else."""
    if not _STATE.fullmatch(text) or not any(c.isdigit() for c in text):
        return [row for row in rows_for("sqlstate", text) if whole]
    surely = whole or text.startswith("0") or not text.isdigit()
    return rows_for("sqlstate", text) or (rows_for("sqlstate", text[:2]) if surely else [])


def _value(table: Table, text: str, whole: bool) -> str:
    """`text` as the table writes its numbers; empty where it is none of its notations."""
    if re.fullmatch(r"0x[0-9a-f]{1,16}", text, re.IGNORECASE):
        number = int(text, 16)
        if table.kind == "exit" and number > 0xFFFF:
            return f"0x{number & 0xFFFFFFFF:08x}"
        return f"0x{number:x}" if table.base == 16 else str(number) if whole else ""
    if re.fullmatch(r"-?\d{1,10}", text):
        return _decimal(table, text, whole)
    if whole and table.base == 16 and re.fullmatch(r"[0-9a-f]{1,8}", text, re.IGNORECASE):
        return f"0x{int(text, 16):x}"
    return ""


def _decimal(table: Table, text: str, whole: bool) -> str:
    number = int(text)
    if re.fullmatch(r"0\d{4}", text) and not whole:
        return ""
    if table.kind == "exit" and abs(number) > 0xFFFF:
        return f"0x{number & 0xFFFFFFFF:08x}"
    if number < 0:
        return str(-number) if whole else ""
    if table.base == 16:  # people write stop codes without 0x; Kerberos' numbers are decimal then
        return f"0x{number if table.kind == 'kerberos' else int(text, 16):x}" if whole else ""
    return str(number)


def _of_name(text: str, only: Table | None = None) -> Iterator[tuple[int, CodeReading]]:
    for table in (only,) if only else TABLES:
        for row in rows_named(table.kind, text):
            yield table.usual if row.usual else table.weight, _read(table, row, row.value)


def _of_minus(text: str) -> Iterator[tuple[int, CodeReading]]:
    """A small negative number: the kernel's errno, or the signal that ended a child process of Python."""
    number = text.removeprefix("-")
    for kind, usual, other in (("signal", 190, 40), ("errno", 170, 80)):
        table = _BY_WORD[kind]
        for row in rows_for(kind, number):
            yield usual if row.usual else other, _read(table, row, text)


def _derived(text: str) -> Iterator[CodeReading]:
    """An exit status that tells the signal, where the table has none of its own."""
    number = int(text) if re.fullmatch(r"\d{1,3}", text) else 0
    if _FROM_SIGNAL < number <= _FROM_SIGNAL + _LAST_SIGNAL and not rows_for("exit", text):
        signal = str(number - _FROM_SIGNAL)
        name = next((row.name for row in rows_for("signal", signal)), "")
        said = f"Ended by signal {signal}{f' ({name})' if name else ''}, as 128 + {signal} tells."
        table = _BY_WORD["exit"]
        yield _read(table, Row(text, "", said, False), text)


def _read(table: Table, row: Row, value: str) -> CodeReading:
    key = f"{table.kind}:{row.value}"
    shown = f"ORA-{int(row.value):05}" if table.kind == "oracle" else value
    return CodeReading(table.kind, shown, row.name, row.meaning, key, "", table.label, table.where)


# --- nothing found ---------------------------------------------------------------------------------------------------


def _tried(text: str) -> Iterator[str]:
    asked = _asked(text)
    if asked is not None:
        yield asked[0].label
        return
    yield from ("Win32 error", "HRESULT", "NTSTATUS", *(table.label for table in TABLES))


def _nearest(text: str) -> str:
    """What the text may be meant as: a code of eight digits, another notation, or a name that is close."""
    if digits := re.fullmatch(r"0x([0-9a-f]+)", text, re.IGNORECASE):
        count = len(digits[1])
        return (
            f"it has {count} digits in hexadecimal; HRESULT and NTSTATUS have 8, like 0x800706BA" if count != 8 else ""
        )
    if re.fullmatch(r"-?\d+", text):
        return "say whose number it is: event:4625, mysql:1045, sqlserver:18456, ora:1017, exit:137, curl:6"
    asked = _asked(text)
    names = (row.name for table in TABLES for row in rows_of(table.kind))
    known = asked[1].upper() if asked else text.upper()
    return (
        did_you_mean(known, [*names, *names_known()]) or "write it like 0x800706BA, -2147023174, 08001 or ECONNREFUSED"
    )
