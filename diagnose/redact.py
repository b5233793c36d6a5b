"""Secrets taken out of text before it is shown, saved or sent; what a diagnosis needs stays.

Takes text, one line or many; gives it with every password, key and token replaced by a name such as `[password-1]`:
the same secret has the same name for as long as the `Redactor` lives. Hosts, ports, users, ids, versions and codes are
never touched. Knows nothing of where the text comes from or goes. The kinds of tokens are those of public scanners
(trivy's builtin rules, gitleaks' configuration); the patterns are its own (see secrets).

A rule is tried only where one of its needles stands in the text, so an ordinary line costs microseconds.
"""

from __future__ import annotations

import hashlib
import secrets as random_bytes
from typing import TYPE_CHECKING

from diagnose.secrets import RULES, Rule

if TYPE_CHECKING:
    import re

KEPT = 100_000  # pseudonyms remembered; beyond, a secret is still replaced, but by `[password]`


def _by_needle() -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {}
    for index, rule in enumerate(RULES):
        for needle in rule.needles:
            table[needle] = (*table.get(needle, ()), index)
    return table


_NEEDLES = _by_needle()
_ALWAYS = tuple(index for index, rule in enumerate(RULES) if not rule.needles)


class Redactor:
    """Replaces secrets by stable pseudonyms; `counts` tells how many were replaced, by kind.

    No secret is kept: what is remembered is a keyed digest, whose key lives and dies with this object.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._names: dict[bytes, str] = {}
        self._last: dict[str, int] = {}
        self._key = random_bytes.token_bytes(16)

    def redact(self, text: str) -> str:
        """`text` without its secrets. Redacting twice changes nothing more. Time grows linearly with the text."""
        low = text.lower()
        found = [needle for needle in _NEEDLES if needle in low]
        whole = len(text) >= 60 and (" " not in text or "\n" in text)
        if not found and not whole:
            return text
        tried = {index for needle in found for index in _NEEDLES[needle]}
        if whole:
            tried.update(_ALWAYS)
        for index in sorted(tried):
            text = self._apply(RULES[index], text)
        return text

    def _apply(self, rule: Rule, text: str) -> str:
        def replace(match: re.Match[str]) -> str:
            everything = match[0]
            group = match.lastgroup
            if group is None:
                return everything
            length = rule.length(match, match[group])
            if not length:
                return everything
            start = match.start(group) - match.start()
            name = self._name(rule.kind, match[group][:length])
            return everything[:start] + name + everything[start + length :]

        return rule.pattern.sub(replace, text)

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
