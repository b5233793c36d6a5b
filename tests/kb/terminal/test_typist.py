"""Keys to lines and pastes, without a terminal."""

from contextlib import contextmanager

import pytest

from kb.terminal.heard import Heard, whole_paste
from kb.terminal.keys import Control
from kb.terminal.typist import Typist


class Board:
    """A keyboard that gives these pieces one after the other, and keeps what is shown."""

    def __init__(self, *pieces):
        self.pieces = list(pieces)
        self.shown = ""
        self.suspended = 0
        self.modes = []
        self.controls = {
            "\r": Control.ENTER,
            "\n": Control.ENTER,
            "\x7f": Control.ERASE,
            "\x15": Control.ERASE_ALL,
            "\x17": Control.ERASE_WORD,
            "\x04": Control.END,
            "\x03": Control.STOP,
            "\x1a": Control.SUSPEND,
        }

    @contextmanager
    def reading(self):
        self.modes.append(f"reads after {self.shown!r}")
        yield
        self.modes.append("heard")

    def read(self):
        if not self.pieces:
            raise EOFError
        return self.pieces.pop(0)

    def waiting(self):
        return bool(self.pieces)

    def write(self, text):
        self.shown += text

    def ask(self, prompt):
        self.write(prompt)

    def suspend(self):
        self.suspended += 1
        self.resumed()


def marked(text):
    return f"\x1b[200~{text}\x1b[201~"


def hears(*pieces):
    board = Board(*pieces)
    typist, heard = Typist(board), []
    try:
        while True:
            heard.append(typist.hear(""))
    except EOFError:
        return [entry.text for entry in heard], board


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_end_with_enter_however_it_comes(end):
    assert hears(f"one{end}two{end}")[0] == ["one", "two"]
    assert hears("one", *end, "two", *end)[0] == ["one", "two"]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("abx\x7fc\r", "abc"),
        ("\x7f\x7fa\r", "a"),
        ("one two \x17three\r", "one three"),
        ("wrong\x15right\r", "right"),
        ("a\x1b[Ab\x1b[1;5Dc\x1bOAd\r", "abcd"),
        ("\x1b[31mred\x1b[0m\r", "\x1b[31mred\x1b[0m"),
        ("日本\x7f語\r", "日語"),
        ("half\x04", "half"),
    ],
)
def test_keys_edit_the_line(keys, text):
    assert hears(keys)[0] == [text]
    assert hears(*keys)[0] == [text]


def test_what_is_taken_away_goes_from_the_screen_cell_by_cell():
    assert hears("日\x7f")[1].shown.endswith("\b \b\b \b")
    assert hears("\x01\x7f")[1].shown == "\\x01" + "\b \b" * 4


def test_a_marked_paste_is_text_whatever_is_in_it():
    text = "one\n\x03\x04\x1a\x11\x13\x7f\x15 \x1b[31mred\x1b[0m\n.\n\ttwo"
    for keys in ([marked(text.replace("\n", "\r")) + "\r"], list(marked(text) + "\r")):
        board = Board(*keys)
        assert Typist(board).hear("") == Heard(text, pasted=True)
        assert "\x1b" not in board.shown


def test_several_pastes_and_typed_words_are_one_entry_up_to_enter():
    board = Board("see: " + marked("one\r") + marked("two") + "!\r")
    assert Typist(board).hear("> ") == Heard("see: one\ntwo!", pasted=True)


def test_a_long_paste_loses_nothing_and_is_echoed_by_its_beginning_and_size():
    text = "\n".join(f"{number} " + "x" * 6000 for number in range(90))
    data = marked(text) + "\r"
    board = Board(*(data[at : at + 4095] for at in range(0, len(data), 4095)))
    assert Typist(board).hear("") == Heard(text, pasted=True)
    assert "[pasted: 90 lines, 540,349 characters]" in board.shown
    assert len(board.shown) < 400


def test_an_enter_with_more_behind_it_says_so():
    typist = Typist(Board("\rtext\r"))
    assert typist.hear("") == Heard("", more=True)
    assert typist.hear("") == Heard("text")


def test_stop_and_suspend():
    with pytest.raises(KeyboardInterrupt):
        Typist(Board("abc\x03")).hear("")
    board = Board("abc\x1adef\r")
    assert Typist(board).hear("> ").text == "abcdef"
    assert board.suspended == 1
    assert board.shown == "> abc> abcdef\n"


def entries(*texts):
    left = [text if isinstance(text, Heard) else Heard(text) for text in texts]

    def hear(prompt):
        if not left:
            raise EOFError
        return left.pop(0)

    return hear


@pytest.mark.parametrize("rest", [("two", ".", "three"), ("two",), (Heard("two", pasted=True), "three")])
def test_a_paste_ends_with_a_dot_the_end_of_the_input_or_its_mark(rest):
    assert whole_paste(Heard("one"), entries(*rest)) == "one\ntwo\n"


def test_keys_that_send_signals_are_text_before_the_prompt_is_shown():
    board = Board("a\r", "b\r")
    typist = Typist(board)
    assert [typist.hear("> ").text, typist.hear("? ").text] == ["a", "b"]
    assert board.modes == ["reads after ''", "heard", "reads after '> a\\n'", "heard"]
