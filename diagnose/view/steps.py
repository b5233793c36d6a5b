"""Checks and steps as they are shown: the machine where they run, what they need, their commands, what is still asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.text.sanitize import neutral
from diagnose.view.view import CheckView, CommandView, StepView
from diagnose.view.words import assumption, cost, question, said, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.diagnosis import Command, ShownCheck, ShownRemediation


def check_view(check: ShownCheck) -> CheckView:
    return CheckView(
        id=check.id,
        title=neutral(check.title),
        outcome=neutral(check.outcome or ""),
        unclear=neutral(check.unclear),
        facts=cost(check),
        where=_where(check.on, check.needs),
        commands=_commands(check.commands),
        first=tuple(neutral(question(name, check.asks)) for name in check.missing),
        notes=tuple(neutral(assumption(name, value)) for name, value in check.assumed.items()),
    )


def step_view(step: ShownRemediation, checks: Sequence[ShownCheck]) -> StepView:
    rights = ("administrator rights",) if step.privilege == "admin" else ()
    return StepView(
        kind=step.kind,
        text="\n".join(neutral(line) for line in step.text.split("\n") if line.strip()),
        risk=step.risk,
        where=_where(step.on, (*rights, *step.needs)),
        before=neutral(step.before),
        reason=neutral(step.reason),
        undo=neutral(step.undo),
        proof=neutral(_proof(step.verify, checks)),
        commands=_commands(step.commands),
        first=tuple(neutral(question(name, step.asks)) for name in step.missing),
    )


def _where(on: str, needs: Sequence[str]) -> str:
    """`On the destination (needs: module ActiveDirectory):`, or the half of it that is known."""
    wanted = f"needs: {neutral(', '.join(needs))}" if needs else ""
    if not on:
        return f"{wanted[:1].upper()}{wanted[1:]}"
    return f"On {neutral(on)}{f' ({wanted})' if wanted else ''}:"


def _proof(verify: str, checks: Sequence[ShownCheck]) -> str:
    """When a step holds: `TCP 9001 open? connected`, its check's question and the answer that proves it."""
    name, _, outcome = verify.partition(".")
    title = next((check.title for check in checks if check.id == name), name)
    return f"{title} {said(outcome)}" if verify else ""


def _commands(commands: tuple[Command, ...]) -> tuple[CommandView, ...]:
    return tuple(CommandView(c.shell, neutral(c.command), not c.missing) for c in shown(commands))
