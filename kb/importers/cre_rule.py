"""What the conditions of a CRE rule mean, as signals of an article.

Takes the `rule` of a CRE document and the named terms; gives signals, symptoms and what could not be expressed. Every
term is a signal of its own and a symptom, because a pasted text often holds one line of three; the rule as a whole is
the signal `rule`.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from diagnose.patterns import trimmed
from diagnose.regexcheck import faults

MOST_TERMS = 64


class Unusable(Exception):  # noqa: N818 - a reason, not an error of the program
    """Why a file, a rule or a part of one cannot be brought over."""


class Conditions(Struct, frozen=True):
    """`whole` names the signal that stands for the whole rule."""

    signals: dict[str, dict[str, Any]]
    symptoms: list[str]
    whole: str
    left: tuple[str, ...]


def conditions(rule: Any, terms: dict[str, Any]) -> Conditions:
    """The signals of a rule. Unusable where nothing of it can be expressed."""
    if not isinstance(rule, dict) or not (rule.get("sequence") or rule.get("set")):
        raise Unusable("a rule without 'set' or 'sequence'")
    # Where a rule has both, its engine builds the sequence.
    kind = "sequence" if rule.get("sequence") else "set"
    return _Reader(terms).rule(kind, rule[kind])


class _Reader:
    def __init__(self, terms: dict[str, Any]) -> None:
        self.terms = terms
        self.signals: dict[str, dict[str, Any]] = {}
        self.left: list[str] = []

    def rule(self, kind: str, part: Any) -> Conditions:
        listed = part.get("order" if kind == "sequence" else "match") if isinstance(part, dict) else None
        names = []
        for term in listed if isinstance(listed, list) else ():
            try:
                names.append(self.term(term))
            except Unusable as reason:
                self.left.append(str(reason))
        names = list(dict.fromkeys(names))
        if not names:
            raise Unusable("; ".join(self.left) or f"a {kind} without terms")
        return Conditions(self.signals, names, names[0], tuple(self.left))

    def term(self, term: Any) -> str:
        if isinstance(term, str):
            named = self.terms.get(term)
            return self.term(named) if isinstance(named, dict) else self.pattern({"contains": term}, term)
        if not isinstance(term, dict):
            raise Unusable("a term that is neither a text nor a mapping")
        if isinstance(term.get("value"), str) and term["value"].strip():
            return self.pattern({"contains": term["value"]}, term["value"])
        if isinstance(term.get("regex"), str):
            return self.regex(term["regex"])
        raise Unusable(f"a term of an unknown kind ({', '.join(sorted(term))[:80]})")

    def regex(self, regex: str) -> str:
        caseless = regex.startswith("(?i)")
        bare = trimmed(regex[4:] if caseless else regex)
        while bare.startswith(".*") and len(bare) > 2:
            bare = bare[3 if bare.startswith(".*?") else 2 :]
        wrong = faults(bare)
        if wrong:
            raise Unusable(f"the pattern {regex[:80]!r} {wrong[0][1]}")
        return self.pattern({"regex": bare}, bare, caseless)

    def pattern(self, signal: dict[str, Any], text: str, caseless: bool = False) -> str:
        signal |= {} if caseless else {"case": True}
        for name, known in self.signals.items():
            if known == signal:
                return name
        words = re.findall(r"[A-Za-z0-9]+", re.sub(r"\\[a-zA-Z]|\(\?[a-zA-Z]*[:)]", " ", text))
        name = stem = "-".join(words[:6]).lower()[:40].strip("-") or "term"
        number = 1
        while name in self.signals or name == "rule":
            number += 1
            name = f"{stem}-{number}"
        self.signals[name] = signal
        return name
