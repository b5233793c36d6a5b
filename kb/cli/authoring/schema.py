"""`kb schema`: the article format for editors."""

from __future__ import annotations

import click

from diagnose.text.sanitize import json_text


@click.command()
def command() -> int:
    """Print the JSON Schema of the front matter of an article, for editors that complete and check YAML."""
    from kb.articles.json_schema import schema

    click.echo(json_text(schema()))
    return 0
