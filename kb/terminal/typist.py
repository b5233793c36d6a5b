"""Somebody at a keyboard: keys to lines and pastes, with the echo of a terminal.

Takes Keys; gives Heard. A paste that the terminal marks (bracketed paste) is text to its last character, whatever is in
it. Touches the terminal only through its Keys.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from diagnose.text.sanitize import neutral
from kb.terminal.heard import Heard
from kb.terminal.keys import Control

if TYPE_CHECKING:
    from kb.terminal.keys import Keys

PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]+")
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~])")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?")
_KEY = re.compile(r"\x1b(?:\[[0-9;]*[A-HZ~]|O[ -~])")  # arrows and the like: no text, also none of a log's colours
# A paste is echoed whole where it is short, else by its beginning and size.
ECHOED_LINES, ECHOED_CHARACTERS, BEGINNING = 16, 2000, 3


class Typist:
    """Gives what is typed and pasted, entry by entry."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._ahead = ""  # read, not yet looked at
        self._prompt = ""
        self._typed = ""
        self._after_return = False
        keys.resumed = self._again

    def hear(self, prompt: str) -> Heard:
        """What comes up to Enter. EOFError at the end of the input, KeyboardInterrupt where it is stopped."""
        self._prompt = prompt
        try:
            with self._keys.reading():
                self._keys.ask(prompt)
                return self._entry()
        finally:
            self._prompt = self._typed = ""

    def _entry(self) -> Heard:
        pasted = False
        while True:
            found = self._next()
            self._after_return = self._after_return and found == "\n"
            if found == PASTE_BEGINS:
                self._typed += self._paste()
                pasted = True
            elif (control := self._keys.controls.get(found)) is Control.ENTER:
                if self._enters(found):
                    self._keys.write("\n")
                    return Heard(self._typed, pasted, bool(self._ahead) or self._keys.waiting())
            elif control is not None:
                if self._obeyed(control):
                    return Heard(self._typed, pasted)
            elif not _KEY.fullmatch(found):
                self._typed += found
                self._keys.write(neutral(found))

    def _again(self) -> None:
        """After a pause, the prompt and what stands behind it once more."""
        self._keys.write(self._prompt + neutral(self._typed.rpartition("\n")[2]))

    def _next(self) -> str:
        """A run of plain characters, an escape sequence or a control character."""
        while not self._ahead or _UNFINISHED.fullmatch(self._ahead):
            self._ahead += self._keys.read()
        found = _PLAIN.match(self._ahead) or _SEQUENCE.match(self._ahead)
        text = found[0] if found else self._ahead[0]
        self._ahead = self._ahead[len(text) :]
        return text

    def _enters(self, found: str) -> bool:
        """Whether this is an Enter: the line feed behind a carriage return is part of the one before."""
        follows, self._after_return = self._after_return and found == "\n", found == "\r"
        if self._after_return and self._ahead.startswith("\n"):
            self._ahead, self._after_return = self._ahead[1:], False
        return not follows

    def _paste(self) -> str:
        """A marked paste, its line ends as LF; echoed when it is whole."""
        start = 0
        while (end := self._ahead.find(PASTE_ENDS, start)) < 0:
            start = max(0, len(self._ahead) - len(PASTE_ENDS))
            self._ahead += self._keys.read()
        text, self._ahead = self._ahead[:end], self._ahead[end + len(PASTE_ENDS) :]
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._keys.write(_echo(text))
        return text

    def _obeyed(self, control: Control) -> bool:
        """Do what the key says; True where it ends the entry."""
        if control is Control.STOP:
            self._keys.write("^C\n")
            raise KeyboardInterrupt
        if control is Control.SUSPEND:
            self._keys.suspend()
        elif control is Control.END:
            self._keys.write("\n")
            if not self._typed:
                raise EOFError
            self._ahead = _end_key(self._keys) + self._ahead
            return True
        elif self._typed:
            self._erase({Control.ERASE: 1, Control.ERASE_WORD: _last_word(self._typed)}.get(control, 1 << 30))
        return False

    def _erase(self, count: int) -> None:
        """Take the last characters of the last line away, here and on the screen."""
        line = self._typed.rpartition("\n")[2][-count:]
        self._typed = self._typed[: len(self._typed) - len(line)]
        self._keys.write("\b \b" * sum(_cells(ch) for ch in line))


def _end_key(keys: Keys) -> str:
    return next(key for key, control in keys.controls.items() if control is Control.END)


def _last_word(text: str) -> int:
    """How many characters the last word has, with the blanks behind it."""
    kept = text.rstrip()
    return len(text) - max(kept.rfind(" "), kept.rfind("\t")) - 1


def _cells(ch: str) -> int:
    """How many columns of the screen a character takes, as it was echoed."""
    shown = neutral(ch)
    if shown != ch:
        return len(shown)
    return 0 if unicodedata.combining(ch) else 2 if unicodedata.east_asian_width(ch) in "WF" else 1


def _echo(text: str) -> str:
    """A short paste as it is; of a long one the first lines and its size. Nothing in it moves the terminal."""
    lines = text.split("\n")
    if len(lines) <= ECHOED_LINES and len(text) <= ECHOED_CHARACTERS:
        return neutral(text, newlines=True)
    shown = "\n".join(line[:60] + ("..." if len(line) > 60 else "") for line in lines[:BEGINNING])
    return f"{neutral(shown, newlines=True)}\n[pasted: {len(lines):,} lines, {len(text):,} characters]\n"
