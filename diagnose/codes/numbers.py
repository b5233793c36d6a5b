"""The numbers by which a text names its errors, whatever they are of: "error 67", "Fehler 1069", "HTTP Error 403.16".

Many programs number their own errors, and no table here holds them; two texts that name the same one mean the same all
the same, and two that name others do not. Takes text; gives the numbers as they are said, those of Windows in decimal
(0x80070035 and ERROR_BAD_NETPATH are 53).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from diagnose.codes.find import find
from diagnose.codes.neighbours import BETWEEN, other_than_code
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORD = r"(?:err(?:or|eur|ore|no)?s?|fehler(?:code|nummer)?|hresult|erro|codigo|エラー|错误|ошибка)"
_TIED = late(
    rf"(?<![A-Za-z]){_WORD}{BETWEEN}(?P<first>\d{{1,5}})(?![\w.]*\d)(?P<more>(?:(?:, ?| or | and | & ?|/)\d{{1,5}}\b)*)",
    re.IGNORECASE,
)
# A status of IIS with its substatus.
_SUBSTATUS = late(r"(?<![\w.])[45]\d\d\.\d{1,2}(?![\w.]*\d)")
_SIGNS = ("err", "fehler", "hresult", "codigo", "エラー", "错误", "ошибка")
_SMALL_HEX = late(r"0x0*[0-9a-f]{1,2}", re.IGNORECASE)
_LONGEST_LINE = 8192
SAYS_LITTLE = frozenset({"0", "1", "2"})


def error_numbers(text: str) -> frozenset[str]:
    """All numbers of errors in `text`."""
    return _numbers(text) if any(character.isdigit() for character in text) or "_" in text else frozenset()


@lru_cache(maxsize=4096)
def _numbers(text: str) -> frozenset[str]:
    return numbers_of(found.key for found in find(text)) | frozenset(
        number for line in text.split("\n") for number in said_in(line)
    )


def numbers_of(keys: Iterable[str]) -> frozenset[str]:
    """The numbers of the codes that were found: of Windows, and of no table; 0x35 is 53."""
    named = (str(int(key, 16)) if _SMALL_HEX.fullmatch(key) else key.removeprefix("win32:") for key in keys)
    return frozenset(number for number in named if number.isdigit() and number not in SAYS_LITTLE)


def said_in(line: str) -> Iterator[str]:
    """The numbers that a line says behind a word for an error, and the statuses with a substatus."""
    line = line[:_LONGEST_LINE]
    lowered = line.lower()
    if any(sign in lowered for sign in _SIGNS):
        for match in _TIED.finditer(line):
            if not other_than_code(line, *match.span("first")):
                numbers = (match["first"], *re.findall(r"\d+", match["more"]))
                yield from (number for number in numbers if number not in SAYS_LITTLE and number[0] != "0")
    if "." in line and ("http" in lowered or "error" in lowered or "status" in lowered):
        yield from _SUBSTATUS.findall(line)


def of_another(named: Iterable[str], seen: Iterable[str]) -> bool:
    """Whether both name errors and none in common; 403 and 403.16 may be the same one."""
    left, right = set(named), set(seen)
    return bool(left and right) and not any(
        a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.") for a in left for b in right
    )
