"""Help in groups: options by what they are about, commands by what one wants; old names of options understood, not shown.

Classes for click; nothing here knows of any single command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Group: the values that its options give. What stands in none of them is an answer's.
OPTION_GROUPS = {
    "Input": (
        "texts",
        "clip",
        "encoding",
        "max_bytes",
        "baselines",
        "params",
        "threads",
        "source",
        "cluster",
        "cluster_tls",
    ),
    "Time": ("since", "until", "around", "zone"),
    "Answer": (),
    "Case": ("case_file", "interactive", "once", "after_fix", "no_learned", "keep"),
    "Probes": ("verify", "yes", "targets", "here", "timeout", "checks"),
    "Output": ("format_", "output", "force", "quiet", "raw", "redact", "strict"),
    "Other": ("kb", "version"),
}
_GROUP_OF = {value: group for group, values in OPTION_GROUPS.items() for value in values}
FEW = 8  # options up to this number stand in one list


class KbCommand(click.Command):
    """A command whose help groups its options where they are many."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        rows = [(option, row) for option in options if (row := option.get_help_record(ctx))]
        if len(rows) <= FEW:
            super().format_options(ctx, formatter)
            return
        groups: dict[str, list[tuple[str, str]]] = {group: [] for group in OPTION_GROUPS}
        for option, row in rows:
            groups["Other" if "--help" in option.opts else _GROUP_OF.get(option.name or "", "Answer")].append(row)
        for group, found in groups.items():
            if found:
                with formatter.section(group):
                    formatter.write_dl(found)


class RenamedOption(click.Option):
    """An option with names from before names were settled: understood, shown nowhere."""

    def __init__(self, names: Sequence[str], *, old: Sequence[str], **given: Any) -> None:
        super().__init__([*names, *old], **given)
        self.old = old

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        every = self.opts
        self.opts = [name for name in every if name not in self.old]
        try:
            return super().get_help_record(ctx)
        finally:
            self.opts = every


def renamed_option(*names: str, old: Sequence[str], **given: Any) -> Callable[[Any], Any]:
    """As click.option, with the `old` names."""
    return click.option(*names, cls=RenamedOption, old=old, **given)


def option_hint(error: click.NoSuchOption) -> str:
    """What an option that does not exist was probably meant to be."""
    context = error.ctx
    known = [name for parameter in context.command.get_params(context) for name in parameter.opts] if context else []
    from diagnose.errors import did_you_mean

    return did_you_mean(error.option_name, [name for name in known if name.startswith("--")])
