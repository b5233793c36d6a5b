"""`kb stats`: figures of the base in use, and what resolved cases make of its likelihoods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from diagnose.text.sanitize import json_text
from kb.cli.output import tell
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.store.store import Store


@click.command()
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(session: Session, format_: str) -> int:
    """Show how many articles, causes and checks the base has, and what resolved cases say of its causes."""
    store = session.store()
    base, learned = _base(store), _learned(store)
    if format_ == "json":
        click.echo(json_text({"base": base, "learned": learned}))
        return 0
    for name, number in base.items():
        click.echo(f"{name:<10} {number}")
    click.echo(f"{'resolved':<10} {sum(row['count'] for row in learned)}")
    for row in learned:
        click.echo(f"  {row['count']:>4} of {row['of']:<4} x{row['factor']:.2g}  {row['cause']}")
    return 0


def _base(store: Store) -> dict[str, int]:
    problems = store.problems(store.ids()).values()
    return {
        "articles": len(problems),
        "causes": sum(len(problem.causes) for problem in problems),
        "checks": sum(len(problem.checks) for problem in problems),
        "signals": sum(len(problem.signals) for problem in problems),
    }


def _learned(store: Store) -> list[dict[str, Any]]:
    """Every cause of an article of which a case was resolved: how many, of how many, and the factor on its prior."""
    from diagnose.rank.learned import learned_of
    from kb.cases.resolved import counts
    from kb.folders import data_dir

    found = counts(data_dir(), tell)
    articles = sorted({name.partition("/")[0] for name in found})
    return [
        {
            "cause": f"{article}/{cause}" if cause else f"{article}: none of its causes",
            "count": item.count,
            "of": item.of,
            "factor": round(item.factor, 4),
        }
        for article, problem in sorted(store.problems(articles).items())
        for cause, item in learned_of(problem, found).items()
    ]
