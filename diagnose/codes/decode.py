"""Error codes in any notation: one value, its names, and the pattern that finds it. In a text: see codefind.

Takes text, gives readings with a canonical key, so that 0x800706BA, -2147023174 and "error 1722" compare equal. Names
come from diagnose/data/codes.tsv (see benchmarks/make_codes.py); the bit layouts are those of [MS-ERREF].
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.codes.around import SMALL
from diagnose.codes.meanings import EXITS, FACILITIES, HTTP, MEANINGS, SQLSTATES
from diagnose.codes.neighbours import BEFORE, BETWEEN
from diagnose.errors import KbError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS = {"w": "win32", "h": "hresult", "n": "ntstatus", "e": "errno"}


class Decoded(Struct, frozen=True):
    """One reading of a code. `key` is the same for every notation of one value; `name` is empty where none is known."""

    kind: str
    value: str
    name: str
    meaning: str
    key: str
    facility: str = ""


@cache
def _table() -> bytes:
    return (Path(__file__).parent.parent / "data" / "codes.tsv").read_bytes()


@cache
def _name(kind: str, value: str) -> str:
    table = _table()
    at = table.find(f"\n{kind}{value}\t".encode())
    if at < 0:
        return ""
    start = table.index(b"\t", at) + 1
    return table[start : table.index(b"\n", start)].decode()


def values_named(name: str) -> list[tuple[str, str]]:
    """(kind, value) of every code with this name."""
    table, wanted, found, at = _table(), f"\t{name.upper()}\n".encode(), [], 0
    while (at := table.find(wanted, at)) >= 0:
        start = table.rfind(b"\n", 0, at) + 1
        found.append((chr(table[start]), table[start + 1 : at].decode()))
        at += len(wanted)
    return found


def _meaning(name: str) -> str:
    """Our words where we have some, else the name read out."""
    if not name:
        return ""
    return (
        MEANINGS.get(name)
        or re.sub(r"^(?:ERROR|RPC_[SX]|STATUS|[A-Z]+_E|WSA|E)_|^WSAE|^E(?=[A-Z]+$)", "", name).replace("_", " ").lower()
    )


def _win32(number: int) -> Decoded:
    name = _name("w", str(number))
    return Decoded("win32", str(number), name, _meaning(name), f"win32:{number}")


def _errno(number: int) -> Decoded:
    name = _name("e", str(number))
    return Decoded("errno", str(number), name, _meaning(name), f"errno:{number}")


def _of_32_bits(value: int) -> list[Decoded]:
    """An HRESULT or NTSTATUS by its bits: bit 28 maps an NTSTATUS, bit 30 with bit 29 clear belongs to either."""
    if value >> 16 == 0x8007:
        inner = _win32(value & 0xFFFF)
        return [Decoded("hresult", f"0x{value:08X}", inner.name, inner.meaning, inner.key, "WIN32")]
    shown = f"0x{value:08X}"
    if value & 0x10000000 and value >> 30 == 3:
        inner_value = value & ~0x10000000
        name = _name("n", f"{inner_value:08x}")
        if name:
            return [Decoded("hresult", shown, name, _meaning(name), f"0x{inner_value:08x}", "NT")]
    facility = FACILITIES.get(value >> 16 & 0x7FF, "")
    readings = []
    for kind in ("n", "h"):
        name = _name(kind, f"{value:08x}")
        if name:
            readings.append(Decoded(_KINDS[kind], shown, name, _meaning(name), f"0x{value:08x}", facility))
    if not readings and value & 0x80000000:
        what = f"unknown code in facility {facility or hex(value >> 16 & 0x7FF)}"
        readings.append(Decoded("hresult", shown, "", what, f"0x{value:08x}", facility))
    return readings


def decode(text: str) -> list[Decoded]:
    """Every plausible reading of one code, most plausible first; empty if it is none."""
    bare = text.strip().strip("[](){}.,;:'\"")
    prefix, _, rest = bare.replace("=", ":").replace(" ", ":").rpartition(":")
    head = prefix.lower().strip(": ").rpartition(":")[2]
    if head in _PREFIXES and rest:
        return _PREFIXES[head](rest)
    return _bare(bare)


def _bare(text: str) -> list[Decoded]:
    if re.fullmatch(r"0x[0-9a-fA-F]{1,16}", text):
        value = int(text, 16)
        return _number(value, hexadecimal=True)
    if re.fullmatch(r"[0-9a-fA-F]{8}h?", text) and (not text.isdigit() or text[0] == "8"):
        return _number(int(text.rstrip("hH"), 16), hexadecimal=True)
    if re.fullmatch(r"-\d{1,11}", text):
        return _of_32_bits(int(text) & 0xFFFFFFFF) if int(text) < -65535 else _errno_list(-int(text))
    if re.fullmatch(r"[0-9]{1,10}", text):
        return _number(int(text), hexadecimal=False)
    return _named(text)


def _number(value: int, *, hexadecimal: bool) -> list[Decoded]:
    if value > 0xFFFFFFFF:
        return _of_32_bits(value & 0xFFFFFFFF) if value >> 32 == 0xFFFFFFFF else []
    if value > 0xFFFF:
        return _of_32_bits(value)
    readings = [_win32(value)] if _name("w", str(value)) else []
    if not hexadecimal:
        readings += [r for r in _errno_list(value) if r.name]
        readings += _http(str(value)) if value in HTTP else []
        readings += _exit(str(value)) if value in EXITS else []
    return readings


def _errno_list(value: int) -> list[Decoded]:
    return [_errno(value)] if _name("e", str(value)) else []


def _http(text: str) -> list[Decoded]:
    value = int(text) if text.isdigit() else -1
    return [Decoded("http", text, HTTP[value], HTTP[value].lower(), f"http:{value}")] if value in HTTP else []


def _exit(text: str) -> list[Decoded]:
    value = int(text) if re.fullmatch(r"\d{1,10}", text) else -1
    if value in EXITS:
        return [Decoded("exit", text, "", EXITS[value], f"exit:{value}")]
    return _of_32_bits(value) if 0xFFFF < value <= 0xFFFFFFFF else []


def _sqlstate(text: str) -> list[Decoded]:
    key = text.upper()
    meaning = SQLSTATES.get(key) or SQLSTATES.get(key[:2], "")
    return (
        [Decoded("sqlstate", key, "", meaning, f"sqlstate:{key}")]
        if re.fullmatch(r"[0-9A-Z]{5}", key) and meaning
        else []
    )


def _win32_text(text: str) -> list[Decoded]:
    if re.fullmatch(r"(?:0x[0-9a-fA-F]{1,8}|\d{1,10})", text):
        value = int(text, 16 if text.lower().startswith("0x") else 10)
        return [_win32(value)] if value <= 0xFFFF else _of_32_bits(value) if value <= 0xFFFFFFFF else []
    return [r for r in _named(text) if r.kind == "win32"]


def _errno_text(text: str) -> list[Decoded]:
    return _errno_list(int(text)) if re.fullmatch(r"\d{1,4}", text) else [r for r in _named(text) if r.kind == "errno"]


def _named(name: str) -> list[Decoded]:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{2,80}", name):
        return []
    result = []
    for kind, value in values_named(name):
        if kind == "w":
            result.append(_win32(int(value)))
        elif kind == "e":
            result.append(_errno(int(value)))
        else:
            result += [r for r in _of_32_bits(int(value, 16)) if r.name == name.upper()]
    return list({r.key: r for r in result}.values())


_PREFIXES = {
    "win32": _win32_text,
    "winerror": _win32_text,
    "errno": _errno_text,
    "http": _http,
    "sqlstate": _sqlstate,
    "exit": _exit,
    "code": _bare,
    "error": _bare,
    "hresult": _bare,
    "ntstatus": _bare,
}


def names_known() -> Iterator[str]:
    """The names of all codes of Windows and Linux."""
    return (line.split("\t")[1] for line in _table().decode().splitlines() if "\t" in line)


def canonical(code: str) -> frozenset[str]:
    """The keys of a code that an article declares. KbError with "did you mean" for what is no code."""
    readings = decode(code)
    if not readings:
        hint = did_you_mean(code.upper(), names_known()) if re.fullmatch(r"[A-Za-z_0-9]{3,60}", code) else ""
        raise KbError(
            f"code '{code}'", "not a known error code", hint or "write it like 0x800706BA, win32:1722 or ECONNREFUSED"
        )
    return frozenset({readings[0].key})


def pattern(code: str) -> str:
    """One pattern in RE2 syntax, for caseless matching, that finds the code in any notation on a line."""
    (key,) = canonical(code)
    kind, _, text = key.partition(":")
    if kind == "win32":
        return "|".join(_win32_forms(int(text)))
    if kind == "errno":
        name = _name("e", text)
        return "|".join((rf"\b{name}\b", rf"\b(?:errno|os error|errno =)[^\w\n]{{1,4}}{text}\b"))
    if kind == "http":
        return rf"\bHTTP(?:/\d\.\d)?[^\w\n]{{1,4}}{text}\b|\bstatus(?: code)?[^\w\n]{{1,4}}{text}\b|\({text}\) "
    if kind == "sqlstate":
        return rf"\bSQLSTATE[^\w\n]{{0,6}}{text}\b"
    if kind == "exit":
        return rf"\b(?:exit(?:ed)?|return(?:ed)?|status|code){BETWEEN}{text}\b"
    return "|".join(_long_forms(int(key, 16)))


def windows_signs(key: str) -> Iterator[str]:
    """Of the key of a code of Windows the texts of which each form of it holds one; nothing for other codes."""
    if key.startswith("win32:"):
        number = int(key.removeprefix("win32:"))
        yield from (f"{number:x}", str(number), str(0x80070000 | number), str(0x100000000 - (0x80070000 | number)))
        yield from filter(None, [_name("w", str(number))])
    elif key.startswith("0x"):
        value = int(key, 16)
        yield from (f"{value:x}", str(value), str(0x100000000 - value))
        yield from filter(None, (_name(kind, f"{value:08x}") for kind in ("n", "h")))


def _long_forms(value: int) -> Iterator[str]:
    yield rf"\b0x{value:08x}h?\b"
    yield rf"\b{value:08x}h?(?:[^\w-]|$)"  # without 0x it may begin a GUID
    yield rf"(?:^|[^\w.-])-{0x100000000 - value}\b"
    yield rf"\b{value}\b"
    for kind in ("n", "h"):
        name = _name(kind, f"{value:08x}")
        if name:
            yield rf"\b{name}\b"


def _win32_forms(number: int) -> Iterator[str]:
    value = 0x80070000 | number
    yield rf"\b0x{value:08x}h?\b"
    yield rf"\b{value:08x}h?(?:[^\w-]|$)"  # without 0x it may begin a GUID
    yield rf"-{0x100000000 - value}\b"
    yield rf"\b{value}\b"
    if number > SMALL:
        yield rf"\b0x0{{0,5}}{number:x}\b"
        yield rf"\b{BEFORE}{BETWEEN}{number}\b"
    else:  # only where Windows itself says it
        yield rf"\b(?:system error|win32(?: error)?|winerror|systemfehler|erreur syst.me){BETWEEN}(?:{number}|0x0{{0,6}}{number:x})\b"
    name = _name("w", str(number))
    if name:
        yield rf"\b{name}\b"
