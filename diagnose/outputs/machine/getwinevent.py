"""Get-WinEvent: table and list, and the error that there are no such events.

Takes the lines of a paste, gives an `Output` per event, of which the subject is provider and id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagnose.outputs.base import MOST, Output, output
from diagnose.outputs.parsing import echo, tables
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import Piece, sentences

PARSER = "get-winevent"
NAMES = ("Get-WinEvent",)
RECORD = 10  # lines of one error record

_PROVIDER = re.compile(r"\s*ProviderName: (?P<provider>\S.{0,200}?)\s*$")
_KEYS = tables.keys(
    *("TimeCreated", "ProviderName", "Id", "Message", "LevelDisplayName", "LogName", "MachineName", "RecordId"),
    *("Version", "Qualifiers", "Level", "Task", "Opcode", "Keywords", "ProviderId", "ProcessId", "ThreadId", "UserId"),
)
_ID = re.compile(r"\d{1,5}")
_NONE = {
    "message": soft(r"No events were found that match the specified selection criteria"),
    "id": soft(r"NoMatchingEventsFound"),
}
_ASKED = {
    "provider": re.compile(
        r"Provider(?:Name)?\s*=\s*['\"]?([\w .-]{1,120}?)['\";}]|-ProviderName\s+['\"]?([\w.-]{1,120})"
    ),
    "id": re.compile(r"\bId\s*=\s*(\d{1,5})\b(?!\s*,)", re.IGNORECASE),
}
_STOP = re.compile(r"ProviderName|TimeCreated|Get-WinEvent ?:|-{3}")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = echo.echoes(page, NAMES, _STOP)
    commands = [call for call in calls if not call.readings[0].lstrip().startswith(":")]  # the name before an error
    yield from _tables(page, commands)
    yield from _lists(page, commands)
    last = -RECORD
    for piece in sentences(page, _NONE):
        if piece.first >= last + RECORD or piece.kind == "message":
            above = echo.above(page, commands, piece.first) or _of_record(commands, piece)
            span = (above.first if above else piece.first, piece.last)
            yield output(PARSER, page.raw, span, subject=_asked(above), state="not-found")
            last = piece.last


def _of_record(commands: Sequence[echo.Echo], piece: Piece) -> echo.Echo | None:
    """The command above an error record of which only the id is not translated."""
    near = (call for call in reversed(commands) if 0 < piece.first - call.last < RECORD)
    return next(near, None) if piece.kind == "id" else None


def _asked(command: echo.Echo | None) -> dict[str, str]:
    if command is None or len(command.readings) != 1:
        return {}
    found = {key: pattern.search(command.readings[0]) for key, pattern in _ASKED.items()}
    return {key: next(group for group in hit.groups() if group) for key, hit in found.items() if hit}


def _tables(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[Output]:
    for table in tables.tables(page):
        if not {"timecreated", "id"} <= set(table.columns):
            continue
        above = next((i for i in range(table.first - 1, max(-1, table.first - 4), -1) if page[i].strip()), -1)
        group = _PROVIDER.match(page[above]) if above >= 0 else None
        first = above if group else table.first
        command = echo.above(page, commands, first)
        first = command.first if command else first
        for row in table.rows[:MOST]:
            if _ID.fullmatch(row.values["id"]):
                provider = row.values.get("providername", "") or (group["provider"] if group else "")
                yield _seen(page, (first, row.last), provider, row.values["id"], row.values.get("leveldisplayname", ""))
                first = row.last + 1


def _lists(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[Output]:
    for block in tables.lists(page, tables.fields(page, _KEYS)):
        values = {field.key: field.typed(str) for field in block}
        if values.keys() >= {"timecreated", "id"} and _ID.fullmatch(values["id"]):
            above = echo.above(page, commands, block[0].line)
            span = (above.first if above else block[0].line, max(field.line for field in block))
            yield _seen(page, span, values.get("providername", ""), values["id"], values.get("leveldisplayname", ""))


def _seen(page: Paste, span: tuple[int, int], provider: str, number: str, level: str) -> Output:
    subject = {"provider": provider, "id": number} if provider else {"id": number}
    return output(PARSER, page.raw, span, subject=subject, state="seen", fields={"level": level} if level else {})
