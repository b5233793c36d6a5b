"""The file of a case: one JSON file for its owner alone, replaced as a whole. An edge module.

A file that is not a case of ours is never overwritten.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import msgspec

from diagnose.errors import KbError
from diagnose.text.sanitize import json_text
from kb import __version__
from kb.cases.case import CASE_SCHEMA, Case, excess
from kb.safe_files import read, write

MOST = 64 << 20


def now() -> str:
    """The time, to the second, in UTC: 2026-11-25T17:05:00+00:00."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_case() -> Case:
    """An empty case under a random id, by which a resolution finds it without telling anything of it."""
    return Case(id=os.urandom(16).hex(), created=now(), kb=__version__)


def load(path: str) -> Case:
    """The case in `path`. KbError where there is none."""
    try:
        data = read(path, MOST)
    except OSError as error:
        raise KbError(path, error.strerror or "cannot be read", "name a file written with --case") from None
    return _decoded(path, data)


def load_or_new(path: str) -> Case:
    """The case in `path`, or a new one where no such file exists."""
    return load(path) if os.path.lexists(path) else new_case()


def _decoded(path: str, data: bytes) -> Case:
    try:
        case = msgspec.json.decode(data, type=Case)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise KbError(path, "is not a case of kb", "name another file") from None
    if len(data) > MOST or case.schema != CASE_SCHEMA:
        what = (
            "is too large for a case" if len(data) > MOST else f"has the schema {case.schema[:40]}, not {CASE_SCHEMA}"
        )
        raise KbError(path, what, "name another file")
    if what := excess(case):
        raise KbError(path, f"is no case that kb wrote: {what}", "name another file")
    return case


def save(path: str, case: Case) -> None:
    """Write the case: complete or not at all, for its owner alone. KbError where `path` holds something else."""
    if os.path.lexists(path):
        load(path)
    if what := excess(case):
        raise KbError(f"--case {path}", f"the case grows too large: {what}", "start another one for what comes next")
    try:
        write(path, json_text(case, indent=1).encode())
    except OSError as error:
        raise KbError(f"--case {path}", error.strerror or str(error), "name a file that can be written") from None
