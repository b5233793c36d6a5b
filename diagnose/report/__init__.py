"""A Diagnosis for people and programs: one renderer for each format, all of the same value.

Each takes a Diagnosis, a Style and the timeline of its case, if it has one, and gives the whole text. Whatever came from an input or an article is neutralised
for terminals and escaped for Markdown and HTML; JSON stays exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.report.style import Style
from diagnose.text.sanitize import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diagnose.diagnosis import Diagnosis, Step


def _json(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    return json_text(diagnosis) + "\n"


def _text(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    from diagnose.report.text import render

    return render(diagnosis, style, timeline)


def _markdown(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    from diagnose.report.markdown import render

    return render(diagnosis, style, timeline)


def _html(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    from diagnose.report.html import render

    return render(diagnosis, style, timeline)


RENDERERS: dict[str, Callable[[Diagnosis, Style, Sequence[Step]], str]] = {
    "json": _json,
    "text": _text,
    "markdown": _markdown,
    "html": _html,
}
