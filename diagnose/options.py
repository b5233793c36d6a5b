"""What a caller asks of a diagnosis: `Options`, and `NAME=VALUE` pairs as parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.checks.answers import Answered
from diagnose.errors import KbError
from diagnose.rank.problems import PRESET
from diagnose.rank.weights import Weights
from diagnose.scan.intake import Setup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diagnose.model import Platform


class Options(Struct, frozen=True):
    """What a person asked for. `given` are parameters by name; `top` bounds the causes in the answer,
    `context` is the number of lines to show around evidence.

    `answers` are states of checks found by other means than a paste, in the order in which they were found.

    Commands of `platform` stand first; where none is asked for, those of the system that the text comes from, else `here`.
    The next check runs on the system that was asked for or that the text tells.
    `resolved` counts resolved cases by `ARTICLE/CAUSE`; `skipped` are checks (`ARTICLE/CHECK`) not to be named next.
    `personal`: data of persons is not to be shown.
    """

    platform: Platform | None = None
    here: Platform | None = None
    given: dict[str, str] = {}
    setup: Setup = Setup()
    context: int = 0
    top: int = 10
    explain: bool = False
    weights: Weights = PRESET
    resolved: dict[str, int] = {}
    answers: tuple[Answered, ...] = ()
    skipped: frozenset[str] = frozenset()
    personal: bool = False


def given_parameters(pairs: Iterable[str]) -> Mapping[str, str]:
    """`NAME=VALUE` options as a mapping; KbError for one without `=`."""
    result = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise KbError(
                f"--param {pair}", "not of the form NAME=VALUE", "write it like --param target_fe=fe01.contoso.com"
            )
        result[name.strip()] = value
    return result
