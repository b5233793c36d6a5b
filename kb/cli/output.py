"""Where a report goes: standard output, or a file that is not overwritten unasked."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from diagnose.errors import KbError
from diagnose.text.sanitize import screened

if TYPE_CHECKING:
    from diagnose.report.style import Depth, Style

WIDTH = 80  # columns of a report that does not go to a terminal


def check_output(path: str | None, *, force: bool, option: str = "--output") -> None:
    """KbError where `path` exists and may not be overwritten: before the work, not after it."""
    if path and os.path.lexists(path) and not force:
        raise KbError(f"{option} {path}", "the file exists", "name another one or add --force")


def style_for(
    path: str | None, *, explain: bool, depth: Depth = "full", fix: int = 0, options: tuple[str, ...] = ()
) -> Style:
    """Colours and width of the terminal where the report goes there, else plain lines of WIDTH."""
    from diagnose.report.style import Style

    return Style(colour=not path and coloured(), width=_width(), explain=explain, depth=depth, fix=fix, options=options)


def coloured() -> bool:
    """Whether standard output takes colours, and they are wanted."""
    from kb.settings import settings

    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return False
    return settings().colour != "never"


def _width() -> int:
    if not sys.stdout.isatty():
        return WIDTH
    import shutil

    return max(40, min(120, shutil.get_terminal_size((WIDTH, 24)).columns))


def write_output(text: str, path: str | None) -> None:
    """`text` to the file or to standard output, with a line end."""
    if path:
        save(path, text)
    else:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


def save(path: str, text: str, option: str = "--output") -> None:
    """`text`, neutralised, as the whole of the file, for its owner alone."""
    from kb.safe_files import write

    text = screened(text)
    try:
        write(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise KbError(f"{option} {path}", error.strerror or str(error), "name a file that can be written") from None


def tell(message: str) -> None:
    """One line to standard error, without secrets, neutralised."""
    from diagnose.redact.redactor import Redactor
    from diagnose.text.sanitize import neutral

    redactor = Redactor()
    click.echo(f"kb: {neutral(redactor.redact_name(redactor.redact(message)))}", err=True)
