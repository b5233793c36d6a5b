"""Lint of checks whose silence would acquit: outcomes that speak against a cause, or prove a fix, must be printed by a
command that ran.

Takes an article, gives (where in the text, what, way out) for `kb.authoring.linting.lint`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.checks.not_run import refusals
from diagnose.checks.patterns import shows
from diagnose.text.fold import fold_literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.model import Check, Outcome, Problem
    from kb.articles.article import Article

# What is left on the screen where nothing was found out.
SILENCE = {"a bare 0": "0", "an empty line": "\n\n"}
REFUSALS = (
    "Get-X : Access is denied",
    "At line:1 char:1\n    + CategoryInfo          : PermissionDenied: (:) [Get-X], UnauthorizedAccessException",
    "x : The term 'x' is not recognized as the name of a cmdlet, function, script file, or operable program.",
    "'x' is not recognized as an internal or external command,\noperable program or batch file.",
    "ERROR: Access is denied.",
    "bash: x: command not found",
    "sudo: a password is required",
    "x: cannot open: Permission denied",
)
_SILENCED = re.compile(
    r"\bSilentlyContinue\b|-(?:ErrorAction|EA)\s+(?:0|Ignore)\b|2>\s*(?:/dev/null|\$null|nul\b)|&>\s*/dev/null|\|\|\s*true\b",
    re.IGNORECASE,
)  # fmt: skip

# One call may go on without what it looks for where everything else stops.
_STOPS = re.compile(r"\$ErrorActionPreference\s*=\s*'?\"?Stop", re.IGNORECASE)


def clearing_outcomes_are_printed(article: Article) -> Iterator[tuple[str, str, str]]:
    """No outcome that clears is met by silence, a bare number or the message of a command that did not run."""
    for name, check in article.problem.checks.items():
        for outcome in clearing(article.problem, name, check):
            met = _met(check.outcomes[outcome])
            if met:
                yield (
                    f"{outcome}:",
                    f"outcome '{name}.{outcome}' speaks against a cause or proves a fix, and {met} would meet it",
                    "let the command print a line of its own that only a run that worked prints, and ask for that line",
                )


def clearing_commands_tell_errors(article: Article) -> Iterator[tuple[str, str, str]]:
    """No command that hides its errors stands behind an outcome that clears."""
    for name, check in article.problem.checks.items():
        outcomes = clearing(article.problem, name, check)
        for shell, lines in check.commands.items() if outcomes else ():
            for hidden in filter(None, (_SILENCED.search(line) for line in lines if not _STOPS.search(line))):
                yield (
                    hidden[0],
                    f"check '{name}': the {shell} command hides its errors ({hidden[0]}), and '{outcomes[0]}' speaks"
                    " against a cause or proves a fix",
                    "stop at errors (-ErrorAction Stop), or print what failed",
                )


def clearing(problem: Problem, name: str, check: Check) -> list[str]:
    """The outcomes of a check that speak against a cause or prove a fix."""
    named = {clue.check for cause in problem.causes for clue in cause.evidence if clue.refutes is not None}
    named |= {step.verify for cause in problem.causes for step in cause.remediation}
    return [outcome for outcome in check.outcomes if f"{name}.{outcome}" in named]


def _met(outcome: Outcome) -> str:
    for what, text in SILENCE.items():
        if shows(outcome, text, text if outcome.case else text.lower()):
            return what
    for text in REFUSALS:
        folded = fold_literal(text)
        if shows(outcome, text, folded if outcome.case else folded.lower()) and refusals(text.split("\n")):
            return f"the message of a command that did not run ('{text.splitlines()[-1].strip()[:50]}')"
    return ""
