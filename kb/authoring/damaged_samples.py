"""`kb test --mutate`: the samples as they come out of consoles, mail and full logs, against the base.

Takes articles with samples; tells for every way in which a text gets damaged how many samples still lead to their article
and, for those of a cause, to their cause. The same samples give the same figures. An edge module: it reads the samples.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.pipeline import diagnose, paste
from kb.authoring.samples import samples_of
from kb.safe_files import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kb.articles.article import Article
    from kb.store.store import Store

    Mutation = Callable[[list[str], random.Random], list[str]]

NOISE_LINES = 40
_WORDS = "session worker request queue cache index tenant batch shard replica stream buffer token route page".split()
_VERBS = "opened closed scheduled received refreshed started stored read merged checked".split()


def _dropped(lines: list[str], chance: random.Random) -> list[str]:
    """Without one line, where there are at least four."""
    gone = chance.randrange(len(lines)) if len(lines) > 3 else len(lines)
    return lines[:gone] + lines[gone + 1 :]


def _wrapped(width: int) -> Mutation:
    """Cut into pieces of `width`, also inside words, as a console does."""
    return lambda lines, _: [line[i : i + width] for line in lines for i in range(0, max(1, len(line)), width)]


def _noisy(lines: list[str], chance: random.Random) -> list[str]:
    """Among lines of another program."""
    noise = [
        f"2026-11-21 10:{n:02}:{chance.randrange(60):02} INFO [worker-{chance.randrange(9)}]"
        f" {chance.choice(_WORDS)} {chance.randrange(999)} {chance.choice(_VERBS)} by {chance.choice(_WORDS)} {n}"
        for n in range(NOISE_LINES)
    ]
    return [*noise[: NOISE_LINES // 2], *lines, *noise[NOISE_LINES // 2 :]]


def _shuffled(lines: list[str], chance: random.Random) -> list[str]:
    return chance.sample(lines, len(lines))


MUTATIONS: dict[str, Mutation] = {
    "a line dropped": _dropped,
    "lines reordered": _shuffled,
    "wrapped at 80": _wrapped(80),
    "wrapped at 100": _wrapped(100),
    "cut at 120": lambda lines, _: [line[:120] for line in lines],
    "quoted as mail": lambda lines, _: [f"> {line}" for line in lines],
    "among other lines": _noisy,
}


class Survived(Struct, frozen=True):
    """Of `samples` damaged in one way, how many still lead to the article; of `caused`, how many to the cause."""

    article: str
    mutation: str
    samples: int
    found: int
    caused: int
    right: int


def survivors(store: Store, articles: Iterable[Article]) -> Iterator[Survived]:
    """The figures of every article that has samples, for each mutation."""
    for article in articles:
        samples = list(_samples(article))
        for name, mutate in MUTATIONS.items() if samples else ():
            told = [
                _told(store, article.problem.id, cause, mutate(lines, random.Random(name))) for lines, cause in samples
            ]
            yield Survived(
                article=article.problem.id,
                mutation=name,
                samples=len(told),
                found=sum(found for found, _ in told),
                caused=sum(bool(cause) for _, cause in samples),
                right=sum(right for _, right in told),
            )


def _samples(article: Article) -> Iterator[tuple[list[str], str]]:
    """(lines, cause or "") of the samples that lead to the article."""
    for sample in samples_of(article):
        if sample.place != "other":
            text = read(sample.path).decode("utf-8", "replace")
            yield text.rstrip("\n").split("\n"), sample.cause


def _told(store: Store, article: str, cause: str, lines: list[str]) -> tuple[bool, bool]:
    """Whether the article leads, and the cause."""
    text = "\n".join(lines).encode()
    found = diagnose(paste(text), store)
    leads = bool(found.articles) and found.articles[0].id == article and found.verdict != "unknown"
    return leads, bool(cause and found.causes) and found.causes[0].id == f"{article}/{cause}"
