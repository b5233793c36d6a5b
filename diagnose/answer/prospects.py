"""What the answer of a check would make of the causes, one outcome at a time, and how each outcome looks in its output.

Takes a candidate and one of its checks; gives `Prospect`s, worked out by the code that gives the odds themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.diagnosis import Prospect
from diagnose.model import Evidence, Place
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.answer.candidate import Candidate
    from diagnose.diagnosis import ShownCheck
    from diagnose.model import Outcome

LEAST_MOVE = 0.005  # an outcome that moves the leading cause by less tells nothing
LONGEST_LOOK = 44
# What a tool can tell at all: outcomes that a check knows from other tools are not promised for its output.
_TELLS = {"Test-NetConnection": {"connected", "failed", "name-error"}}
_LOOKS_OF = {
    "TcpTestSucceeded": "Test-NetConnection",
    "Name resolution of": "Test-NetConnection",
    "Name or service": "nc ",
    "Temporary failure": "nc ",
    "nodename nor": "nc ",
    "Ncat:": "nc ",
    "STATE : ": "sc ",
}
# A pattern that says one text: its blanks and borders, written plainly.
_PLAIN = (
    (late(r"\(\?i\)|\\b|^\^|\$$|\\s\*$|\[ \\t\]\{0,\d+\}(?=\$|$)"), ""),
    (late(r"\\s\*:\\s\*|\[ \\t\]\{0,\d+\}: ?"), " : "),
    (late(r"\\s[+*]|\[ \\t\]\{\d,\d+\}"), " "),
    (late(r"\\S\{1,\d+\}"), "<...>"),
    (late(r"\\([-.:()\[\]/])"), r"\1"),
)
_STILL_A_PATTERN = late(r"[\\^$*+?{}|\[\]]|(?<!\.)\.(?!\w|\.|$)")


def prospects(case: Candidate, shown: ShownCheck) -> tuple[Prospect, ...]:
    """For every outcome that the command shown can tell and that moves the causes, what it would make of them."""
    return tuple(_prospects(case, shown))


def _prospects(case: Candidate, shown: ShownCheck) -> Iterator[Prospect]:
    check = case.problem.checks[shown.id]
    command = shown.commands[0].command if shown.commands else ""
    tells = next((states for tool, states in _TELLS.items() if tool in command), set(check.outcomes))
    before = _shares(case)
    leader = max(before, key=lambda cause: before[cause])  # on a tie the first, as the next check names it
    for name, outcome in check.outcomes.items():
        after = _shares(case, f"{shown.id}.{name}")
        best = max(after, key=lambda cause: (after[cause], cause == leader))
        if name not in tells or abs(after[leader] - before[leader]) < LEAST_MOVE:
            continue
        title = next((cause.title for cause in case.problem.causes if cause.id == best), "")
        yield Prospect(
            outcome=name,
            looks=looks_of(outcome, command),
            cause=f"{case.problem.id}/{best}",
            title=title,
            probability=round(after[best], 6),
            leader=round(after[leader], 6),
        )


def _shares(case: Candidate, seen: str = "") -> dict[str, float]:
    """P of every declared cause, had `seen` been seen as well."""
    more = Evidence(problem=case.problem.id, seen=seen, at=Place(source="", line=0), quote="")
    odds = case.odds_with(more) if seen else case.odds
    return {one.cause.id: case.share * one.share for one in odds if one.cause}


def looks_of(outcome: Outcome, command: str = "") -> str:
    """A text that the output of `command` holds with this outcome; empty where only a pattern describes it."""
    texts = [text for text in (*outcome.contains, *map(_plain, outcome.regex)) if 0 < len(text) <= LONGEST_LOOK]
    tools = {text: next((tool for word, tool in _LOOKS_OF.items() if text.startswith(word)), "") for text in texts}
    own = [text for text in texts if tools[text] and tools[text] in command]
    return next(iter(own or [text for text in texts if not tools[text]]), "")


def _plain(regex: str) -> str:
    for pattern, plain in _PLAIN:
        regex = pattern.sub(plain, regex)
    return "" if _STILL_A_PATTERN.search(regex) else regex.strip()
