"""The options of commands that may probe."""

from __future__ import annotations

from typing import Any

import click

_OPTIONS = (
    click.option("--yes", is_flag=True, help="Do not ask; wants --target for every host to be probed."),
    click.option(
        "--target", "targets", multiple=True, metavar="HOST", help="Probe HOST and this machine only (repeatable)."
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0.1, max=10),
        default=3.0,
        show_default=True,
        metavar="SECONDS",
        help="Wait this long for one probe.",
    ),
    click.option(
        "--check", "checks", multiple=True, metavar="ID", help="Probe this check, answered or not (repeatable)."
    ),
)


def probe_options(function: Any) -> Any:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
