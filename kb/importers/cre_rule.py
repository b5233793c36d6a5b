"""What the conditions of a CRE rule mean, as signals of an article.

Takes the `rule` of a CRE document and the named terms; gives signals, symptoms and what could not be expressed. Every
term is a signal of its own and a symptom, because a pasted text often holds one line of three; the rule as a whole is
the signal `rule`, with the window, counts and vetoes of the original to the letter.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from diagnose.match.conditions import seconds
from diagnose.scan.pattern_check import faults
from diagnose.scan.patterns import trimmed
from kb.importers.jq import tests

MOST_TERMS = 1000
DEEPEST = 8
_TERM = frozenset(
    ("field", "value", "jq", "regex", "count", "set", "sequence", "window", "slide", "anchor", "absolute")
)


class Unusable(Exception):
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
    """One rule being read: collects its signals. Lives inside `conditions` only."""

    def __init__(self, terms: dict[str, Any]) -> None:
        self.terms = terms
        self.signals: dict[str, dict[str, Any]] = {}
        self.positive: list[str] = []
        self.left: list[str] = []
        self.reserved = {"rule"}
        self.depth = 0

    def rule(self, kind: str, part: Any) -> Conditions:
        whole = self.condition(kind, part, "rule")
        symptoms = [whole, *(name for name in dict.fromkeys(self.positive) if name != whole)]
        # The whole rule first, then what it is made of.
        signals = {whole: self.signals.pop(whole), **self.signals}
        return Conditions(signals, symptoms, whole, tuple(self.left))

    def condition(self, kind: str, part: Any, name: str) -> str:
        """The signal of a set or sequence; a single plain term is its own."""
        if not isinstance(part, dict):
            raise Unusable(f"a {kind} that is not a mapping")
        steps = self.steps(kind, part)
        negated = [veto for term in _listed(part.get("negate")) if (veto := self.negated(term))]
        if len(steps) == 1 and steps[0][1] == 1 and not negated:
            return steps[0][0]
        anchored = any(veto.get("anchor") for veto in negated)
        # Without one, the engine takes a window of no width: all at one time.
        window = _duration(part.get("window"), "window") or "0s"
        signal = _signal(kind, steps, window, anchored)
        signal |= {"window": window}
        if by := self.by(part):
            signal |= {"by": by}
        if negated:
            signal |= {"not": negated}
        self.signals[name] = signal
        return name

    def steps(self, kind: str, part: dict[str, Any]) -> list[tuple[str, int]]:
        """(signal, how often) of each positive term; what a set lists twice counts twice."""
        steps: list[tuple[str, int]] = []
        for term in _listed(part.get("order" if kind == "sequence" else "match")):
            try:
                name, count = self.term(term)
            except Unusable as reason:
                self.left.append(str(reason))
                continue
            known = dict(steps)
            if kind == "set" and name in known:
                steps = [(n, c + count if n == name else c) for n, c in steps]
            else:
                steps.append((name, count))
        if not steps:
            raise Unusable("; ".join(self.left) or f"a {kind} without terms")
        if sum(count for _, count in steps) > MOST_TERMS:
            raise Unusable(f"more than {MOST_TERMS} terms, counts included")
        return steps

    def negated(self, term: Any) -> dict[str, Any] | None:
        try:
            options = term if isinstance(term, dict) else {}
            veto: dict[str, Any] = {"signal": self.term(term, positive=False)[0]}
            for key in ("window", "slide"):
                if text := _duration(options.get(key), key):
                    veto[key] = text
            if anchor := _whole(options.get("anchor"), "anchor", 0):
                veto["anchor"] = anchor
            return veto | ({"absolute": True} if options.get("absolute") is True else {})
        except Unusable as reason:
            self.left.append(f"negate: {reason}")
            return None

    def by(self, part: dict[str, Any]) -> list[str]:
        """Correlations join by fields of the engine's own; here only what a pattern captures can join."""
        fields = [field for field in _listed(part.get("correlations")) if isinstance(field, str)]
        captured = " ".join(str(signal.get("regex", "")) for signal in self.signals.values())
        self.left += (f"correlation '{f}': no pattern captures it" for f in fields if f"(?P<{f}>" not in captured)
        return [field for field in fields if f"(?P<{field}>" in captured]

    def term(self, term: Any, positive: bool = True) -> tuple[str, int]:
        """The signal of a term, and how often the rule wants it."""
        if isinstance(term, str) and isinstance(self.terms.get(term), dict):
            term = self.terms[term]
        if isinstance(term, str):
            term = {"value": term}
        if not isinstance(term, dict):
            raise Unusable("a term that is neither a text nor a mapping")
        count = _whole(term.get("count"), "count", 1)
        for key in sorted(set(term) - _TERM):
            self.left.append(f"unknown field '{key}' of a term")
        for kind in ("set", "sequence"):
            if isinstance(term.get(kind), dict):
                return self.nested(kind, term[kind]), count
        name = self.plain(term)
        if positive:
            self.positive.append(name)
        return name, count

    def nested(self, kind: str, part: Any) -> str:
        if self.depth >= DEEPEST:
            raise Unusable(f"terms nested deeper than {DEEPEST} levels")
        self.depth += 1
        try:
            return self.condition(kind, part, self.free(kind))
        finally:
            self.depth -= 1

    def free(self, stem: str) -> str:
        """A name that no signal has yet."""
        number, name = 1, stem
        while name in self.signals or name in self.reserved:
            number += 1
            name = f"{stem}-{number}"
        self.reserved.add(name)
        return name

    def plain(self, term: dict[str, Any]) -> str:
        if isinstance(term.get("value"), str) and term["value"].strip():
            return self.pattern({"contains": term["value"]}, term["value"])
        if isinstance(term.get("regex"), str) and term["regex"].strip():
            return self.regex(term["regex"])
        if isinstance(term.get("jq"), str):
            return self.fields(term["jq"])
        raise Unusable(f"a term without value, regex or jq ({', '.join(sorted(term))[:80]})")

    def fields(self, query: str) -> str:
        """Tests of fields of a JSON line as patterns that must all stand in one line."""
        found, rest = tests(query)
        if not found:
            raise Unusable(f"jq {query.split()!s:.80}: no simple test of a field")
        self.left += (f"jq: {part[:80]!r} is no simple test of a field" for part in rest)
        names = [self.pattern({"regex": regex}, regex) for regex in found]
        if len(names) == 1:
            return names[0]
        name = self.free("fields")
        self.signals[name] = {"set": names, "lines": 0}
        return name

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
        name = self.free("-".join(words[:6]).lower()[:40].strip("-") or "term")
        self.signals[name] = signal
        return name


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _duration(value: Any, name: str) -> str:
    """A Go duration as it stands; empty where there is none."""
    text = "" if value is None else str(value).strip()
    try:
        return text if text and seconds(text) else ""
    except ValueError:
        raise Unusable(f"the {name} '{text[:40]}' is no duration") from None


def _whole(value: Any, name: str, least: int) -> int:
    if value is None:
        return least
    if not re.fullmatch(r"\d{1,6}", str(value)) or int(value) < least:
        raise Unusable(f"the {name} '{str(value)[:40]}' is no number of {least} or more")
    return int(value)


def _signal(kind: str, steps: list[tuple[str, int]], window: str, anchored: bool) -> dict[str, Any]:
    """Members with their counts. The engine's anchors count repeats, so that an anchored sequence writes them out."""
    if len(steps) == 1:
        name, count = steps[0]
        return {"set": [name], **({"count": count} if count > 1 else {})}
    if kind == "sequence" and anchored:
        return {"sequence": [name for name, count in steps for _ in range(count)]}
    members: list[Any] = [
        name if count == 1 else {"set": [name], "count": count, "window": window} for name, count in steps
    ]
    return {kind: members}
