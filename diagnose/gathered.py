"""Everything that was read and matched of one case: what the stages before the ranking hand on, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from diagnose.checks.answers import Located
    from diagnose.diagnosis import SeenCode
    from diagnose.match.evidence import Matched
    from diagnose.model import Platform
    from diagnose.retrieve.lookup import Retrieved
    from diagnose.scan.passages import Passage
    from diagnose.scan.reading import Read


class Gathered(Struct, frozen=True):
    """Several answers to one case, with other options, begin from it. `platform` is the system that the text comes from."""

    read: Read
    matched: Matched
    retrieved: Retrieved
    outputs: tuple[Located, ...]
    codes: tuple[SeenCode, ...]
    platform: Platform | None

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.matched.passages
