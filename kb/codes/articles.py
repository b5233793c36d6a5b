"""Which articles name a code: in a signal, in any notation, or in their title.

Takes a store and a reading of a code, gives ids of articles.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.codes.find import says

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from diagnose.codes.explain import CodeReading
    from diagnose.model import Problem
    from kb.store.store import Store

_OF_WINDOWS = ("win32", "hresult", "ntstatus")
_NUMBERED = ("event", "mysql", "sqlserver", "oracle", "sqlstate")  # of four digits and more they speak for themselves
_NAMED = ("errno", "errno_macos", "errno_crt", "kerberos", "x509", "stopcode")  # names that are no plain words
_LEAST_DIGITS = 4


def naming(store: Store, readings: Iterable[CodeReading]) -> dict[CodeReading, list[str]]:
    """The ids of the articles that name the code of each of `readings`; the articles are read once."""
    articles = {name: (problem, tuple(_texts(problem))) for name, problem in store.problems(store.ids()).items()}
    return {reading: _naming(store, articles, reading) for reading in readings}


def _naming(store: Store, articles: Mapping[str, tuple[Problem, tuple[str, ...]]], reading: CodeReading) -> list[str]:
    looks = _looks_like(reading)
    indexed = store.postings([f"code:{reading.key}"])
    # What a signal declares is indexed by its key. Below the number of the article: frequency.
    known = set(store.names({entry >> 8 for posting in indexed.values() for entry in posting}).values())
    return [name for name, article in articles.items() if name in known or _names(*article, reading, looks)]


def _names(problem: Problem, texts: tuple[str, ...], reading: CodeReading, looks: re.Pattern[str] | None) -> bool:
    if reading.kind == "event" and any(
        str(event.id) == reading.value for signal in problem.signals.values() for event in signal.event
    ):
        return True
    if reading.kind in _OF_WINDOWS:
        return any(says(text, reading.key) for text in texts)
    return looks is not None and any(map(looks.search, texts))


def _texts(problem: Problem) -> Iterator[str]:
    yield problem.title
    for signal in problem.signals.values():
        yield from signal.contains
        yield from (regex.replace(r"\b", "") for regex in signal.regex)


def _looks_like(reading: CodeReading) -> re.Pattern[str] | None:
    """What finds the code in a text; nothing for a small number, which may mean many things."""
    if reading.kind == "http":
        return re.compile(rf"\b(?:HTTP|status)\b\W{{0,4}}(?:\w+\W{{1,4}}){{0,2}}{reading.value}\b", re.IGNORECASE)
    number = reading.value.removeprefix("ORA-").lstrip("0") if reading.kind == "oracle" else reading.value
    if reading.kind == "oracle":
        return re.compile(rf"\b(?:ORA|TNS)-0{{0,4}}{number}\b")
    if reading.kind in _NUMBERED and len(number) >= _LEAST_DIGITS:
        return re.compile(rf"(?<![\w.-]){re.escape(number)}(?!\w|\.\d)")
    return re.compile(rf"\b{re.escape(reading.name)}\b") if reading.kind in _NAMED else None
