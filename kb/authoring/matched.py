"""What a plain Markdown article will be matched by: the messages that it quotes and the codes that it names.

Takes articles, gives values; what is not listed is found by its words alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.text.terms import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.articles.article import Article
    from kb.store.store import Store

SHOWN = 160


class MatchedBy(Struct, frozen=True):
    path: str
    messages: tuple[str, ...]
    codes: tuple[str, ...]

    def __str__(self) -> str:
        rows = [f"  message  {_shown(message)}" for message in self.messages]
        rows += [f"  code     {code}" for code in self.codes]
        if not rows:
            rows = ["  nothing of its own, only by its words: quote its messages in `backticks` or a fence"]
        return "\n".join((f"{self.path}: plain Markdown, matched by", *rows))


def matched_by(store: Store, articles: Iterable[Article]) -> Iterator[MatchedBy]:
    """One for each of these articles of `store` that declares nothing."""
    for article in articles:
        if not article.declared:
            yield MatchedBy(article.path, *store.quoted(article.problem.id))


def _shown(message: str) -> str:
    text = message.replace(PLACEHOLDER, "...")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."
