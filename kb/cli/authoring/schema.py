"""`kb schema`: the article format for editors."""

from __future__ import annotations

import click


@click.command()
def command() -> int:
    """Print the JSON Schema of the front matter of an article, for editors that complete and check YAML."""
    import msgspec

    from kb.articles.json_schema import schema

    click.echo(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode())
    return 0
