"""An audit for people and programs: a renderer for each format, all of the same value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.text.sanitize import json_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from diagnose.audit.model import Audit
    from diagnose.report.style import Style


def _json(audit: Audit, style: Style) -> str:
    return json_text(audit) + "\n"


def _text(audit: Audit, style: Style) -> str:
    from diagnose.audit.shown.text import render

    return render(audit, style)


def _markdown(audit: Audit, style: Style) -> str:
    from diagnose.audit.shown.markdown import render

    return render(audit)


def _html(audit: Audit, style: Style) -> str:
    from diagnose.audit.shown.html import render

    return render(audit)


RENDERERS: dict[str, Callable[[Audit, Style], str]] = {
    "json": _json,
    "text": _text,
    "markdown": _markdown,
    "html": _html,
}
