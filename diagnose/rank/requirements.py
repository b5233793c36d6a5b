"""The conditions of causes (`requires`, `excludes`) against what is known of the surroundings: version, role, platform.

Three-valued: a condition is met, broken, or cannot be told, and only a broken one moves the odds, as decisive
counter-evidence. What is known comes from the user (`--param version=2019`) or is plainly in the text: the system that
wrote it, a version behind a product's name, `role: NAME`. Mixed answers cannot tell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.model import RATIOS, Clue, Evidence, Place
from diagnose.rank.causes import Weighed, ratio
from diagnose.retrieve.platform import SYSTEMS, platform_of
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diagnose.model import Problem, RootCause
    from diagnose.scan.passages import Passage

GIVEN = "--param"
MOST = 20  # places looked at for one key
# A version behind a product's name, as people write it and as packages do: `keystone 2:17.0.2-0ubuntu1`, `x==1.2`.
_VERSION = (
    r"(?:-(?:server|common|api|core|client|data|bin))?"
    r"(?:(?::[a-z0-9]{1,8})?\s+\d{1,3}:(?=\d+\.)|(?:==|/|-|:\s*)v?(?=\d{1,4}\.\d)"
    r"|(?:\s+(?:server|enterprise|standard|edition|version|v\.?|release))*\s+v?)(\d[\w.]{0,20})"
)
_BOUND = late(r"\s*(>=|<=|>|<)\s*v?([\d.]+)\s*")
_RANGE = late(r"\s*v?([\d.]+)\s*-\s*v?([\d.]+)\s*")


class Known(Struct, frozen=True):
    """A value of the surroundings and where it stands."""

    value: str
    at: Place
    quote: str


def unmet_of(problem: Problem, passages: Sequence[Passage], given: Mapping[str, str]) -> dict[str, tuple[Weighed, ...]]:
    """By cause id, the conditions that are broken; causes whose conditions are met or cannot be told are left out."""
    keys = {key for cause in problem.causes for key in (*cause.requires, *cause.excludes)}
    if not keys:
        return {}
    known = {key: _known(key, problem, passages, given) for key in sorted(keys)}
    broken = {cause.id: tuple(_broken(problem, cause, known)) for cause in problem.causes}
    return {name: weighed for name, weighed in broken.items() if weighed}


def _broken(problem: Problem, cause: RootCause, known: Mapping[str, Sequence[Known]]) -> Iterator[Weighed]:
    for key, wanted in cause.requires.items():
        if known[key] and not any(fits(item.value, text) for item in known[key] for text in wanted):
            yield _weighed(problem, f"requires.{key}", known[key][0], f"needs {key} {' or '.join(wanted)}")
    for key, barred in cause.excludes.items():
        if known[key] and all(any(fits(item.value, text) for text in barred) for item in known[key]):
            yield _weighed(problem, f"excludes.{key}", known[key][0], f"not with {key} {' or '.join(barred)}")


def _weighed(problem: Problem, name: str, item: Known, why: str) -> Weighed:
    from math import log

    clue = Clue(signal=name, refutes=RATIOS["decisive"], why=f"{why}; it is {item.value}")
    return Weighed(clue, Evidence(problem=problem.id, seen=name, at=item.at, quote=item.quote), log(ratio(clue)))


def _known(key: str, problem: Problem, passages: Sequence[Passage], given: Mapping[str, str]) -> list[Known]:
    if given.get(key):
        return [Known(given[key], Place(source=GIVEN, line=1), f"{key}={given[key]}")]
    if key == "platform":
        return _platform(passages)
    if key in ("version", "product"):
        tail = _VERSION if key == "version" else ""
        names = [
            rf"\b({re.escape(p.product)})\b" if key == "product" else re.escape(p.product) for p in problem.applies_to
        ]
        return [found for name in names for found in _found(re.compile(name + tail, re.IGNORECASE), passages)]
    return _found(re.compile(rf"\b{re.escape(key)}\s*[:=]\s*\"?([\w.-]{{1,60}})", re.IGNORECASE), passages)


def _platform(passages: Sequence[Passage]) -> list[Known]:
    system = platform_of(passages)
    if system is None:
        return []
    return [Known(system, item.at, item.quote) for item in _found(SYSTEMS[system], passages)[:1]]


def _found(pattern: re.Pattern[str], passages: Sequence[Passage]) -> list[Known]:
    found: list[Known] = []
    for passage in passages:
        for index, line in enumerate(passage.lines):
            match = pattern.search(line)
            if match is None:
                continue
            at = Place(source=passage.source, line=passage.first + index)
            found.append(Known(match[match.lastindex or 0], at, passage.quotes[index].strip()[:400]))
            if len(found) == MOST:
                return found
    return found


def fits(value: str, wanted: str) -> bool:
    """Whether `value` is `wanted`: a name, a version or a prefix of one, a range `2015 - 2019`, or `>= 1.27`."""
    number = _number(value)
    span, bound = _RANGE.fullmatch(wanted), _BOUND.fullmatch(wanted)
    if span and number:
        low, high = _number(span[1]), _number(span[2])
        return low <= number and number[: len(high)] <= high
    if bound and number:
        limit = _number(bound[2])
        return {">=": number >= limit, ">": number > limit, "<": number < limit, "<=": number[: len(limit)] <= limit}[
            bound[1]
        ]
    if number and (parts := _number(wanted)):
        return number[: len(parts)] == parts
    return value.casefold() == wanted.casefold().strip()


def _number(text: str) -> tuple[int, ...]:
    """`v15.0.1497` as (15, 0, 1497); empty for what is no version."""
    match = re.fullmatch(r"v?(\d{1,9}(?:\.\d{1,9}){0,5})(?:[^\d.].*)?\.?", text.strip(), re.IGNORECASE)
    return tuple(int(part) for part in match[1].split(".")) if match else ()
