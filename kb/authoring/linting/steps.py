"""Rules for what changes something: the risk of a step, its undo, what must be true before it, and checks that only read.

A rule takes a parsed article and yields (where in the text, what, way out), as those of `lint` do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.authoring.linting.touches import ORDER, gravest, in_commands, in_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.model import Problem, Remediation, RootCause
    from kb.articles.article import Article

    Finding = Iterator[tuple[str, str, str]]

# A file that undo falls back on: a name with an ending of saved text, or one that says so.
_SAVED = re.compile(
    r"(?<![\w.\\/$-])(?:[\w-]+\.(?:txt|xml|csv|reg|ldf|inf|sddl|htm|html|json|zip|bak)\b|[\w-]+-before\b[\w.]*)", re.I
)
_NOT_NEEDED = re.compile(r"\s*(?:none|not|nothing)(?: is)? needed\b", re.IGNORECASE)
_NONE = re.compile(r"\s*(?:none|impossible)\b", re.IGNORECASE)


def steps(problem: Problem) -> Iterator[tuple[RootCause, int, Remediation]]:
    """Every step of every cause, counted from 1 within it."""
    for cause in problem.causes:
        for number, step in enumerate(cause.remediation, 1):
            yield cause, number, step


def _lines(step: Remediation) -> list[str]:
    return [line for lines in step.commands.values() for line in lines]


def _where(step: Remediation) -> str:
    return step.text[:40]


def risks_fit(article: Article) -> Finding:
    """From medium on the label is at least what the table of `touches` says, or the step says why it is less. What is merely
    started may be none or low: the author knows what runs there."""
    for cause, number, step in steps(article.problem):
        found = gravest((*in_commands(_lines(step)), *in_text(step.text)))
        if found and found[0].risk != "low" and not step.reason and ORDER.index(step.risk) < ORDER.index(found[0].risk):
            touch, words = found
            what = f"cause '{cause.id}', step {number}: risk {step.risk}, but '{words}' touches {touch.name} ({touch.risk})"
            yield _where(step), what, f"say risk: {touch.risk}, or give a reason:"


def high_says_before(article: Article) -> Finding:
    for cause, number, step in steps(article.problem):
        if step.risk == "high" and not step.before:
            what = f"cause '{cause.id}', step {number}: of high risk, and nothing must be true before it"
            yield _where(step), what, "say in before: what must be true (a backup, a proof that the other one is gone)"


def undo_is_possible(article: Article) -> Finding:
    """From medium on: what can be taken back says how, what cannot is high or says why not."""
    for cause, number, step in steps(article.problem):
        if step.risk in ("medium", "high"):
            at = f"cause '{cause.id}', step {number}"
            if not step.undo:
                yield _where(step), f"{at}: of {step.risk} risk and without undo", "say how it is taken back"
            elif _NOT_NEEDED.match(step.undo):
                what = f"{at}: of {step.risk} risk, and undo says that none is needed"
                yield _where(step), what, "say how it is taken back; what cannot be is none: and why"
            elif _NONE.match(step.undo) and step.risk != "high" and not step.reason:
                what = f"{at}: cannot be taken back, and its risk is {step.risk}"
                yield _where(step), what, "say risk: high with before:, or give a reason:"


def undo_has_what_it_names(article: Article) -> Finding:
    """A file that undo falls back on was written by a command of this step or of an earlier one of the cause."""
    for cause in article.problem.causes:
        written = ""
        for number, step in enumerate(cause.remediation, 1):
            written += "\n".join(_lines(step)) + "\n"
            for name in dict.fromkeys(_SAVED.findall(step.undo)):
                if step.risk in ("medium", "high") and name.lower() not in written.lower():
                    what = f"cause '{cause.id}', step {number}: undo needs '{name}', which no command of it saves"
                    yield _where(step), what, "let a command of the step save it first"


def checks_only_read(article: Article) -> Finding:
    """`read_only: true` is also what a check claims that says nothing of it."""
    for name, check in article.problem.checks.items():
        lines = [line for given in check.commands.values() for line in given]
        found = gravest(in_commands(lines)) if check.read_only else None
        if found:
            what = f"check '{name}' is read_only, but '{found[1]}' touches {found[0].name}"
            yield f"{name}:", what, "let it only read, or say read_only: false"


RULES = (risks_fit, high_says_before, undo_is_possible, undo_has_what_it_names, checks_only_read)
