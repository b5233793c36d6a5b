"""The recorded outputs and samples of the library as its tests: each output is recognised as the outcome it lies under,
each sample is matched by its wording, and no look-alike is.

Takes a library and its files, gives the path and what is wrong (empty: nothing). An edge module: it reads the outputs.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.model import Check, Param, Problem
from diagnose.text.fold import fold_literal
from kb.documents.convert import convert
from kb.library.entry import CheckEntry, SignalEntry, Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kb.library.files import LibraryFile
    from kb.library.library import Library

    Told = Callable[[Problem, str, bytes], str]


def run(library: Library, files: Iterable[LibraryFile], told: Told) -> Iterator[tuple[Path, str]]:
    """Every recorded output and sample of `files`. `told` gives the outcome that an output shows of a check."""
    for file in files:
        if file.kind == "check":
            yield from _outputs(library.check(file.name), told)
        else:
            yield from _wordings(library.signal(file.name))


def problem_of(entry: CheckEntry) -> Problem:
    """A problem of just this check, its values being parameters."""
    params = {name: Param(type=value.type, ask=value.ask) for name, value in entry.values.items()}
    return Problem(id=entry.name, title=entry.name, params=params, checks={entry.name: convert(entry.body, Check)})


def _outputs(entry: CheckEntry, told: Told) -> Iterator[tuple[Path, str]]:
    problem = problem_of(entry)
    folder = Path(entry.path).parent / "outputs"
    for path in sorted(folder.glob("*/*.txt")):
        outcome = path.parent.name
        if not (entry.made.get(f"{outcome}/{path.stem}") or entry.made.get(path.stem)):
            yield path, f"made: does not say how '{path.stem}' was made"
        elif outcome == "unclear":
            seen = told(problem, entry.name, path.read_bytes())
            yield path, f"is recognised as '{seen}'" if seen else ""
        else:
            seen = told(problem, entry.name, path.read_bytes())
            yield path, "" if seen == outcome else f"is recognised as '{seen or 'unclear'}'"
    for outcome in problem.checks[entry.name].outcomes:
        if not any((folder / outcome).glob("*.txt")):
            yield folder / outcome, "no output shows this outcome"


def _wordings(entry: SignalEntry) -> Iterator[tuple[Path, str]]:
    path = Path(entry.path)
    for wording in entry.wordings:
        text = wording.text or wording.regex or wording.code
        if not wording.example:
            yield path, f"'{text}' has no sample"
        else:
            yield path, "" if matches(wording, wording.example) else f"'{text}' is not in its sample"
    for other in entry.others:
        wrong = [w.text or w.regex or w.code for w in entry.wordings if matches(w, other)]
        yield path, f"'{wrong[0]}' matches the look-alike '{other}'" if wrong else ""


def matches(wording: Wording, text: str) -> bool:
    """Whether a wording is found in a line, as the scan would."""
    if wording.text:
        return fold_literal(wording.text).lower() in fold_literal(text).lower()
    from diagnose.codes import decode as codes

    return re.search(wording.regex or codes.pattern(wording.code), text, re.IGNORECASE) is not None
