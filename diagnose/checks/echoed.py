"""Outcomes of commands that the paste shows behind a prompt, for tools that no recogniser knows."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from diagnose.checks.answers import CheckAnswer
from diagnose.checks.not_run import refusals
from diagnose.checks.patterns import LONGEST_BLOCK, command_lines, told_by
from diagnose.checks.targets import (
    assumed_of,
    same_host,
    same_path,
    targets_of,
)
from diagnose.model import Place
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from diagnose.checks.not_run import Refusal
    from diagnose.model import Check, Problem, Strength
    from diagnose.scan.passages import Passage


_PROMPT = late(r"^\s*(?:PS\b[^>\n]{0,200}>|[A-Za-z]:\\[^>\n]{0,200}>|(?:\[?[\w.-]+@[^$#\n]{1,100})?[$#]\s)\s*(\S.*)$")
_NAME = late(r"[a-z][\w.-]{1,60}")
_CMDLET = late(r"\b[A-Z]\w{1,20}-[A-Z]\w{2,40}")
# What many commands are wrapped in: a refusal that names one of these names no check.
_ANY_CHECK = {
    "powershell",
    "cmd",
    "bash",
    "sh",
    "select-object",
    "where-object",
    "foreach-object",
    "sort-object",
    "echo",
}


def echoed(
    name: str,
    problem: Problem,
    values: Mapping[str, str],
    passages: tuple[Passage, ...],
    claimed: set[tuple[str, int]],
    assumed: Collection[str],
) -> CheckAnswer | None:
    """The outcome of a command that the paste shows behind a prompt: for tools that no recogniser knows."""
    check = problem.checks[name]
    targets = {values[n].casefold() for n in targets_of(check, problem.params).values() if n in values}
    defaults = {problem.params[n].default.casefold() for n in assumed_of(check, problem.params, assumed)}
    wanted = [_words(line) for line in command_lines(check, values) if _words(line)]
    unclear: CheckAnswer | None = None
    for passage, index, typed in reversed(_typed_in(passages)):
        if (passage.source, passage.first + index) in claimed:
            continue
        words = _words(typed)
        same = [line for line in wanted if _same_command(line, words)]
        if not same:
            continue
        block = _block(passage.lines, index)
        outcome, refused = told_by(check, "\n".join(block))
        at = Place(source=passage.source, line=passage.first + index)
        quote = " / ".join(block)[:400]
        if refused:
            unclear = unclear or CheckAnswer(name, "", at, quote, refused)
        if outcome:
            if all(_of_other(line, words, targets) for line in same):
                return CheckAnswer(name, "", at, quote, f"output of '{typed}', which is about another target")
            limit: Strength | None = "weak" if defaults and defaults & set(words) else None
            return CheckAnswer(name, outcome, at, quote, limit=limit)
    return unclear


@lru_cache(maxsize=2)  # every check of every candidate asks this of the same text
def _typed_in(passages: tuple[Passage, ...]) -> list[tuple[Passage, int, str]]:
    """Every line with a prompt: its passage, its index there, and what was typed."""
    return [
        (passage, index, prompt[1])
        for passage in passages
        for index, line in enumerate(passage.lines)
        if (prompt := _PROMPT.match(line[:2000]))
    ]


def refused_checks(problem: Problem, passages: tuple[Passage, ...]) -> dict[str, CheckAnswer]:
    """The checks of which a command did not run, as the text says in naming the command; with what it needs."""
    result: dict[str, CheckAnswer] = {}
    for at, refusal in _refusals_in(passages):
        said = frozenset(_NAME.findall(refusal.record.casefold()))
        for name, check in problem.checks.items():
            if said & _programs(check) and told_by(check, refusal.record)[1]:
                result[name] = CheckAnswer(name, "", at, refusal.record.strip()[:400], refusal.why)
    return result


@lru_cache(maxsize=2)
def _refusals_in(passages: tuple[Passage, ...]) -> list[tuple[Place, Refusal]]:
    return [
        (Place(source=passage.source, line=passage.first + refusal.line), refusal)
        for passage in passages
        for refusal in refusals(passage.lines)
    ]


def _programs(check: Check) -> set[str]:
    """The programs and cmdlets that the commands of a check call, as a refusal would name them."""
    called: set[str] = set()
    for line in command_lines(check, {}):
        words = _words(line)
        called |= {words[0].removesuffix(".exe")} if words and _NAME.fullmatch(words[0]) else set()
        called |= {word.casefold() for word in _CMDLET.findall(line)}
    return called - _ANY_CHECK


def _words(line: str) -> list[str]:
    """The words of a command in lower case, without the `sudo` before it."""
    words = line.casefold().split()
    while words and words[0] == "sudo":
        words.pop(0)
        while words and words[0].startswith("-"):
            words = words[2:] if words[0] in ("-u", "-g", "-h", "-p") else words[1:]
    return words


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
