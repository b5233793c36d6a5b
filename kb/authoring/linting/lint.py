"""What is wrong or weak in articles, beyond what the parser refuses: one rule a function, all of them in a table.

Takes parsed articles, gives Faults with file and line. A rule is pure; only `samples_are_there` and the rules of `lint_beside` look at the folder.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.commands.fill import template_faults
from diagnose.scan.pattern_check import bounded
from kb.articles.article import Article
from kb.articles.parse import FEWER_PIECES
from kb.authoring.linting import beside as lint_beside
from kb.authoring.linting import commands as lint_commands
from kb.authoring.linting import steps as lint_steps
from kb.authoring.linting.beside import claims_samples
from kb.authoring.linting.checks import clearing_commands_tell_errors, clearing_outcomes_are_printed
from kb.authoring.linting.dangerous import danger
from kb.documents.fault import Fault
from kb.store.background import rate, regex_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnose.model import Problem, Shell

NOISY = 2e-3
LEAST_SAMPLES = 2
UNFINISHED = ("draft", "deprecated")  # not to be complete yet, or no longer
# What kb new leaves to the author stands behind these words.
FILL_IN = "fill in:"


def lint(articles: Iterable[Article], today: date) -> list[Fault]:
    """All findings in order of path: what a rule yields is (where in the text, what, way out)."""
    found: list[Fault] = []
    for article in articles:
        told = [finding for rule in RULES for finding in rule(article)]
        told += [("review_by", what, "review it and move the date") for what in _overdue(article, today)]
        found += _faults(article, told) if told else ()
    return found


def _faults(article: Article, told: Iterable[tuple[str, str, str]]) -> Iterator[Fault]:
    lines = Path(article.path).read_text(encoding="utf-8", errors="replace").splitlines()
    return (_fault(article, lines, needle, what, way_out) for needle, what, way_out in told)


def _fault(article: Article, lines: list[str], needle: str, what: str, way_out: str) -> Fault:
    row, column = next(((i, line.find(needle)) for i, line in enumerate(lines) if needle and needle in line), (0, 0))
    return Fault(path=article.path, line=row + 1, column=column + 1, what=what, way_out=way_out, severity="warning")


def _overdue(article: Article, today: date) -> Iterator[str]:
    due = article.header.review_by
    if due and due < today.isoformat():
        yield f"was to be reviewed by {due}"


def templates(problem: Problem) -> Iterator[tuple[str, Shell, str]]:
    """(where in the article, shell, line) of every command of its checks and fixes."""
    for name, check in problem.checks.items():
        for shell, lines in check.commands.items():
            for line in lines:
                yield f"check '{name}'", shell, line
    for cause in problem.causes:
        for step in cause.remediation:
            for shell, lines in step.commands.items():
                for line in lines:
                    yield f"cause '{cause.id}'", shell, line


def commands_can_be_filled(article: Article) -> Iterator[tuple[str, str, str]]:
    for where, shell, line in templates(article.problem):
        for fault in template_faults(line, article.problem.params, shell):
            yield line[:40], f"{where}: the {shell} command {fault}", "mend the command"


def commands_do_no_harm(article: Article) -> Iterator[tuple[str, str, str]]:
    for where, shell, line in templates(article.problem):
        if what := danger(line):
            yield line[:40], f"{where}: the {shell} command {what}: {line[:80]}", "let the reader do this step by hand"


def signals_say_something(article: Article) -> Iterator[tuple[str, str, str]]:
    symptoms = set(article.problem.symptoms)
    for name, signal in article.problem.signals.items():
        rates = [rate(text) for text in signal.contains] + [regex_rate(text) for text in signal.regex]
        if name in symptoms and rates and max(rates) > NOISY:
            yield (
                f"{name}:",
                f"signal '{name}' is common in ordinary logs (1 line in {1 / max(rates):.0f})",
                "make it longer or more specific",
            )


def captures_are_bounded(article: Article) -> Iterator[tuple[str, str, str]]:
    for name, signal in article.problem.signals.items():
        for regex in signal.regex:
            if not bounded(regex):
                yield (
                    f"{name}:",
                    f"signal '{name}': too many pieces vary and match what follows them: only kb-diagnose[fast] takes its values",
                    FEWER_PIECES,
                )


def signals_are_used(article: Article) -> Iterator[tuple[str, str, str]]:
    problem = article.problem
    used = {*problem.symptoms, *(clue.signal for cause in problem.causes for clue in cause.evidence)}
    for signal in problem.signals.values():
        used |= {*signal.members}
    captures = {
        name for name, signal in problem.signals.items() for regex in signal.regex
        if any(f"(?P<{param}>" in regex for param in problem.params)
    }  # fmt: skip
    for name in problem.signals:
        if name not in used | captures:
            yield f"{name}:", f"signal '{name}' is used by no symptom and no cause", "use it or remove it"


def complete(article: Article) -> bool:
    """Whether an article must say all: no draft, and not imported, for that has what its source had."""
    return article.problem.status not in UNFINISHED and not article.header.origin.format


def causes_can_be_told(article: Article) -> Iterator[tuple[str, str, str]]:
    if not complete(article):
        return
    for cause in article.problem.causes:
        if not cause.evidence:
            yield (
                cause.id,
                f"cause '{cause.id}' has no evidence: nothing can tell it from the others",
                "add a signal or a check",
            )
        if not cause.remediation:
            yield cause.id, f"cause '{cause.id}' has no remediation", "say how it is fixed"


def samples_are_there(article: Article) -> Iterator[tuple[str, str, str]]:
    """What `status: stable` claims where the author wrote it: the article is held to texts as people paste them."""
    folder = Path(article.path).parent
    if not claims_samples(article):
        return
    for kind in ("symptom", "other"):
        count = len(list((folder / "samples" / kind).glob("*.txt")))
        if count < LEAST_SAMPLES:
            yield (
                "status:",
                f"{count} samples in samples/{kind}; a stable article has {LEAST_SAMPLES}",
                "add texts as people paste them, or say status: test",
            )
    used = {use.part for use in article.uses}  # of these, the outputs lie beside the check in the library
    for name, check in article.problem.checks.items():
        for outcome in check.outcomes if name not in used else ():
            if not list((folder / "outputs" / name / outcome).glob("*.txt")):
                yield (
                    f"{outcome}:",
                    f"outcome '{name}.{outcome}' has no sample in outputs/{name}/{outcome}",
                    "add real output",
                )


def probes_can_be_run(article: Article) -> Iterator[tuple[str, str, str]]:
    """A probe of a kind that there is, with arguments that can be of its types."""
    from diagnose.probes import fault_of
    from diagnose.probes.plan import with_placeholders

    for name, check in article.problem.checks.items():
        for kind, arguments in check.probe.items():
            why = fault_of(kind, with_placeholders(article.problem, arguments))
            if why:
                yield f"{name}:", f"the probe of check '{name}' cannot be run: {why}", "see docs/verify.md"


def nothing_is_left_to_fill_in(article: Article) -> Iterator[tuple[str, str, str]]:
    """A draft may have blanks; who calls an article more than a draft has filled them in."""
    import msgspec

    if article.problem.status != "draft" and FILL_IN.encode() in msgspec.json.encode(article.problem):
        yield (
            FILL_IN,
            f"something is left to fill in, and the status is {article.problem.status}",
            "write it, or say draft",
        )


def uses_are_told_apart(article: Article) -> Iterator[tuple[str, str, str]]:
    """A check of the library that no cause and no fix asks: its commands are offered, and its answer changes nothing."""
    asked = {outcome.partition(".")[0] for outcome in answered_outcomes(article.problem)}
    for use in article.uses:
        if use.kind == "check" and use.part not in asked:
            what = f"no cause says what the outcomes of check '{use.part}' ({use.name}) mean"
            yield f"{use.part}:", what, "name them in the evidence of a cause, or drop the check"


def answered_outcomes(problem: Problem) -> set[str]:
    """`check.outcome` of every evidence and of every proof."""
    clues = {clue.check for cause in problem.causes for clue in cause.evidence}
    return clues | {step.verify for cause in problem.causes for step in cause.remediation}


RULES = (
    nothing_is_left_to_fill_in,
    uses_are_told_apart,
    clearing_outcomes_are_printed,
    clearing_commands_tell_errors,
    probes_can_be_run,
    commands_can_be_filled,
    commands_do_no_harm,
    signals_say_something,
    signals_are_used,
    captures_are_bounded,
    causes_can_be_told,
    samples_are_there,
    *lint_steps.RULES,
    *lint_commands.RULES,
    *lint_beside.RULES,
)
