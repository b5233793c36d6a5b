"""Which probes a problem's checks ask for, with their values filled in; what is missing for the others.

Takes a problem and the values of its parameters; gives a `Plan`. Pure: nothing is asked, resolved or opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.probes import PROBES, fault_of
from diagnose.templates import SLOT, slots_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diagnose.model import ParamType, Problem


class Planned(Struct, frozen=True):
    """A probe that can be run; `checks` are the `article/check` it answers, `title` the question of the first."""

    kind: str
    arguments: tuple[str, ...]
    checks: tuple[str, ...]
    title: str

    @property
    def host(self) -> str:
        """The host to be asked; empty for this machine."""
        return self.arguments[0] if PROBES[self.kind].remote else ""


class NotRunnable(Struct, frozen=True):
    """A check whose probe cannot be run: parameters are `missing`, or `why` says what else is wrong."""

    check: str
    kind: str
    missing: tuple[str, ...]
    why: str


class Plan(Struct, frozen=True):
    planned: tuple[Planned, ...] = ()
    not_runnable: tuple[NotRunnable, ...] = ()


def plan_probes(problem: Problem, values: Mapping[str, str], checks: Iterable[str] | None = None) -> Plan:
    """The probes of the `checks` of `problem` (None: all), in their order; only read-only checks are taken."""
    planned: list[Planned] = []
    not_runnable: list[NotRunnable] = []
    for name in problem.checks if checks is None else checks:
        check = problem.checks.get(name)
        if check is None or not check.read_only:
            continue
        at = f"{problem.id}/{name}"
        for kind, templates in check.probe.items():
            slots = dict.fromkeys(slot for template in templates for slot in slots_in(template))
            missing = tuple(slot for slot in slots if not values.get(slot))
            filled = tuple(_filled(template, values) for template in templates)
            why = _asks(problem, missing) if missing else fault_of(kind, filled)
            if why:
                not_runnable.append(NotRunnable(at, kind, missing, why))
            else:
                planned.append(Planned(kind, filled, (at,), _filled(check.title, values)))
    return merged([Plan(tuple(planned), tuple(not_runnable))])


def merged(plans: Iterable[Plan]) -> Plan:
    """Several plans as one: the same question is asked once, and answers every check that asks it."""
    by_question: dict[tuple[str, tuple[str, ...]], Planned] = {}
    not_runnable: dict[tuple[str, str], NotRunnable] = {}
    for plan in plans:
        for item in plan.planned:
            question = (item.kind, item.arguments)
            known = by_question.get(question)
            checks = tuple(dict.fromkeys((*known.checks, *item.checks))) if known else item.checks
            by_question[question] = Planned(
                item.kind, known.arguments if known else item.arguments, checks, known.title if known else item.title
            )
        for other in plan.not_runnable:
            not_runnable.setdefault((other.check, other.kind), other)
    return Plan(tuple(by_question.values()), tuple(not_runnable.values()))


# A value of every type, to try what an article declares.
_EXAMPLES: dict[ParamType, str] = {
    "host": "host.example",
    "ip": "192.0.2.1",
    "port": "1",
    "path": "/path",
    "service": "service",
    "user": "user",
    "name": "name",
}


def with_placeholders(problem: Problem, arguments: Iterable[str]) -> tuple[str, ...]:
    """`arguments` with an example of its parameter's type in every slot."""
    values = {name: _EXAMPLES[param.type] for name, param in problem.params.items()}
    return tuple(_filled(argument, values) for argument in arguments)


def _filled(template: str, values: Mapping[str, str]) -> str:
    return SLOT.sub(lambda slot: values.get(slot[1]) or f"<{slot[1]}>", template)


def _asks(problem: Problem, missing: Iterable[str]) -> str:
    asks = {name: problem.params[name].ask if name in problem.params else "" for name in missing}
    return "; ".join(f"{ask or f'which {name}?'} (--param {name}=...)" for name, ask in asks.items())
