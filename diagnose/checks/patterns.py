"""The patterns of outcomes against a text, and the slots of commands filled for comparison."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from diagnose.checks.not_run import Refusal, refusals
from diagnose.scan.linear import compile_text
from diagnose.scan.needed import needed_texts
from diagnose.templates import filled_plain
from diagnose.text.fold import fold_literal
from diagnose.text.late import late

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from diagnose.model import Check, Outcome, Problem
    from diagnose.outputs.base import Output


Need = tuple[tuple[str, ...], ...]
# A state, and the one that says the same with less detail.
LESS = dict.fromkeys(("refused", "timeout", "unreachable"), "failed") | dict.fromkeys(
    ("expired", "untrusted", "name-mismatch"), "tls-error"
)
LONGEST_BLOCK = 200
SHORTEST_WORDS = 8  # letters that a command prints itself, of which a line of chance has none
_QUOTED = late(r"'([^'\n]{0,400})'|\"([^\"\n]{0,400})\"")
_PRINTED = late(r"\b(?:echo|printf|Write-Output|Write-Host)\s+(?:-\w+\s+)?(?:'([^'\n]{8,400})'|\"([^\"\n]{8,400})\")")
_FILLED = late(r"\$\{\w+\}|\$\(.*?\)|\$[\w.:]+|\{\d+(?::\w+)?\}")
_WORD = late(r"[A-Za-z][\w.]{11,80}")


def outcome_of(check: Check, state: str) -> str:
    """The outcome of `check` that `state` is: of that name, or one that says the same with less detail; else empty."""
    return next((name for name in (state, LESS.get(state, "")) if name in check.outcomes), "")


def quote_of(output: Output) -> str:
    return " / ".join(line.strip() for line in output.text.splitlines() if line.strip())[:400]


def first_outcome(check: Check, text: str) -> str:
    """The first outcome, in the order of the article, that `text` shows."""
    folded, lowered = _folded(text)
    for name, outcome in check.outcomes.items():
        if shows(outcome, text, folded if outcome.case else lowered):
            return name
    return ""


# A text is held against every check of every problem that may be it: what is said of the text alone is worked out once.
@lru_cache(maxsize=2048)
def _folded(text: str) -> tuple[str, str]:
    folded = fold_literal(text)
    return folded, folded.lower()


@lru_cache(maxsize=2048)
def _refusals(text: str) -> tuple[Refusal, ...]:
    return refusals(text.split("\n"))


def told_by(check: Check, text: str) -> tuple[str, str]:
    """(outcome, why not): the first outcome that `text` shows, unless the text says that the command did not run.

    What an article itself takes for an answer of the check, such as a denial that it names, stays one.
    """
    outcome = first_outcome(check, text)
    refused = _refusals(text)
    named = any(first_outcome(check, refusal.record) for refusal in refused)
    return ("", refused[0].why) if refused and not named else (outcome, "")


def names_itself(check: Check, text: str) -> bool:
    """Whether `text` holds words that the command of `check` has in it: a header that it prints, a name that it asks for.

    Such a text is the output of that command; any other one merely looks like it.
    """
    return any(word in text for word in _words_of(tuple(line for lines in check.commands.values() for line in lines)))


@lru_cache(maxsize=1024)
def _words_of(commands: tuple[str, ...]) -> frozenset[str]:
    """Texts between quotes in commands, without what is filled in, and long words of theirs."""
    found = set()
    for command in commands:
        found |= _pieces(_QUOTED, command)
        found |= {word for word in _WORD.findall(_FILLED.sub(" ", command)) if "." in word or "_" in word}
    return frozenset(found)


def printed_line(check: Check, text: str) -> tuple[int, str, str] | None:
    """The last line of `text` that a command of `check` prints in words of its own, and that shows an outcome: its index,
    itself, the outcome.

    Such a line tells what it is wherever it stands, unless the text shows an outcome that goes before it: some commands
    only print that they ended. A line of the command itself, pasted with its quotes, is none.
    """
    words = printed_words(check)
    if not any(word in text for word in words):
        return None
    for index, line in reversed([*enumerate(text.split("\n"))]):
        said = [word for word in words if word in line]
        typed = _PRINTED.search(line) or any(word + quote in line for word in said for quote in "'\"")
        if said and not typed and (outcome := first_outcome(check, line)):
            return (index, line, outcome) if first_outcome(check, text) == outcome else None
    return None


def printed_words(check: Check) -> frozenset[str]:
    """The texts that the commands of `check` print themselves."""
    return _printed_of(tuple(line for lines in check.commands.values() for line in lines))


@lru_cache(maxsize=1024)
def _printed_of(commands: tuple[str, ...]) -> frozenset[str]:
    return frozenset(piece for command in commands for piece in _pieces(_PRINTED, command))


def _pieces(quotes: re.Pattern[str], command: str) -> set[str]:
    """What stands between quotes without what is filled in, as far as it is long enough to be no chance."""
    pieces = (piece.strip() for found in quotes.findall(command) for piece in _FILLED.split(found[0] or found[1]))
    return {piece for piece in pieces if len(piece) >= SHORTEST_WORDS}


def shows(outcome: Outcome, text: str, folded: str) -> bool:
    """Whether any pattern of `outcome` is in `text`; `folded` is the same text folded, and lowered unless its case counts."""
    for literal in _literals(outcome.contains, outcome.case):  # a loop: twice as quick as any()
        if literal in folded:
            return True
    return any(_compiled(pattern, not outcome.case)(text[: LONGEST_BLOCK * 200]) for pattern in outcome.regex)


@lru_cache(maxsize=4096)
def _literals(texts: tuple[str, ...], case: bool) -> tuple[str, ...]:
    return tuple(folded if case else folded.lower() for folded in map(fold_literal, texts))


def needs_of(problem: Problem) -> Iterator[Need]:
    """Of each pattern of an outcome what a text holds that shows it: of each group one text, in small letters."""
    for check in problem.checks.values():
        for outcome in check.outcomes.values():
            yield from (((fold_literal(text).lower(),),) for text in outcome.contains)
            for regex in outcome.regex:
                groups = (tuple(text.decode("utf-8", "replace") for text in group) for group in needed_texts(regex))
                yield tuple(group for group in groups if all(map(str.isascii, group)))


def may_show(needs: Iterable[Need], texts: Sequence[str]) -> bool:
    """Whether any of `needs` is met by one of `texts`: the same text as it stands and folded, in small letters."""
    return any(all(any(needed in text for needed in group for text in texts) for group in groups) for groups in needs)


@lru_cache(maxsize=4096)
def _compiled(pattern: str, caseless: bool) -> Callable[[str], bool]:
    return compile_text(pattern, caseless)


def command_lines(check: Check, values: Mapping[str, str]) -> list[str]:
    return [filled_plain(line, values) for lines in check.commands.values() for line in lines]
