"""`kb schema`: the article format for editors."""

from __future__ import annotations

import click

from diagnose.text.sanitize import json_text


@click.command()
@click.argument("field", default="", metavar="[FIELD]")
def command(field: str) -> int:
    """Print the JSON Schema of the front matter of an article, for editors that complete and check YAML.

    With FIELD, explain that field: by its name, or by its path (checks.cost.seconds).
    """
    if not field:
        from kb.articles.json_schema import schema

        click.echo(json_text(schema()))
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
