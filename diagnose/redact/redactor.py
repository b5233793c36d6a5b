"""Secrets taken out of text before it is shown, saved or sent; what a diagnosis needs stays.

Takes text, one line or many; gives it with every password, key and token replaced by a name such as `[password-1]`.
The same secret has the same name for as long as the `Redactor` lives. Hosts, ports, users, ids, versions and error
codes are never touched. What a secret looks like stands in redact_rules and redact_tokens.

A rule is tried only where one of its words stands in the text, so that an ordinary line costs microseconds. Knows
nothing of where the text comes from or goes.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from typing import TYPE_CHECKING

from diagnose.redact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from diagnose.redact.rule import Rule

KEPT = 100_000  # pseudonyms remembered; beyond, a secret is still replaced, but by `[password]`
_SHORTEST_TOKEN = 16  # of those known by their first letters
_STEM = 3
_SHORTEST_BODY = 60  # a line of a key's body, which has no word to know it by

# Text in lower case as words of letters, digits and . _ ~ -
_SPLIT = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz0123456789._~-" else 0x20 for code in range(256))


def _index(keys: Callable[[Rule], Iterable[str]]) -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {}
    for number, rule in enumerate(RULES):
        for key in keys(rule):
            table[key] = (*table.get(key, ()), number)
    return table


_PARTS = _index(lambda rule: rule.parts)
_WORDS = {word.encode(): numbers for word, numbers in _index(lambda rule: rule.words).items()}
_STEMS = {stem.encode(): numbers for stem, numbers in _index(lambda rule: rule.stems).items()}
_UNNAMED = tuple(number for number, rule in enumerate(RULES) if not (rule.parts or rule.words or rule.stems))
_ALL_PARTS = tuple(_PARTS)
_ALL_WORDS = frozenset(_WORDS)
_ALL_STEMS = frozenset(_STEMS)


def _candidates(text: str) -> Sequence[int]:
    """The numbers of the rules that could find something, in order."""
    low = text.lower()
    words = low.encode("utf-8", "surrogatepass").translate(_SPLIT).split()
    parts = [part for part in _ALL_PARTS if part in low]
    known = _ALL_WORDS.intersection(words)
    stems = _ALL_STEMS.intersection([word[:_STEM] for word in words if len(word) >= _SHORTEST_TOKEN])
    alone = len(text) >= _SHORTEST_BODY and (" " not in text or "\n" in text)
    if not (parts or known or stems or alone):
        return ()
    numbers = set(_UNNAMED if alone else ())
    numbers.update(*(_PARTS[part] for part in parts), *(_WORDS[word] for word in known))
    numbers.update(*(_STEMS[stem] for stem in stems))
    return sorted(numbers)


@cache
def _compiled(number: int) -> re.Pattern[str]:
    return re.compile(RULES[number].pattern)


class Redactor:
    """Replaces secrets by stable pseudonyms; `counts` tells how many places were replaced, by kind.

    No secret is kept: what is remembered is a keyed digest, whose key lives and dies with this object.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._names: dict[bytes, str] = {}
        self._last: dict[str, int] = {}
        self._key = os.urandom(16)

    def redact(self, text: str) -> str:
        """`text` without its secrets. Redacting again changes nothing more. Time grows linearly with the text.

        Redact before clipping: of a secret that was cut, the rest may no longer look like one.
        """
        for number in _candidates(text):
            text = self._apply(number, text)
        return text

    def _apply(self, number: int, text: str) -> str:
        rule = RULES[number]

        def replaced(match: re.Match[str]) -> str:
            group = match.lastgroup
            length = rule.judge(match) if group else 0
            if not group or not length:
                return match[0]
            start = match.start(group) - match.start()
            secret = match[group][:length]
            name = self._name(rule.kind, secret) + "\n" * secret.count("\n")  # the lines after it keep their numbers
            return match[0][:start] + name + match[0][start + length :]

        return _compiled(number).sub(replaced, text)

    def _name(self, kind: str, secret: str) -> str:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        digest = hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
        name = self._names.get(digest)
        if name is None:
            if len(self._names) >= KEPT:
                return f"[{kind}]"
            self._last[kind] = self._last.get(kind, 0) + 1
            name = self._names[digest] = f"[{kind}-{self._last[kind]}]"
        return name
