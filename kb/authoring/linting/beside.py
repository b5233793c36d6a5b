"""Rules for what lies beside an article: outputs that prove a fix, where each was recorded, the second reading.

A rule takes a parsed article, looks at its folder, and yields (where in the text, what, way out), as those of `lint` do.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from kb.articles.review import NAME, SIGNED, VERDICTS, changed, review_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.model import Problem
    from kb.articles.article import Article

    Finding = Iterator[tuple[str, str, str]]

OUTPUTS_LIST = "README.md"
_CELLS = re.compile(r"^\|\s*(?P<names>[^|]+?)\s*\|\s*(?P<made>[^|]+?)\s*\|")
_ITEM = re.compile(r"^[-*]\s+`(?P<names>[^`]+)`\s+made:\s*(?P<made>\S.*)")
_RULED = re.compile(r"[-: ]+")


def claims_samples(article: Article) -> bool:
    """What `status: stable` claims where the author wrote it: the article is held to what lies beside it."""
    return article.stated and article.problem.status == "stable"


def outputs_of(article: Article, check: str) -> list[Path]:
    """The recorded outputs of a check, below a folder for each outcome: beside the article and, of a check that comes from
    the library, beside that."""
    own = Path(article.path).parent / "outputs" / check
    used = (use for use in article.uses if use.kind == "check" and use.part == check and use.path)
    shared = [Path(use.path).parent / "outputs" for use in used]
    return sorted(path for folder in (own, *shared) for path in folder.glob("*/*.txt"))


def proofs(problem: Problem) -> list[tuple[str, str]]:
    """(check, outcome) of every `verify`, each once."""
    named = (step.verify for cause in problem.causes for step in cause.remediation if step.verify)
    return [(check, outcome) for check, _, outcome in (name.partition(".") for name in dict.fromkeys(named))]


def proofs_can_fail_and_succeed(article: Article) -> Finding:
    """A check that proves has an output of after the fix and one of before."""
    for check, outcome in proofs(article.problem) if claims_samples(article) else ():
        shown = {path.parent.name for path in outputs_of(article, check)} - {"unclear"}
        needle = f"verify: {check}.{outcome}"
        if outcome not in shown:
            what = f"no recorded output of check '{check}' shows '{outcome}', which verify waits for"
            yield needle, what, f"add one to outputs/{check}/{outcome}/"
        elif len(shown) == 1:
            what = f"every recorded output of check '{check}' shows '{outcome}': this proof cannot fail"
            yield needle, what, f"add an output of before the fix to outputs/{check}/"


def made_of(article: Article) -> dict[str, str]:
    """How each recorded output beside the article was made, by its path below outputs/, as the list there says it."""
    folder = Path(article.path).parent / "outputs"
    listed = list(_listed(folder / OUTPUTS_LIST))
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/*/*.txt"))
    return {path: next((made for name, made in listed if _names(name, path)), "") for path in paths}


def _listed(path: Path) -> Iterator[tuple[str, str]]:
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    for line in text.splitlines():
        found = _CELLS.match(line) or _ITEM.match(line)
        if found and not _RULED.fullmatch(found["made"]):
            yield from ((name.strip().strip("`"), found["made"]) for name in found["names"].split(","))


def _names(name: str, path: str) -> bool:
    """A name of the list is a file, a folder, or a pattern of one of them."""
    return fnmatchcase(path, name) or fnmatchcase(path, f"{name.rstrip('/')}/*")


def outputs_are_listed(article: Article) -> Finding:
    folder = Path(article.path).parent / "outputs"
    if not claims_samples(article) and not (folder / OUTPUTS_LIST).is_file():
        return
    for path, made in made_of(article).items():
        if not made:
            what = f"outputs/{OUTPUTS_LIST} does not say how {path} was made"
            yield "checks:", what, "add it there: made: yes (recorded), or rebuilt and from what"


def is_reviewed(article: Article) -> Finding:
    """A stable article was signed by a second reader, after its last change."""
    if not claims_samples(article):
        return
    review = review_of(article)
    if review is None:
        yield "status:", f"stable, and no {NAME} beside it", "let a second reader sign it, or say status: test"
        return
    if not review.dated:
        yield "status:", f"{NAME} has no line date: with a day such as 2026-11-29", "add the day of the reading"
    if review.verdict not in VERDICTS:
        yield "status:", f"{NAME} has no line verdict:, one of {', '.join(VERDICTS)}", "add what the reader said"
    elif review.verdict != SIGNED:
        yield (
            "status:",
            f"stable, and the second reader says {review.verdict}",
            "settle what is open, or say status: test",
        )
    if review.dated and review.date < changed(article):
        what = f"the second reading is of {review.date}, the article of {changed(article)}"
        yield changed(article), what, "let it be read again"


RULES = (proofs_can_fail_and_succeed, outputs_are_listed, is_reviewed)
