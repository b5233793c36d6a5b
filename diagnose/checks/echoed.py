"""Outcomes of commands that the paste shows behind a prompt, for tools that no recogniser knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.checks.answers import CheckAnswer
from diagnose.checks.patterns import LONGEST_BLOCK, command_lines, first_outcome
from diagnose.checks.targets import (
    assumed_of,
    same_host,
    same_path,
    targets_of,
)
from diagnose.model import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from diagnose.model import Problem, Strength
    from diagnose.scan.passages import Passage


_PROMPT = re.compile(
    r"^\s*(?:PS\b[^>\n]{0,200}>|[A-Za-z]:\\[^>\n]{0,200}>|(?:\[?[\w.-]+@[^$#\n]{1,100})?[$#]\s)\s*(\S.*)$"
)


def echoed(
    name: str,
    problem: Problem,
    values: Mapping[str, str],
    passages: Sequence[Passage],
    claimed: set[tuple[str, int]],
    assumed: Collection[str],
) -> CheckAnswer | None:
    """The outcome of a command that the paste shows behind a prompt: for tools that no recogniser knows."""
    check = problem.checks[name]
    targets = {values[n].casefold() for n in targets_of(check, problem.params).values() if n in values}
    defaults = {problem.params[n].default.casefold() for n in assumed_of(check, problem.params, assumed)}
    wanted = [line.casefold().split() for line in command_lines(check, values) if line.split()]
    for passage in reversed(passages):
        for index in range(len(passage.lines) - 1, -1, -1):
            prompt = _PROMPT.match(passage.lines[index][:2000])
            if prompt is None or (passage.source, passage.first + index) in claimed:
                continue
            words = prompt[1].casefold().split()
            same = [line for line in wanted if _same_command(line, words)]
            if not same:
                continue
            block = _block(passage.lines, index)
            outcome = first_outcome(check, "\n".join(block))
            if outcome:
                at = Place(source=passage.source, line=passage.first + index)
                quote = " / ".join(block)[:400]
                if all(_of_other(line, words, targets) for line in same):
                    return CheckAnswer(name, "", at, quote, f"output of '{prompt[1]}', which is about another target")
                limit: Strength | None = "weak" if defaults and defaults & set(words) else None
                return CheckAnswer(name, outcome, at, quote, limit=limit)
    return None


def _same_command(wanted: Sequence[str], typed_in: Sequence[str]) -> bool:
    """The same program, and no number (a port, mostly) of ours that the typed line lacks."""
    numbers = {word for word in wanted if word.isdigit()}
    return wanted[0] == typed_in[0] and numbers <= set(typed_in)


def _of_other(wanted: Sequence[str], typed_in: Sequence[str], targets: Collection[str]) -> bool:
    """Whether two forms of one command differ in the word that is a target, one above or below the other left out."""
    if len(wanted) != len(typed_in):
        return False
    pairs = [(ours, theirs) for ours, theirs in zip(wanted, typed_in, strict=True) if ours in targets]
    return any(
        same_host(ours, {"host": theirs}) == "other" and same_path(ours, theirs) == "other" for ours, theirs in pairs
    )


def _block(lines: Sequence[str], index: int) -> list[str]:
    """The lines after the prompt at `index`, up to the next prompt."""
    block = []
    for line in lines[index + 1 : index + 1 + LONGEST_BLOCK]:
        if _PROMPT.match(line[:2000]):
            break
        block.append(line)
    return block
