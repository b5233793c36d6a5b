"""What the shell offers on Tab for values that only the base knows: articles, causes, parameters.

Called by the completion of click, with the words so far; what goes wrong offers nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.errors import KbError
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import click
    from click.shell_completion import CompletionItem

    from diagnose.model import Problem


def articles(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Ids of articles, with their titles."""
    return _named((p.id, p.title) for p in _problems(context) if p.id.startswith(begun))


def articles_and_causes(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Ids of articles; behind a slash the causes of the one before it."""
    if "/" not in begun:
        return articles(context, parameter, begun)
    return [item for item in causes(context, parameter, begun) if item.value.startswith(begun)]


def causes(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """ARTICLE/CAUSE, with the titles of the causes."""
    return _named(
        (f"{problem.id}/{cause.id}", cause.title)
        for problem in _problems(context)
        for cause in problem.causes
        if f"{problem.id}/{cause.id}".startswith(begun)
    )


def parameters(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """NAME= of every parameter of an article, with what it asks for."""
    asks = {name: param.ask for problem in _problems(context) for name, param in problem.params.items()}
    return _named((f"{name}=", ask) for name, ask in sorted(asks.items()) if name.startswith(begun))


def _named(found: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(value, help=told) for value, told in found]


def _problems(context: click.Context) -> Iterator[Problem]:
    try:
        store = context.ensure_object(Session).store(warn=False, quiet=True)
        yield from store.problems(store.ids()).values()
    except (KbError, OSError):
        return
