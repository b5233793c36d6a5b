"""Make docs/articles.md, the articles that ship: python benchmarks/make_articles.py > docs/articles.md."""

import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from kb.articles.article import Article
from kb.store.open import open_store
from kb.store.store import Store

ROOT = Path(__file__).resolve().parent.parent


def page(store: Store) -> str:
    """The articles of `store` by domain, each with the causes that it tells apart."""
    articles = sorted((store.article(name) for name in store.ids()), key=lambda a: (a.domain, a.problem.id))
    return "\n".join([*_head(articles), *_domains(articles), ""])


def _head(articles: list[Article]) -> Iterator[str]:
    causes = sum(len(article.problem.causes) for article in articles)
    yield "# Articles"
    yield ""
    yield f"{len(articles)} articles with {causes} causes ship with the program. `kb show ID` prints one. Made by"
    yield "benchmarks/make_articles.py; a test holds it to the articles."


def _domains(articles: list[Article]) -> Iterator[str]:
    for domain, members in groupby(articles, key=lambda a: a.domain):
        yield f"\n## {domain}"
        for article in members:
            problem = article.problem
            link = f"[{problem.id}](../{Path(article.path).relative_to(ROOT).as_posix()})"
            yield f"\n**{link}** ({problem.status}): {_plain(problem.title)}\n"
            yield from (f"- {_plain(cause.title)}" for cause in problem.causes)


def _plain(text: str) -> str:
    """A text that Markdown prints as it stands."""
    return re.sub(r"([\\*_`\[\]])", r"\\\1", " ".join(text.split())).replace("<", "&lt;")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    with open_store([ROOT / "articles"], None) as store:
        print(page(store), end="")
