"""Lines in another language, read as their messages in English: hits there are hits on the line as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.match.found import FoundPattern
from diagnose.scan.hits import SALIENT
from diagnose.scan.passages import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.knowledge import Knowledge
    from diagnose.scan.passages import Passage


def translated_lines(passages: Sequence[Passage], base: Knowledge) -> list[tuple[TextLine, str]]:
    """Every reading in English of a line, with the line as it stands."""
    english = base.english([line for passage in passages for line in passage.lines if line.strip()])
    if not english:
        return []
    return [
        (TextLine(passage.source, passage.first + index, reading), passage.quotes[index])
        for passage in passages
        for index, line in enumerate(passage.lines)
        for reading in english.get(line, ())
    ]


def translated_hits(translated: Sequence[tuple[TextLine, str]], base: Knowledge) -> Iterator[FoundPattern]:
    for line, quote in translated:
        data = line.text.encode("utf-8", "surrogateescape")
        for number in sorted({hit[0] for hit in base.lines.scan(data)}):
            if number != SALIENT:
                yield FoundPattern(number, line.source, line.line, data, quote)
