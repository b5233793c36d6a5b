"""Checks and steps of an article as their reader sees them: words and commands with the values filled in, what is missing.

Takes declarations, parameters and values; gives the records of `diagnose.diagnosis`. Knows nothing of where values come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.commands.fill import commands_for
from diagnose.diagnosis import ShownCheck, ShownRemediation
from diagnose.templates import filled_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.diagnosis import Command
    from diagnose.model import Check, Param, Platform, Remediation


def shown_check(
    name: str,
    check: Check,
    params: Mapping[str, Param],
    values: Mapping[str, str],
    platform: Platform | None,
    *,
    outcome: str | None = None,
    unclear: str = "",
    assumed: Sequence[str] = (),
) -> ShownCheck:
    """The check `name` with its commands, those of `platform` first; `outcome` or why it is `unclear` where it was run.

    `assumed` are the parameters that name what is measured and have only their default.
    """
    commands = commands_for(check.commands, params, values, platform)
    missing = _missing(commands)
    return ShownCheck(
        id=name,
        title=filled_text(check.title, values),
        outcome=outcome,
        unclear=unclear,
        missing=missing,
        asks=_asks((*missing, *assumed), params),
        assumed={name: values[name] for name in assumed},
        commands=commands,
        cost=check.cost,
        outcomes=tuple(check.outcomes),
        read_only=check.read_only,
        on=filled_text(check.on, values),
        needs=check.needs,
    )


def shown_step(
    step: Remediation, params: Mapping[str, Param], values: Mapping[str, str], platform: Platform | None
) -> ShownRemediation:
    """A step with its commands, those of `platform` first."""
    commands = commands_for(step.commands, params, values, platform)
    missing = _missing(commands)
    return ShownRemediation(
        kind=step.kind,
        text=filled_text(step.text, values),
        commands=commands,
        risk=step.risk,
        undo=filled_text(step.undo, values),
        verify=step.verify,
        missing=missing,
        asks=_asks(missing, params),
        on=filled_text(step.on, values),
        needs=step.needs,
        privilege=step.privilege,
        before=filled_text(step.before, values),
        reason=step.reason,
    )


def _missing(commands: Sequence[Command]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for command in commands for name in command.missing))


def _asks(missing: Sequence[str], params: Mapping[str, Param]) -> dict[str, str]:
    return {name: params[name].ask or f"which {name}?" for name in missing if name in params}
