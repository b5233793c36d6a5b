"""What can be wrong with something a person named, said in one line: where, what happened, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class KbError(Exception):
    """A fault of the input, the articles or the machine, never of the code.

    `where` is a path, `path:line:column`, an option or an article id; `way_out` says what to do next. `code` is stable
    (`KB-E014`) and listed in docs/errors.md.
    """

    code = "KB-E001"

    def __init__(self, where: str, what: str, way_out: str = "") -> None:
        super().__init__(where, what, way_out)
        self.where = where
        self.what = what
        self.way_out = way_out

    def __str__(self) -> str:
        tail = f"; {self.way_out}" if self.way_out else ""
        return f"{self.where}: {self.what}{tail}" if self.where else f"{self.what}{tail}"


class InputError(KbError):
    """An input that could not be read, or not whole; `bytes_read` bytes of its text were used.

    `code` tells the kinds of trouble apart: KB-E010 and the codes below, listed in docs/errors.md.
    """

    code = "KB-E010"

    def __init__(self, where: str, what: str, way_out: str = "", *, bytes_read: int = 0, code: str = "KB-E010") -> None:
        super().__init__(where, what, way_out)
        self.bytes_read = bytes_read
        self.code = code

    def said_of(self, where: str) -> InputError:
        """The same trouble of another place, as a new error without the frames that this one passed."""
        return InputError(where, self.what, self.way_out, bytes_read=self.bytes_read, code=self.code)


BINARY, MISSING, LIMIT, ENCRYPTED, DAMAGED, UNKNOWN, LEFT_OUT, STOPPED = (
    "KB-E011",
    "KB-E012",
    "KB-E013",
    "KB-E015",
    "KB-E016",
    "KB-E017",
    "KB-E018",
    "KB-E019",
)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` for the closest of `known`, or an empty string when nothing is close."""
    from difflib import get_close_matches  # late: no call that succeeds needs it

    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""


def bug_in(error: Exception) -> str:
    """Where an error arose that nobody thought of, without its words: they may be of an input."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.replace(chr(92), '/').rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    return f"a bug in kb ({type(error).__name__} at {place}); please report it"
