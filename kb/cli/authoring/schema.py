"""`kb schema`: the formats of articles and library files for editors."""

from __future__ import annotations

from typing import Literal

import click

from diagnose.text.sanitize import json_text


@click.command()
@click.argument("field", default="", metavar="[FIELD]")
@click.option(
    "--library", type=click.Choice(["check", "signal"]), help="Print that of such a file of a library instead."
)
def command(field: str, library: Literal["check", "signal"] | None) -> int:
    """Print the JSON Schema of the front matter of an article, for editors that complete and check YAML.

    With FIELD, explain that field: by its name, or by its path (checks.cost.seconds).
    """
    if library or not field:
        from kb.articles.json_schema import library_schema, schema

        click.echo(json_text(library_schema(library) if library else schema()))
        return 0
    from kb.articles.fields import explained

    for found in explained(field):
        click.echo(f"{found.path}{'  (required)' if found.required else ''}\n    {found.told}")
        click.echo(f"    takes: {found.takes}{_default(found.default)}")
        if found.inner:
            click.echo(f"    fields: {', '.join(found.inner)}")
    return 0


def _default(value: object) -> str:
    if value in (None, "", [], {}) or isinstance(value, list | tuple | dict):
        return ""
    return f"; without it {json_text(value)}"
