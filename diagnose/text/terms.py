"""Text to the terms that retrieval compares: word pairs of messages, words of prose, identifiers.

The same functions read articles and pasted text, so both sides agree. Variable parts (numbers of more than five digits,
GUIDs, addresses, paths, placeholders) are left out; error codes and short numbers carry meaning and stay.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PLACEHOLDER = "<*>"

_WORD = late(
    r"0x[0-9a-f]{4,16}|[a-z][a-z_]*(?:\d{1,3}(?![\da-z]))?|\d{1,5}(?![\da-z.:])|<\*>|[^\W\d_a-z]+", re.IGNORECASE
)
# Not in the middle of a hexadecimal code: 0x80070005 is no number of seven digits.
_NOT_IN_HEX = "".join(f"(?<!0x{'[0-9a-f]' * length})" for length in range(8))
_VARIABLE = late(
    r"""(?=[0-9a-f<%{])(?:                              # what none begins with is passed over in half the time
    [0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}      # GUID
    | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d|\b)       # date
    | \d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?               # time
    | (?:\d{1,3}\.){3}\d{1,3}(?::\d+)?                   # IPv4
    | <[^<>\s]{1,40}>|%[0-9a-z]\b|\{[0-9a-z_]{1,20}\}    # placeholders
    | \b[0-9a-f]{9,}\b|(?=\d{6})"""
    + _NOT_IN_HEX
    + r"\d{6,})",
    re.VERBOSE | re.IGNORECASE,
)
# One run of name characters, taken whole and judged afterwards: alternatives that share a prefix take quadratic time.
_NAME = late(r"[A-Za-z_][\w$]*(?:(?:\.|::|\\|-)[A-Za-z_][\w$]*)*")
_NAMED = late(r"[a-z0-9][A-Z]|[A-Za-z]_[A-Za-z]|^[A-Z][a-z]+-[A-Z]|[A-Z]\w*(?:\.|::|\\)[A-Z]")
_PROSE = late(r"[a-z][a-z0-9_]{2,}|0x[0-9a-f]{4,16}|[45]\d\d\.\d{1,2}(?!\.?\d)|\d{3,5}", re.IGNORECASE)
_PART = late(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}(?![a-z])")
LONGEST_WORD = 40


def cleaned(text: str) -> str:
    """`text` with its variable parts replaced by the placeholder."""
    return _VARIABLE.sub(" <*> ", text)


def words(text: str) -> list[str]:
    """The words of one line in lower case; the placeholder stands where a variable part was."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(cleaned(text).lower())]


def pairs_of(tokens: Sequence[str]) -> Iterator[str]:
    """Neighbouring words as one key; a placeholder joins nothing."""
    for left, right in zip(tokens, tokens[1:], strict=False):
        if left != PLACEHOLDER and right != PLACEHOLDER:
            yield f"{left} {right}"


def line_pairs(lines: Iterable[Sequence[str]]) -> dict[str, list[int]]:
    """Every word pair of `lines`, which are words, with the indices of the lines where it begins; line ends are read with and without a blank."""
    found: dict[str, list[int]] = {}
    before: Sequence[str] = ()
    for index, tokens in enumerate(lines):
        for pair in pairs_of(tokens):
            found.setdefault(pair, []).append(index)
        if before and tokens:
            for pair in _across(before, tokens):
                found.setdefault(pair, []).append(index - 1)
        before = tokens
    return found


def _across(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Pairs over a line end: the two words as they stand, and as the halves of one word that a console cut."""
    yield from pairs_of((before[-1], after[0]))
    whole = before[-1] + after[0]
    if PLACEHOLDER not in whole and len(whole) <= LONGEST_WORD:
        yield from pairs_of((*before[-2:-1], whole, *after[1:2]))


_ENDINGS = (
    "ations",
    "ation",
    "ating",
    "ated",
    "ate",
    "ions",
    "ion",
    "ures",
    "ure",
    "ings",
    "ing",
    "ed",
    "es",
    "s",
    "e",
)
# Short forms that logs use for words that articles write out.
_SHORT = {
    "configur": "config", "authentic": "auth", "authoriz": "auth", "authn": "auth", "authz": "auth", "connect": "conn",
    "databas": "db", "director": "dir", "permission": "perm", "repositor": "repo", "certific": "cert", "memor": "mem",
    "kubernet": "k8", "k8s": "k8", "cfg": "config", "conf": "config", "err": "error", "msg": "messag", "req": "request",
}  # fmt: skip


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A light stem: what is left without plural and verb endings, at least three letters; short forms under one name."""
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif not word.endswith("ss"):
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                word = word[: -len(ending)]
                break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] in "bdglmnprt":
        word = word[:-1]
    return _SHORT.get(word, word)


def prose(text: str) -> list[str]:
    """Stemmed words of prose for full-text scores, with the variable parts left out; of a compound name its parts too."""
    found = []
    for word in _PROSE.findall(cleaned(text)):
        found.append(stem(word[:LONGEST_WORD].lower()))
        if "." in word:  # a status with its substatus
            found.append(word[:3])
        if "_" in word or not (word.islower() or word[1:].islower() or word.isupper()):
            found += [stem(part.lower()) for part in _PART.findall(word)]
    return found


class LineWords(dict[str, frozenset[str]]):
    """The distinct stemmed words of lines, each line read once: `words[line]`. For one case, and gone with it."""

    def __missing__(self, line: str) -> frozenset[str]:
        self[line] = found = frozenset(prose(line))
        return found


# Codes that tell that something failed, not what: any program returns them (E_FAIL, access denied, not found, a crash, an
# installer's fatal error). As words of prose, lower case.
COMMON_CODES = frozenset(
    "0x80004001 0x80004002 0x80004003 0x80004004 0x80004005 0x8000ffff 0x80070002 0x80070003 0x80070005 0x8007000e"
    " 0xffffffff 0x80070020 0x80070057 0x80070490 0x80070643 0x80131500 0x80131501 0x80131509 0x80131904 0xc0000005 0xc0000409"
    " 0xe0434352 0xe0434f4d 1603".split()
)

# Names that stand in every record of their kind, whatever went wrong.
_FRAMES = frozenset(
    "categoryinfo fullyqualifiederrorid scriptstacktrace invocationinfo errordetails targetobject psmessagedetails"
    " positionmessage remoteexception computername localhost eventdata eventrecordid processrecord".split()
)
_STANDARD = ("java.", "system.", "sun.", "org.springframework.", "microsoft.powershell.")


def identifiers(text: str) -> list[str]:
    """Names that programs use: qualified names, Verb-Noun, CamelCase, snake_case; lower case, 6 to 120 characters.

    Left out are names of a record's frame, of standard libraries, and host names (no capital, no underscore).
    """
    return [
        lowered
        for name in _NAME.findall(text)
        if 6 <= len(name) <= 120
        and _NAMED.search(name)
        and (lowered := name.lower()) not in _FRAMES
        and not lowered.startswith(_STANDARD)
    ]


_VARIES = late(r"(?:\[[^\]]*\]|\\[wsdWSD]|\.)(?:[*+?]|\{\d*,?\d*\})\??")
_SYNTAX = late(r"\(\?[^)]*?[:>]|\[[^\]]*\]|\\[wsdbWSDBAz]|[*+?^$(){}\\]")


_EITHER_CASE = late(r"\[([A-Za-z])([A-Za-z])\]")


def bare_words(regex: str, gap: str = " ") -> str:
    """A pattern without its syntax, alternatives apart by `|`; `gap` stands where it lets the text vary."""
    regex = _EITHER_CASE.sub(lambda m: m[1] if m[1].lower() == m[2].lower() else m[0], regex)
    return _SYNTAX.sub(" ", _VARIES.sub("\0", regex)).replace("\0", gap)
