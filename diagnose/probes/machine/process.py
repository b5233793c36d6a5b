"""A fixed program of the system, asked for its output: no shell, no input, a deadline, and a bound on what is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from diagnose.probes.base import Failed, ProbeLimits, said

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 4 << 20


def output_of(command: Sequence[str], limits: ProbeLimits) -> tuple[int, str]:
    """The exit status and the output of `command`, in the C locale; raises `Failed` where it cannot be asked."""
    program = shutil.which(command[0])
    if program is None:
        raise Failed("", f"{command[0]} is not on this machine")
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=limits.seconds,
            check=False,
            env={**os.environ, "LC_ALL": "C", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"},
        )
    except subprocess.TimeoutExpired:
        raise Failed("", f"{command[0]} did not answer within {limits.seconds:g} s") from None
    except OSError as error:
        raise Failed("", said(error.strerror or error)) from None
    return done.returncode, done.stdout[:MOST].decode("utf-8", "replace")
