"""The options that several commands share, by the name of the value that they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kb.cli.browsing.completing import parameters
from kb.cli.help import renamed_option

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("text", "json", "markdown", "html")
PLATFORMS = ("windows", "linux", "macos")

OPTIONS: dict[str, Callable[[Any], Any]] = {
    "inputs": click.argument("inputs", nargs=-1, metavar="[INPUT]..."),
    "clip": click.option("--clip", is_flag=True, help="Diagnose what is on the clipboard."),
    "baselines": click.option(
        "--baseline",
        "baselines",
        multiple=True,
        metavar="GOOD",
        help="A log of when it worked, file or folder: tell what is new against it (repeatable).",
    ),
    "texts": click.option("--text", "texts", multiple=True, metavar="TEXT", help="Diagnose TEXT itself."),
    "format_": click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True),
    "top": click.option(
        "--top", type=click.IntRange(min=1), default=5, show_default=True, metavar="N", help="Show at most N causes."
    ),
    "verbose": click.option("-v", "--verbose", is_flag=True, help="Show everything: all evidence, checks and steps."),
    "brief": click.option("--brief", is_flag=True, help="One line for each problem."),
    "fix": click.option(
        "--fix", type=click.IntRange(min=1), default=None, metavar="N", help="Show the steps for cause N of the answer."
    ),
    "explain": click.option("--explain", is_flag=True, help="Show where every number comes from."),
    "platform": click.option(
        "--platform",
        type=click.Choice(PLATFORMS),
        help="Show commands and name checks of this platform; as a rule that of the text, else of this machine.",
    ),
    "params": click.option(
        "--param",
        "params",
        multiple=True,
        metavar="NAME=VALUE",
        shell_complete=parameters,
        help="Give a value that commands need.",
    ),
    "encoding": click.option("--encoding", default="", metavar="NAME", help="Read the inputs in this encoding."),
    "max_bytes": click.option(
        "--max-bytes",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Read at most N bytes of an input (0: all).",
    ),
    "since": click.option(
        "--since", default="", metavar="T", help="Only lines from T on: 2026-11-21 09:14, 09:14, -2h, yesterday."
    ),
    "until": click.option("--until", default="", metavar="T", help="Only lines up to T."),
    "around": click.option(
        "--around", default="", metavar="T", help="Only lines of the ten minutes before and after T."
    ),
    "zone": click.option(
        "--zone",
        default="",
        metavar="ZONE",
        help="The zone of times without one: UTC (as usual), +02:00, Europe/Berlin.",
    ),
    "context": click.option(
        "--context",
        type=click.IntRange(min=0, max=32),
        default=0,
        metavar="N",
        help="Show N lines on either side of evidence.",
    ),
    "threads": renamed_option(
        "--jobs",
        "threads",
        old=("--threads",),
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Scan with N threads (0: one a processor).",
    ),
    "strict": click.option("--strict", is_flag=True, help="Warnings (a broken article, cut lines) end with status 2."),
    "quiet": click.option("-q", "--quiet", is_flag=True, help="No report, only the exit status."),
    "raw": click.option("--raw", is_flag=True, help="Show quotes as they stand, secrets included."),
    "redact": click.option(
        "--redact",
        type=click.Choice(["secrets", "personal"]),
        default="secrets",
        show_default=True,
        help="What is replaced besides secrets: mail addresses, phone and card numbers, SIDs with personal.",
    ),
    "case_file": click.option(
        "--case", "case_file", metavar="FILE", help="Keep all this in FILE, redacted; go on with what it holds."
    ),
    "interactive": click.option(
        "--interactive",
        is_flag=True,
        help="Go from check to check until a cause is confirmed, as a paste at a terminal does by itself.",
    ),
    "once": click.option("--once", is_flag=True, help="At a terminal: one report, then end."),
    "after_fix": click.option(
        "--after-fix", is_flag=True, help="INPUTs were taken after the fix of the --case: prove it."
    ),
    "no_learned": click.option(
        "--no-learned", is_flag=True, help="Ignore what resolved cases say of how likely a cause is."
    ),
    "output": click.option("--output", metavar="FILE", help="Write the report to FILE."),
    "force": click.option("--force", is_flag=True, help="Overwrite FILE of --output."),
    "verify": click.option(
        "--verify", is_flag=True, help="Offer the read-only probes of the leading causes, as kb verify does."
    ),
    "yes": click.option("--yes", is_flag=True, help="Do not ask; wants --target for every host to be probed."),
    "targets": click.option(
        "--target", "targets", multiple=True, metavar="HOST", help="Probe HOST and this machine only (repeatable)."
    ),
    "here": click.option(
        "--here", is_flag=True, help="This machine is where the checks belong: what it finds counts in full."
    ),
    "timeout": click.option(
        "--timeout",
        type=click.FloatRange(min=0.1, max=10),
        default=3.0,
        show_default=True,
        metavar="SECONDS",
        help="Wait this long for one probe.",
    ),
    "checks": click.option(
        "--check", "checks", multiple=True, metavar="ID", help="Probe this check, answered or not (repeatable)."
    ),
    "cluster": click.option(
        "--cluster",
        default="",
        metavar="ADDRESS|FILE",
        help="Let the workers of a Dask scheduler read the INPUTs (tcp://HOST:8786, or its scheduler file; docs/scale.md).",
    ),
    "cluster_tls": click.option(
        "--cluster-tls", default="", metavar="DIR", help="The ca.pem, cert.pem and key.pem for a scheduler with TLS."
    ),
}
INPUT = ("inputs", "texts", "encoding", "max_bytes", "since", "until", "around", "zone", "threads")
PROBE = ("yes", "targets", "here", "timeout", "checks")


def options(*names: str) -> Callable[[Any], Any]:
    """Gives a command the options of these names, in this order in its help."""

    def decorate(function: Any) -> Any:
        for name in reversed(names):
            function = OPTIONS[name](function)
        return function

    return decorate
