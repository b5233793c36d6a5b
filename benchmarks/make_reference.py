"""Make docs/commands.md from the help of every command: python benchmarks/make_reference.py > docs/commands.md."""

from click.testing import CliRunner

from kb.cli import COMMANDS, cli


def main() -> None:
    print("# Commands\n\nMade by benchmarks/make_reference.py from `--help`; a test holds it to that.")
    for name in COMMANDS:
        text = CliRunner().invoke(cli, [name, "--help"], prog_name="kb", terminal_width=100).output
        print(f"\n## kb {name}\n\n```text\n{text.strip()}\n```")


if __name__ == "__main__":
    main()
