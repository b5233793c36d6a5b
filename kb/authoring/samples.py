"""`kb test`: every sample beside an article against the whole base, and every output against the checks.

A sample in samples/symptom must find its article first, one in samples/cause/ID must put that cause first, one in
samples/other must not report the article; an output must be told as the outcome it lies under. A `verify` is run against
the outputs of before and after: one must show its outcome, one another.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from diagnose.checks.outcomes import CheckReader
from diagnose.checks.patterns import told_by
from diagnose.facts import merge
from diagnose.pipeline import diagnose, evidence, paste
from kb.authoring.linting.beside import outputs_of, proofs
from kb.evaluate.run import spread
from kb.safe_files import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.diagnosis import Diagnosis
    from diagnose.model import Problem
    from kb.articles.article import Article
    from kb.store.store import Store


class Failure(Struct, frozen=True):
    """A sample that did not do what its place promises."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


class BesideSample(Struct, frozen=True):
    """A text beside an article and what its place promises of it: `symptom` (the article), `cause` (which one) or `other`."""

    path: Path
    article: str
    place: Literal["symptom", "cause", "other"]
    cause: str = ""


class Tested(Struct, frozen=True):
    samples: int
    failures: tuple[Failure, ...]
    proofs: int = 0


def run(
    store: Store, articles: list[Article], *, outputs: bool = True, jobs: int = 1, cache: Path | None = None
) -> Tested:
    """Test all samples of `articles` against `store`, and the outputs of their checks unless they are left out.

    With several `jobs`, as many processes, which find the index of the base in `cache`.
    """
    names = [article.problem.id for article in articles]
    return joined(*spread(partial(_tested, outputs), names, store, cache, jobs, shard=1))


def _tested(outputs: bool, name: str, store: Store) -> Tested:
    article = store.article(name)
    told: dict[Path, str] = {}
    shown = (*_samples(store, article), *(_outputs(store, article, told) if outputs else ()))
    proof = tuple(_proofs(store, article, told)) if outputs else ()
    failures = tuple(Failure(str(path), failure) for path, failure in (*shown, *proof) if failure)
    return Tested(len(shown), failures, len(proof))


def library(store: Store, names: list[str] | None) -> Tested:
    """Test the recorded outputs and samples of the libraries that the base uses: of `names` (check:tcp-port), else of all."""
    from kb.library.listing import entry, libraries
    from kb.library.testing import run as tested

    for name in names or ():
        kind, _, called = name.partition(":")
        entry("check" if kind == "check" else "signal", called, store.roots)
    count = 0
    failures: list[Failure] = []
    for found in libraries(store.roots):
        wanted = [file for file in found.all() if names is None or f"{file.kind}:{file.name}" in names]
        for path, failure in tested(found, wanted, lambda *asked: outcome_of(store, *asked)):
            count += 1
            if failure:
                failures.append(Failure(str(path), failure))
    return Tested(count, tuple(failures))


def joined(*parts: Tested) -> Tested:
    failures = tuple(f for part in parts for f in part.failures)
    return Tested(sum(part.samples for part in parts), failures, sum(part.proofs for part in parts))


def _texts(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if path.is_file())


def samples_of(article: Article) -> Iterator[BesideSample]:
    """The samples of an article: those of its symptom, of its causes, of others."""
    folder, name = Path(article.path).parent / "samples", article.problem.id
    yield from (BesideSample(path, name, "symptom") for path in _texts(folder, "symptom/*.txt"))
    yield from (BesideSample(path, name, "cause", path.parent.name) for path in _texts(folder, "cause/*/*.txt"))
    yield from (BesideSample(path, name, "other") for path in _texts(folder, "other/*.txt"))


def _samples(store: Store, article: Article) -> Iterator[tuple[Path, str]]:
    for sample in samples_of(article):
        diagnosis = diagnosis_of(store, sample.path)
        if sample.place == "symptom":
            yield sample.path, _symptom(diagnosis, sample.article)
        elif sample.place == "cause":
            yield sample.path, _cause(diagnosis, f"{sample.article}/{sample.cause}")
        else:
            yield sample.path, _other(diagnosis, sample.article)


def diagnosis_of(store: Store, path: Path) -> Diagnosis:
    """A sample as if it were pasted."""
    return diagnose(paste(read(path)), store)


def _symptom(diagnosis: Diagnosis, wanted: str) -> str:
    first = diagnosis.articles[0].id if diagnosis.articles else "nothing"
    if first != wanted:
        return f"finds {first} first"
    return f"is unknown ({diagnosis.unknown:.2f})" if diagnosis.verdict == "unknown" else ""


def _cause(diagnosis: Diagnosis, wanted: str) -> str:
    first = diagnosis.causes[0].id if diagnosis.causes else "nothing"
    return "" if first == wanted else f"puts {first} first"


def _other(diagnosis: Diagnosis, unwanted: str) -> str:
    if diagnosis.verdict == "unknown" or diagnosis.articles[0].id != unwanted:
        return ""
    return f"is reported as {diagnosis.verdict} ({diagnosis.articles[0].probability:.2f})"


def _outputs(store: Store, article: Article, told: dict[Path, str]) -> Iterator[tuple[Path, str]]:
    """Every output beside the article; `told` keeps the outcome that each shows."""
    folder = Path(article.path).parent / "outputs"
    for path in _texts(folder, "*/*/*.txt"):
        check, outcome = path.parent.parent.name, path.parent.name
        if check not in article.problem.checks:
            yield path, f"there is no check '{check}'"
            continue
        seen = told[path] = outcome_of(store, article.problem, check, read(path))
        yield path, "" if seen == outcome else f"is recognised as '{seen or 'unclear'}'"


def _proofs(store: Store, article: Article, told: dict[Path, str]) -> Iterator[tuple[Path, str]]:
    """Every `verify` against the outputs of its check, which lie in the library where the check does. Where one of before or
    of after was never recorded, lint says so of a stable article, and there is nothing to run."""
    problem = article.problem
    for check, outcome in proofs(problem):
        paths = outputs_of(article, check)
        recorded = {path.parent.name for path in paths} - {"unclear"}
        if check not in problem.checks or outcome not in recorded or len(recorded) == 1:
            continue
        shown = {told.get(path) or outcome_of(store, problem, check, read(path)) for path in paths} - {""}
        yield Path(article.path), _proof(shown, outcome, f"{check}.{outcome}")


def _proof(shown: set[str], wanted: str, name: str) -> str:
    if wanted not in shown:
        return f"verify {name}: no recorded output shows it, so the fix can never be proved"
    return "" if shown - {wanted} else f"verify {name}: every recorded output shows it, so the proof cannot fail"


def outcome_of(store: Store, problem: Problem, check: str, data: bytes) -> str:
    """The outcome of `check` that `data` shows by itself, with no value but the defaults known; empty if unclear."""
    gathered = evidence(data, store)
    passages = gathered.passages
    merged = merge((), problem.params, {})
    reader = CheckReader(problem, merged.values, gathered.outputs, passages, assumed=merged.assumed)
    answer = reader.answers().get(check)
    if answer and answer.outcome:
        return answer.outcome
    # The file lies under its check, so that what it belongs to is known: its patterns decide.
    return told_by(problem.checks[check], "\n".join(line for passage in passages for line in passage.lines))[0]
