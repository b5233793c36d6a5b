"""The command line: one file a command, loaded when called. Exit codes and error form: docs/errors.md."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import click

from diagnose.errors import KbError, bug_in
from kb.cli.output import tell
from kb.cli.session import Session, base_option

# name: (module below kb.cli, what `kb --help` says)
COMMANDS: dict[str, tuple[str, str]] = {
    "diagnose": ("diagnosing.diagnose", "Rank the root causes behind a pasted error or log files."),
    "verify": (
        "diagnosing.verify",
        "Diagnose, then run the read-only probes that tell the causes apart, if you agree.",
    ),
    "run": ("diagnosing.run", "Run your own command, and diagnose it if it fails."),
    "why": ("diagnosing.why", "Show why an article did or did not match an input."),
    "audit": ("diagnosing.audit", "Check a root-cause report against its logs."),
    "search": ("browsing.search", "Search the articles, offline."),
    "show": ("browsing.show", "Read an article."),
    "list": ("browsing.list_", "List the articles."),
    "code": ("diagnosing.code", "Decode an error code in any notation."),
    "scan": ("scaling.scan", "Read inputs into a small part file that any machine diagnoses."),
    "batch": ("scaling.batch", "Diagnose many inputs, each as a case of its own, and sum up."),
    "mcp": ("serving.mcp", "Serve an assistant over the Model Context Protocol (extra: mcp)."),
    "serve": ("serving.serve", "Serve the page and the HTTP API on this machine (extra: web)."),
    "watch": ("scaling.watch", "Follow logs that are being written, and tell when a cause shows."),
    "export": ("exporting", "Write the base as queries of ripgrep, Loki, ClickHouse or Sigma."),
    "import": ("authoring.import_", "Turn a foreign knowledge base into articles."),
    "new": ("authoring.new", "Draft an article from an error text."),
    "lint": ("authoring.lint", "Check articles for faults."),
    "test": ("authoring.test", "Check articles against the samples beside them."),
    "eval": ("authoring.eval", "Measure a base on labelled cases."),
    "case": ("diagnosing.case", "Read, replay, compare and export cases."),
    "resolve": ("diagnosing.resolve", "Record which cause a case turned out to be."),
    "stats": ("browsing.stats", "Show figures of the base and of resolved cases."),
    "schema": ("authoring.schema", "Print the JSON Schema of the article format, or explain one field."),
    "completion": ("browsing.completion", "Make your shell complete commands, options and ids."),
    "index": ("browsing.index", "Build the derived files now."),
    "doctor": ("browsing.doctor", "Show versions, engines and the state of the cache."),
}
COMMAND_GROUPS = {
    "Find the cause": ("diagnose", "run", "verify", "why", "code", "audit"),
    "Read the articles": ("search", "show", "list"),
    "Many inputs, many machines": ("batch", "scan", "watch", "export"),
    "Keep a case": ("case", "resolve"),
    "Answer others": ("serve", "mcp"),
    "Write and measure articles": ("new", "lint", "test", "eval", "import", "schema"),
    "This installation": ("stats", "index", "doctor", "completion"),
}


class Commands(click.Group):
    """Loads a command's module when the command is called, so that `kb --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"kb.cli.{COMMANDS[cmd_name][0]}").command
        command.name = cmd_name
        if not any("--kb" in parameter.opts for parameter in command.params):
            command.params.append(base_option())
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            from diagnose.errors import did_you_mean

            hint = did_you_mean(name, COMMANDS) or "kb --help lists the commands"
            raise click.UsageError(f"no such command '{name}'; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group, names in COMMAND_GROUPS.items():
            with formatter.section(group):
                formatter.write_dl([(name, COMMANDS[name][1]) for name in names])


def _version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        from kb import __version__

        click.echo(f"kb {__version__}")
        context.exit()


@click.command(
    cls=Commands,
    params=[
        base_option(),
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
        ),
        click.Option(
            ["--strict-sweep"],
            is_flag=True,
            help="Know changed articles by their content, not by size and times, which a share or Windows may keep.",
        ),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.pass_context
def cli(context: click.Context, strict_sweep: bool) -> None:
    """Paste an error, get ranked root causes with honest odds and the commands that verify them. Offline.

    \b
    kb diagnose                  paste, press Enter; then paste what its command prints
    kb diagnose error.log        or name files, folders, - for standard input
    kb search WORDS              search the articles
    """
    session = context.ensure_object(Session)
    session.strict_sweep = strict_sweep
    context.call_on_close(session.close)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """The console script: run, and turn whatever happens into an exit code."""
    if COMPLETE in os.environ:  # a shell asks, and reads tabs and the like
        if os.environ[COMPLETE].startswith("powershell"):
            import_module("kb.cli.browsing.completion")
        cli.main(sys.argv[1:], prog_name="kb")
    gc.set_threshold(COLLECT_AFTER)
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End at once: all is written and closed, and to take an interpreter of 250 modules down in order takes a tenth of the
    time of a short call."""
    with suppress(OSError, ValueError, AttributeError):  # standard error may be closed, or there is none
        sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code)


# Objects made before the first collection of garbage: a short call makes fewer, and there is hardly any to collect.
COLLECT_AFTER = 100_000
COMPLETE = "_KB_COMPLETE"


def run(arguments: list[str]) -> int:
    """Run one command line; gives the exit code (0, 1, 2, 70, 130, 141)."""
    from kb.cli.screen import screens

    if sys.stdout is None:  # what opens a file next would get its number
        return _failed(KbError("standard output", "is closed", "send it to a file, or to nowhere with >/dev/null"))
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  # closed: there is nothing to read
    with screens():
        code = _invoke(arguments)
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            return _closed()
        except KbError as error:
            return _failed(error)
        return code


def _invoke(arguments: list[str]) -> int:
    try:
        result: Any = cli.main(arguments, prog_name="kb", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        return _usage(error)
    except (click.Abort, KeyboardInterrupt):
        tell("stopped")
        return 130
    except KbError as error:
        return _failed(error)
    except BrokenPipeError:
        return _closed()
    except OSError as error:
        return _unwritable(error)
    except UnicodeEncodeError as error:
        return _no_text(error)
    except Exception as error:
        return _damaged() if _of_index(error) else _bug(error)


def _usage(error: click.ClickException) -> int:
    context = getattr(error, "ctx", None)
    where = f"{context.command_path} " if context is not None else ""
    message = error.format_message()
    if isinstance(error, click.NoSuchOption):
        from kb.cli.help import option_hint

        message = "; ".join(filter(None, (f"no such option {error.option_name}", option_hint(error))))
    tell(f"{message} (see: {where}--help)".replace("kb --help --help", "kb --help"))
    return 2


def _failed(error: KbError) -> int:
    tell(f"{error} ({error.code})")
    return 2


def _unwritable(error: OSError) -> int:
    """A file or a folder that the system refuses."""
    if os.environ.get("KB_DEBUG") == "1":
        raise error
    where = str(error.filename or "the system")
    return _failed(
        KbError(where, error.strerror or str(error), "check the name, the permissions and the space that is left")
    )


def _no_text(error: UnicodeEncodeError) -> int:
    """A name or an option with bytes that are no text: only the outside has such."""
    if error.reason != "surrogates not allowed":
        return _bug(error)
    return _failed(KbError(str(error.object)[:80], "holds bytes that are no text", "write or rename it in UTF-8"))


def _closed() -> int:
    """The reader went away: not an error, and nothing more to say."""
    from kb.cli.screen import drop

    drop(sys.stdout)
    return 141


def _of_index(error: Exception) -> bool:
    import sqlite3

    from kb.store.schema import DamagedError

    return isinstance(error, (sqlite3.DatabaseError, DamagedError))


def _damaged() -> int:
    """Damage deep in the file that opening it did not meet: it goes, and the next call builds it again."""
    from kb.folders import cache_dir

    folder = cache_dir()
    for path in folder.glob("kb-*.sqlite*") if folder else ():
        path.unlink(missing_ok=True)
    tell("the index was damaged and is removed; run the command again, it is built anew (KB-E014)")
    return 2


def _bug(error: Exception) -> int:
    if os.environ.get("KB_DEBUG") == "1":
        raise error
    tell(f"{bug_in(error)}; KB_DEBUG=1 shows all (KB-E070)")
    return 70
