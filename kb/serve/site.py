"""What page and API share in one worker: settings, who may ask, the threads that answer, the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kb.serve.pool import Pool
from kb.serve.signing import Signing
from kb.service.bases import Bases
from kb.service.secret import handle_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.serve.settings import Settings
    from kb.serve.signing import Counter


class Site:
    """One worker. `note` takes a line for the owner."""

    def __init__(self, settings: Settings, used: Counter, note: Callable[[str], None]) -> None:
        self.settings = settings
        self.signing = Signing(settings, used)
        self.key = handle_key(settings.token)
        self.note = note

    @cached_property
    def pool(self) -> Pool:
        roots = [Path(root) for root in self.settings.roots]
        return Pool(Bases(roots, self.note, cache=self.settings.cache), self.settings.threads)

    def now(self) -> str:
        """The time as cases have it."""
        return datetime.now(UTC).isoformat(timespec="seconds")

    def clock(self) -> float:
        """The time as cookies have it."""
        return time.time()

    def path(self, inside: str) -> str:
        """A path of the server as the browser asks for it."""
        return f"{self.settings.root_path}{inside}"
