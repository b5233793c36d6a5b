"""Make docs/commands.md from the help of every command: python benchmarks/make_reference.py > docs/commands.md."""

import click
from click.testing import CliRunner

from kb.cli import COMMANDS, cli


def names() -> list[str]:
    """Every command as it is called, those of a group after it: `diagnose`, `case`, `case show`."""
    found = []
    for name in COMMANDS:
        found.append(name)
        command = cli.get_command(click.Context(cli), name)
        if isinstance(command, click.Group):
            found += [f"{name} {inner}" for inner in command.commands]
    return found


def main() -> None:
    print("# Commands\n\nMade by benchmarks/make_reference.py from `--help`; a test holds it to that.")
    for name in names():
        text = CliRunner().invoke(cli, [*name.split(), "--help"], prog_name="kb", terminal_width=100).output
        print(f"\n## kb {name}\n\n```text\n{text.strip()}\n```")


if __name__ == "__main__":
    main()
