"""`kb test`: every sample beside an article against the whole base, and every output against the checks.

A sample in samples/symptom must find its article first, one in samples/cause/ID must put that cause first, one in
samples/other must not report the article; an output must be told as the outcome it lies under.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.checks.answers import outputs_in
from diagnose.checks.outcomes import CheckReader
from diagnose.checks.patterns import first_outcome
from diagnose.facts import merge
from diagnose.inputs.sources import open_inputs
from diagnose.pipeline import diagnose
from diagnose.scan.hits import scan_source
from diagnose.scan.passages import passages_of
from diagnose.text.blocks import blocks
from diagnose.text.decode import sniff, to_utf8
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


class Tested(Struct, frozen=True):
    samples: int
    failures: tuple[Failure, ...]


def run(store: Store, articles: list[Article], *, outputs: bool = True) -> Tested:
    """Test all samples of `articles` against `store`, and the outputs of their checks unless they are left out."""
    count = 0
    failures: list[Failure] = []
    for article in articles:
        for path, failure in (*_samples(store, article), *(_outputs(store, article) if outputs else ())):
            count += 1
            if failure:
                failures.append(Failure(str(path), failure))
    return Tested(count, tuple(failures))


def _texts(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if path.is_file())


def _samples(store: Store, article: Article) -> Iterator[tuple[Path, str]]:
    folder = Path(article.path).parent / "samples"
    for path in _texts(folder, "symptom/*.txt"):
        yield path, _symptom(diagnosis_of(store, path), article.problem.id)
    for path in _texts(folder, "cause/*/*.txt"):
        yield path, _cause(diagnosis_of(store, path), f"{article.problem.id}/{path.parent.name}")
    for path in _texts(folder, "other/*.txt"):
        yield path, _other(diagnosis_of(store, path), article.problem.id)


def diagnosis_of(store: Store, path: Path) -> Diagnosis:
    """A sample as if it were pasted."""
    return diagnose(open_inputs(["-"], BytesIO(read(path))), store)


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


def _outputs(store: Store, article: Article) -> Iterator[tuple[Path, str]]:
    folder = Path(article.path).parent / "outputs"
    for path in _texts(folder, "*/*/*.txt"):
        check, outcome = path.parent.parent.name, path.parent.name
        if check not in article.problem.checks:
            yield path, f"there is no check '{check}'"
            continue
        seen = outcome_of(store, article.problem, check, read(path))
        yield path, "" if seen == outcome else f"is told as '{seen or 'unclear'}'"


def outcome_of(store: Store, problem: Problem, check: str, data: bytes) -> str:
    """The outcome of `check` that `data` shows by itself, with no value but the defaults known; empty if unclear."""
    encoding, mark = sniff(data)
    scan = scan_source("-", blocks(to_utf8([data[mark:]], encoding)), store.lines)
    passages = passages_of([scan])
    merged = merge((), problem.params, {})
    reader = CheckReader(problem, merged.values, outputs_in(passages), passages, assumed=merged.assumed)
    answer = reader.answers().get(check)
    if answer and answer.outcome:
        return answer.outcome
    # The file lies under its check, so that what it belongs to is known: its patterns decide.
    return first_outcome(problem.checks[check], "\n".join(line for passage in passages for line in passage.lines))
