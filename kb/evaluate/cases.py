"""A JSON Lines file of labelled cases to Cases. An edge module: it reads files.

A line has `id`, `text` or `file` (relative to the file of cases), `expect` (articles or article/cause; empty: no article
applies), `acceptable` (answers that count neither as right nor as wrong), `kind` and `source` (the thread that it was
taken from; cases of one thread are never told apart); further fields are ignored.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from diagnose.errors import KbError
from kb.safe_files import read

if TYPE_CHECKING:
    from collections.abc import Iterator

NEGATIVE = "negative-"
MOST = 1 << 30


class LabelledCase(Struct, frozen=True, kw_only=True):
    """One text and what a right answer to it is. A kind that begins with `negative-` has none."""

    id: str
    text: str = ""
    file: str = ""
    expect: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    kind: str = "case"
    source: str = ""


def read_cases(path: str) -> tuple[LabelledCase, ...]:
    """All cases of a file, `file` read into `text`; KbError with the line for one that is none."""
    try:
        lines = read(path, MOST).decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise KbError(path, getattr(error, "strerror", None) or "is not UTF-8", "name a JSON Lines file") from None
    decoder = msgspec.json.Decoder(LabelledCase)
    cases = tuple(_cases(path, lines, decoder))
    if not cases:
        raise KbError(path, "holds no case", 'write one per line: {"id": ..., "text": ..., "expect": [...]}')
    return cases


def _cases(path: str, lines: list[str], decoder: msgspec.json.Decoder[LabelledCase]) -> Iterator[LabelledCase]:
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            case = decoder.decode(line)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise KbError(where, str(error), "fields: id, text or file, expect, acceptable, kind, source") from None
        if case.id in seen:
            raise KbError(where, f"the id '{case.id}' stands on line {seen[case.id]} as well", "give each case its own")
        seen[case.id] = number
        if case.kind.startswith(NEGATIVE) and case.expect:
            raise KbError(where, f"kind '{case.kind}' with something to expect", "empty `expect` or rename the kind")
        yield _with_text(case, Path(path).parent, where)


def _with_text(case: LabelledCase, folder: Path, where: str) -> LabelledCase:
    if bool(case.text) == bool(case.file):
        raise KbError(where, "has neither or both of `text` and `file`", "give it one of both")
    if not case.file:
        return case
    try:
        text = read(folder / case.file, MOST, inside=folder).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise KbError(where, f"{case.file}: {error.strerror}", "name a file beside the cases") from None
    return msgspec.structs.replace(case, text=text)
