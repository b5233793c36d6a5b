"""The patterns of outcomes against a text, and the slots of commands filled for comparison."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from diagnose.scan.linear import compile_text
from diagnose.templates import filled_plain
from diagnose.text.fold import fold_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diagnose.model import Check, Outcome
    from diagnose.outputs.base import Output


# A state, and the one that says the same with less detail.
LESS = dict.fromkeys(("refused", "timeout", "unreachable"), "failed") | dict.fromkeys(
    ("expired", "untrusted", "name-mismatch"), "tls-error"
)
LONGEST_BLOCK = 200


def outcome_of(check: Check, state: str) -> str:
    """The outcome of `check` that `state` is: of that name, or one that says the same with less detail; else empty."""
    return next((name for name in (state, LESS.get(state, "")) if name in check.outcomes), "")


def quote_of(output: Output) -> str:
    return " / ".join(line.strip() for line in output.text.splitlines() if line.strip())[:400]


def first_outcome(check: Check, text: str) -> str:
    """The first outcome, in the order of the article, that `text` shows."""
    folded = fold_literal(text)
    for name, outcome in check.outcomes.items():
        if _shows(outcome, text, folded):
            return name
    return ""


def _shows(outcome: Outcome, text: str, folded: str) -> bool:
    lowered = folded if outcome.case else folded.lower()
    literals = (fold_literal(text) for text in outcome.contains)
    return any((lit if outcome.case else lit.lower()) in lowered for lit in literals) or any(
        _compiled(pattern, not outcome.case)(text[: LONGEST_BLOCK * 200]) for pattern in outcome.regex
    )


@lru_cache(maxsize=4096)
def _compiled(pattern: str, caseless: bool) -> Callable[[str], bool]:
    return compile_text(pattern, caseless)


def command_lines(check: Check, values: Mapping[str, str]) -> list[str]:
    return [filled_plain(line, values) for lines in check.commands.values() for line in lines]
