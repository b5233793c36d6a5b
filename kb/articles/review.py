"""The second reading of an article: `review.md` beside it, which `status: stable` asks for.

A line `date:` (2026-11-29) and a line `verdict:` (signed, refused) come first; what was checked against what and what is still
open follows as Markdown, for people. An edge module: it reads the file.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from kb.articles.article import Article

NAME = "review.md"
SIGNED = "signed"
VERDICTS = (SIGNED, "refused")
_LINE = re.compile(r"^(date|verdict):[ \t]*(\S*)[ \t]*$", re.MULTILINE)


class Review(Struct, frozen=True):
    """`date` and `verdict` as they stand in the file, empty where the line is missing; `text` is all of it."""

    path: str
    date: str
    verdict: str
    text: str

    @property
    def dated(self) -> bool:
        try:
            return bool(date.fromisoformat(self.date))
        except ValueError:
            return False


def changed(article: Article) -> str:
    """The day of the last change that an article tells; a reading of before it is overtaken."""
    return max(article.header.modified, article.header.reviewed)


def review_of(article: Article) -> Review | None:
    """The reading that lies beside an article; None where there is none."""
    path = Path(article.path).parent / NAME
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    found = dict(reversed(_LINE.findall(text)))  # the first of each counts
    return Review(str(path), found.get("date", ""), found.get("verdict", ""), text)
