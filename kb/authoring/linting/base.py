"""`kb lint --deep`: what is weak in a base as a whole, beside what `kb.authoring.linting.lint` says of each article: articles that look for
the same, signals that no sample shows, samples that lead elsewhere.

Takes the store and its articles, gives Faults; one rule a function, all of them in a table. An edge module: it reads the
samples.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.match.evidence import match
from diagnose.scan.merging import scan_source
from diagnose.templates import SLOT
from diagnose.text.blocks import blocks
from diagnose.text.decode import sniff, to_utf8
from diagnose.text.fold import fold_literal
from kb.authoring.linting.beside import claims_samples
from kb.authoring.linting.lint import answered_outcomes, complete
from kb.authoring.samples import diagnosis_of
from kb.documents.fault import Fault
from kb.safe_files import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from diagnose.model import Check
    from kb.articles.article import Article
    from kb.store.store import Store

    Rule = Callable[[Store, Sequence[Article]], Iterator[Fault]]


def deep(store: Store, articles: Sequence[Article]) -> list[Fault]:
    """All findings, in order of path."""
    return sorted((f for rule in RULES for f in rule(store, articles)), key=lambda f: (f.path, f.line, f.what))


def _fault(article: Article, needle: str, what: str, way_out: str) -> Fault:
    lines = Path(article.path).read_text(encoding="utf-8", errors="replace").splitlines()
    row = next((i for i, line in enumerate(lines) if needle and needle in line), 0)
    return Fault(path=article.path, line=row + 1, column=1, what=what, way_out=way_out, severity="warning")


def _linked(article: Article, other: Article) -> bool:
    ids = {link.id for link in article.problem.related}
    return other.problem.id in ids or article.problem.id in {link.id for link in other.problem.related}


def same_symptoms(store: Store, articles: Sequence[Article]) -> Iterator[Fault]:
    """Two articles that a text brings up alike, without saying how they are related."""
    holders: dict[str, Article] = {}
    for article in articles:
        problem = article.problem
        texts = {
            fold_literal(t).lower()
            for n in problem.symptoms
            if n in problem.signals
            for t in problem.signals[n].contains
        }
        for text in sorted(texts):
            other = holders.setdefault(text, article)
            if other is not article and not _linked(article, other):
                what = f"the symptom '{text[:60]}' is also one of {other.problem.id}"
                yield _fault(article, text[:20], what, "link them with related:, or look for more than they share")


def untested_signals(store: Store, articles: Sequence[Article]) -> Iterator[Fault]:
    """Signals that could be wrong and that none of the article's own texts shows: patterns and combinations.

    A literal, a code or an event is seen where its text stands; a sample made of that text would prove nothing. Of a
    combination only the member is reported that is not shown either.
    """
    for article in articles:
        texts = [*_texts(article, ("symptom/*.txt", "cause/*/*.txt", "other/*.txt")), *_outputs(article)]
        seen = {name for path in texts for name in _seen(store, article, path)}
        signals = article.problem.signals if texts else {}
        doubtful = [n for n, signal in signals.items() if n not in seen and (signal.regex or signal.members)]
        names = [name for name in doubtful if not set(signals[name].members) & set(doubtful)]
        if names:
            what = f"no sample shows {'the signal' if len(names) == 1 else f'{len(names)} signals:'} {', '.join(names)}"
            yield _fault(
                article,
                f"{names[0]}:",
                what,
                "add texts that do, or drop it" if len(names) == 1 else "add texts that do, or drop them",
            )


def _outputs(article: Article) -> list[Path]:
    return sorted((Path(article.path).parent / "outputs").glob("*/*/*.txt"))


def _seen(store: Store, article: Article, path: Path) -> Iterator[str]:
    data = read(path)
    encoding, mark = sniff(data)
    matched = match([scan_source("-", blocks(to_utf8([data[mark:]], encoding)), store.lines)], store)
    return (e.seen for e in matched.evidence if e.problem == article.problem.id)


def led_elsewhere(store: Store, articles: Sequence[Article]) -> Iterator[Fault]:
    """Samples of the article itself on which one that is not related is likely: on a look-alike it may well be."""
    known = {article.problem.id: article for article in articles}
    for article in articles:
        for path in _texts(article, ("symptom/*.txt", "cause/*/*.txt")):
            found = diagnosis_of(store, path)
            leader = found.articles[0].id if found.articles and found.verdict in ("likely", "confirmed") else ""
            if leader in known and leader != article.problem.id and not _linked(article, known[leader]):
                what = f"{leader} is {found.verdict} on {path.parent.name}/{path.name}"
                yield _fault(article, "", what, "narrow its symptoms, or link the two with related:")


def silent_causes(store: Store, articles: Sequence[Article]) -> Iterator[Fault]:
    """Causes for or against which nothing can be seen, in articles that need not be complete."""
    for article in articles:
        for cause in () if complete(article) else article.problem.causes:
            if not cause.evidence:
                what = f"nothing speaks for or against the cause '{cause.id}'"
                yield _fault(article, f"id: {cause.id}", what, "name a signal or an outcome of a check")


def unseen_outcomes(store: Store, articles: Sequence[Article]) -> Iterator[Fault]:
    """Outcomes of checks of which no output lies beside the article, where it does not claim to be stable."""
    for article in articles:
        folder = Path(article.path).parent / "outputs"
        for name, check in article.problem.checks.items() if not claims_samples(article) else ():
            if name in {use.part for use in article.uses if use.kind == "check"}:
                continue  # its outputs lie beside the check in the library
            missing = [o for o in check.outcomes if not any((folder / name / o).glob("*.txt"))]
            if missing:
                what = f"no output shows {', '.join(f'{name}.{outcome}' for outcome in missing)}"
                yield _fault(article, f"{name}:", what, f"add one below outputs/{name}/")


def unused_outcomes(store: Store, articles: Sequence[Article]) -> Iterator[Fault]:
    """Outcomes of checks of the library that no cause of the article speaks of: seen, they change nothing."""
    for article in articles:
        used = answered_outcomes(article.problem)
        for use in article.uses:
            check = article.problem.checks.get(use.part) if use.kind == "check" else None
            unused = [o for o in check.outcomes if f"{use.part}.{o}" not in used] if check else []
            if unused:
                what = f"no cause speaks of {', '.join(f'{use.part}.{outcome}' for outcome in unused)}"
                yield _fault(article, f"{use.part}:", what, "say what they mean, or take them out with null")


def same_checks(store: Store, articles: Sequence[Article]) -> Iterator[Fault]:
    """Checks that two articles write out alike: the same command, and outcomes told for the most part by the same words."""
    holders: dict[tuple[str, str], list[tuple[str, str, frozenset[str]]]] = {}
    for article in articles:
        used = {use.part for use in article.uses if use.kind == "check"}
        for name, check in article.problem.checks.items():
            told = _told(check)
            for asked in _asked(check) if name not in used else ():
                held = holders.setdefault(asked, [])
                alike = (
                    f"{other} too, as '{part}'" for other, part, words in held if _most(words & told, words | told)
                )
                if there := next(alike, ""):
                    what = f"the check '{name}' is written out in {there}"
                    yield _fault(article, f"{name}:", what, "make it a check of the library, and use: it in both")
                held.append((article.problem.id, name, told))


def _asked(check: Check) -> set[tuple[str, str]]:
    """Each command of a check, whatever its values."""
    return {(shell, SLOT.sub("${}", line)) for shell, lines in check.commands.items() for line in lines}


def _told(check: Check) -> frozenset[str]:
    return frozenset(pattern for told in check.outcomes.values() for pattern in (*told.contains, *told.regex))


def _most(some: frozenset[str], whole: frozenset[str]) -> bool:
    return 2 * len(some) > len(whole)


RULES: tuple[Rule, ...] = (
    same_symptoms, untested_signals, led_elsewhere, silent_causes, unseen_outcomes, unused_outcomes, same_checks,
)  # fmt: skip


def _texts(article: Article, patterns: Iterable[str]) -> list[Path]:
    folder = Path(article.path).parent / "samples"
    return sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())
