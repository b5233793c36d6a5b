"""Markdown of an article to clean HTML, within a budget: the one place that everything else takes it from.

Python-Markdown needs minutes for a few kilobytes of `[` (Python-Markdown/markdown#798, open). So a linear count of what is
known to be slow comes first; a text that is plainly harmless is read here, any other in a child that is killed after two
seconds. Whatever goes wrong, the text is not lost: it is shown as it was written, with a note that says why.
"""

from __future__ import annotations

import re
from html import escape

from msgspec import Struct

from kb.markdown.blocks import Mark, TextBlock, text_blocks, to_text
from kb.markdown.child import CHILD, ChildError

__all__ = ["LARGEST", "LIMIT", "Mark", "Rendered", "TextBlock", "render", "text_blocks", "to_text", "worst_case"]

LARGEST = 256 * 1024
LARGEST_HTML = 4 * 1024 * 1024
LIMIT = 2.0
# Read in this process up to here: the slowest of 3,200 random mixes within both limits took 0.5 s.
LARGEST_HERE = 32 * 1024
WORST_HERE = 0.2
# Less of the letters than this in the HTML: an unclosed comment or a parser's fault has swallowed the rest.
LEAST_SHOWN = 0.2

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_NOT_LETTERS = re.compile(r"[\W_]+")
_NO_ASCII_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class Rendered(Struct, frozen=True):
    """Clean HTML of an article; `note` is empty unless it had to be shown as plain text or was cut."""

    html: str
    note: str = ""


def render(body: str) -> Rendered:
    """Clean HTML of `body` in at most `LIMIT` seconds. Never raises, never loses text without a note."""
    text = _CONTROLS.sub("\ufffd", body.replace("\r\n", "\n").replace("\r", "\n"))
    size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    if size > LARGEST:
        return _plain(text[:LARGEST], f"it holds {size // 1024} KiB; the first {LARGEST // 1024} are shown")
    try:
        html = _convert(text)
    except ChildError as error:
        return _plain(text, str(error))
    except Exception as error:  # whatever a parser raises on hostile text
        return _plain(text, f"it cannot be read ({type(error).__name__})")
    if len(html) > LARGEST_HTML:
        return _plain(text, f"it grows to {len(html) // 1024} KiB")
    if _lost(text, html):
        return _plain(text, "part of it would be lost")
    return Rendered(html)


def _convert(text: str) -> str:
    if len(text) <= LARGEST_HERE and worst_case(text) <= WORST_HERE:
        from kb.markdown.convert import to_html

        return to_html(text)
    return CHILD.convert(text, LIMIT)


def _plain(text: str, reason: str) -> Rendered:
    return Rendered(f"<pre>{escape(text, quote=False)}</pre>", f"the Markdown is shown as plain text: {reason}")


def worst_case(text: str) -> float:
    """Seconds that `text` may cost beyond the usual, from counts alone.

    The factors are the slowest of about 60 generators (repeated openers, with and without text between them) for each
    occurrence and character, measured with Python-Markdown 3.11.3 on a 2 GHz core, rounded up. A bracket is looked for
    up to the end of its paragraph; mixes that join paragraphs are known, so the end of the text is taken.
    """
    counts = 2e-7 * text.count("[") + 3e-8 * text.count("<") + 5e-7 * text.count("<!") + 2e-8 * text.count("~~~")
    return len(text) * counts + sum(len(block) * _slow(block) for block in _BLANK_LINE.split(text))


def _slow(block: str) -> float:
    """Seconds for each character of `block`, which is read again from each of its lines and marks."""
    others = sum(block.count(mark) for mark in "*_`{|>")
    return 5e-8 * block.count("\n") + 2e-8 * others


def _lost(text: str, html: str) -> bool:
    if len(html.encode("ascii", "ignore").translate(None, _NO_ASCII_LETTERS)) >= max(1, LEAST_SHOWN * len(text)):
        return False  # the usual case, known without looking at what is no letter of others
    before = len(_NOT_LETTERS.sub("", _without_comments(text)))
    return before > 0 and len(_NOT_LETTERS.sub("", html)) < max(1, LEAST_SHOWN * before)


def _without_comments(text: str) -> str:
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[at:start])
        at = end + 3
    return "".join((*parts, text[at:]))
