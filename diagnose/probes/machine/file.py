"""Is there a file or folder at a path? Tells size and age; never opens it, never follows the last link."""

from __future__ import annotations

import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.probes.base import Answer, ProbeLimits, said

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS = ((stat.S_ISDIR, "folder"), (stat.S_ISREG, "file"), (stat.S_ISLNK, "link"))


def probe(arguments: Sequence[str], limits: ProbeLimits) -> Answer:
    try:
        found = Path(arguments[0]).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return Answer("none", "there is nothing at this path")
    except OSError as error:
        return Answer("", said(error.strerror or error))
    kind = next((name for test, name in _KINDS if test(found.st_mode)), "special file")
    hours = max(0.0, time.time() - found.st_mtime) / 3600
    age = f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.1f} hours"
    return Answer("present", f"{kind}, {found.st_size} bytes, changed {age} ago")
