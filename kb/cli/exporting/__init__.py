"""`kb export FORM`: the base in the words of other programs. `FORMS` is a table, a form a row and a file here."""

from __future__ import annotations

from importlib import import_module

import click

# name: (module below kb.cli.exporting, what `kb export --help` says)
FORMS: dict[str, tuple[str, str]] = {
    "base": ("base", "The base as one file with its digest, for kb import base."),
    "ripgrep": ("queries", "Texts for ripgrep, to fetch every line that may matter from files."),
    "loki": ("queries", "The same as queries of Grafana Loki."),
    "clickhouse": ("queries", "The same as a query of ClickHouse."),
    "sigma": ("queries", "The same as Sigma rules, rules for each article, for their many backends."),
}


class Forms(click.Group):
    """Loads a form's module when it is called. A module gives `command(name)`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(FORMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in FORMS:
            return None
        module, told = FORMS[cmd_name]
        made: click.Command = import_module(f"kb.cli.exporting.{module}").command(cmd_name)
        made.short_help = told
        return made


@click.command(cls=Forms)
def command() -> None:
    """Write the base in the words of another program, so that it looks through what is too large to be read here."""
