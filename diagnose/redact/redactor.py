"""Secrets taken out of text before it is shown, saved or sent; what a diagnosis needs stays.

Takes text, one line or many; gives it with every password, key and token replaced by a name such as `[password-1]`.
The same secret has the same name for as long as the `Redactor` lives. Hosts, ports, users, ids, versions and error
codes are never touched. What a secret looks like stands in rules and tokens.

A rule is tried only where one of its words stands in the text, so that an ordinary line costs microseconds. Knows
nothing of where the text comes from or goes.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from diagnose.redact.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from diagnose.redact.rule import Rule

KEPT = 100_000  # pseudonyms remembered; beyond, a secret is still replaced, but by `[password]`
_SHORTEST_TOKEN = 16  # of those known by their first letters
_STEM = 3
_SHORTEST_BODY = 60  # a line of a key's body, which has no word to know it by
_NAMED_APART = re.compile(r"\[([a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*)-x([0-9a-f]{16})\]")
_PATHS = re.compile(r"([/\\!])")
_SEPARATOR = re.compile(r"[-_.+,;@#=()\[\]{} ]+")
_MOST_SEPARATORS = 40  # in a part of a name

# Text in lower case as words of letters, digits and . _ ~ -
_SPLIT = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz0123456789._~-" else 0x20 for code in range(256))


class _Index:
    """Rules, and which of them the pieces of a text call for."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.parts = _table(rules, lambda rule: rule.parts)
        self.words = {word.encode(): numbers for word, numbers in _table(rules, lambda rule: rule.words).items()}
        self.stems = {stem.encode(): numbers for stem, numbers in _table(rules, lambda rule: rule.stems).items()}
        self.sizes = _table(rules, lambda rule: rule.sizes)
        self.unnamed = tuple(n for n, rule in enumerate(rules) if not any(rule[3:]))
        self.all_words, self.all_stems = frozenset(self.words), frozenset(self.stems)
        self.all_sizes = frozenset(self.sizes)
        self.all_parts = tuple(self.parts)

    def candidates(self, text: str) -> Sequence[int]:
        """The numbers of the rules that could find something, in order."""
        low = text.lower()
        words = low.encode("utf-8", "surrogatepass").translate(_SPLIT).split()
        parts = [part for part in self.all_parts if part in low]
        known = self.all_words.intersection(words)
        long = [word for word in words if len(word) >= _SHORTEST_TOKEN]
        stems = self.all_stems.intersection([word[:_STEM] for word in long]) if long else ()
        sizes = self.all_sizes.intersection(map(len, long)) if long else ()
        alone = len(text) >= _SHORTEST_BODY and _may_hold_body(text)
        if not (parts or known or stems or sizes or alone):
            return ()
        numbers = set(self.unnamed if alone else ())
        numbers.update(*(self.parts[part] for part in parts), *(self.words[word] for word in known))
        numbers.update(*(self.stems[stem] for stem in stems), *(self.sizes[size] for size in sizes))
        return sorted(numbers)


def _may_hold_body(text: str) -> bool:
    """Whether a line of `text` may end in a line of a key's body."""
    return "\n" in text or " " not in text[-_SHORTEST_BODY:].rstrip()


def _table(rules: Sequence[Rule], keys_of: Callable[[Rule], Iterable[Any]]) -> dict[Any, tuple[int, ...]]:
    table: dict[Any, tuple[int, ...]] = {}
    for number, rule in enumerate(rules):
        table.update({key: (*table.get(key, ()), number) for key in keys_of(rule)})
    return table


@cache
def _index(personal: bool) -> _Index:
    if not personal:
        return _Index(RULES)
    from diagnose.redact.personal import PERSONAL

    return _Index((*RULES, *PERSONAL))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class Redactor:
    """Replaces secrets by stable pseudonyms; `counts` tells how many places were replaced, by kind.

    No secret is kept: what is remembered is a keyed digest, whose key lives and dies with this object. With `personal`,
    data of persons is replaced as well (see personal). `apart` gives names for texts that another redactor reads later, which
    numbers them as if it had met the secrets themselves: `[password-x0a1b2c3d4e5f6071]`.
    """

    def __init__(self, *, personal: bool = False, apart: bool = False) -> None:
        self._apart = apart
        self._index = _index(personal)
        self.counts: dict[str, int] = {}
        self._names: dict[bytes, str] = {}
        self._last: dict[str, int] = {}
        self._key = os.urandom(16)

    def redact(self, text: str) -> str:
        """`text` without its secrets. Redacting again changes nothing more. Time grows linearly with the text.

        Redact before clipping: of a secret that was cut, the rest may no longer look like one.
        """
        if "-x" in text and not self._apart:
            text = _NAMED_APART.sub(lambda match: self._name(match[1], match[2]), text)
        for number in self._index.candidates(text):
            text = self._apply(self._index.rules[number], text)
        return text

    def redact_name(self, name: str) -> str:
        """The name of a file, or of a member of an archive, without its secrets: each part of the path by itself, and in
        it whatever follows a separator, since in a name a secret begins anywhere; of a URI, who may read it as well. Another
        name stays another name."""
        name = self.redact(name) if "://" in name else name
        return "".join(self._redact_part(part) for part in _PATHS.split(name))

    def _redact_part(self, part: str) -> str:
        part, at = self.redact(part), 0
        for _ in range(_MOST_SEPARATORS):
            separator = _SEPARATOR.search(part, at)
            if separator is None:
                break
            at = separator.end()
            part = part[:at] + self.redact(part[at:])
        return part

    def _apply(self, rule: Rule, text: str) -> str:
        def replaced(match: re.Match[str]) -> str:
            group = match.lastgroup
            length = rule.judge(match) if group else 0
            if not group or not length:
                return match[0]
            start = match.start(group) - match.start()
            secret = match[group][:length]
            name = self._name(rule.kind, secret) + "\n" * secret.count("\n")  # the lines after it keep their numbers
            return match[0][:start] + name + match[0][start + length :]

        return _compiled(rule.pattern).sub(replaced, text)

    def _name(self, kind: str, secret: str) -> str:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        import hashlib  # late: OpenSSL is slow to load, and most texts hold no secret

        digest = hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
        if self._apart:
            return f"[{kind}-x{digest[:8].hex()}]"
        name = self._names.get(digest)
        if name is None:
            if len(self._names) >= KEPT:
                return f"[{kind}]"
            self._last[kind] = self._last.get(kind, 0) + 1
            name = self._names[digest] = f"[{kind}-{self._last[kind]}]"
        return name
