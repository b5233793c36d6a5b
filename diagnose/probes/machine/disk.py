"""How much room is left where a path lies: for this user, in the bounds of the recognisers (docs/verify.md)."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from diagnose.probes.base import Answer, ProbeLimits, said

if TYPE_CHECKING:
    from collections.abc import Sequence

NEARLY = 0.1  # the share of free room below which a disk is nearly full


def probe(arguments: Sequence[str], limits: ProbeLimits) -> Answer:
    try:
        total, used, free = shutil.disk_usage(arguments[0])
    except FileNotFoundError:
        return Answer("", "there is no such path on this machine")
    except OSError as error:
        return Answer("", said(error.strerror or error))
    room = used + free  # without what is kept for the administrator
    state = "full" if free == 0 else "nearly-full" if free < NEARLY * room else "ok"
    return Answer(state, f"{free / 2**30:.1f} GiB of {total / 2**30:.1f} GiB free")
