"""What a library holds, for people: a line an entry, or one entry whole.

Takes libraries, gives rows and texts. Knows nothing of articles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.errors import KbError
from kb.library.entry import CheckEntry, Use
from kb.library.files import folder_of
from kb.library.filled import UnusableError
from kb.library.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kb.library.entry import Entry, SignalEntry
    from kb.library.files import Kind, LibraryFile


class Row(Struct, frozen=True):
    """`values` are those of a check, or what a signal captures; `outcomes` of a check, or the number of wordings."""

    name: str
    title: str
    values: tuple[str, ...]
    outcomes: tuple[str, ...]
    origin: str


def rows(kind: Kind, roots: Sequence[Path]) -> list[Row]:
    """A row for every name that the articles below `roots` may use; what a base brings stands before what ships."""
    found: dict[tuple[str, str], Row] = {}
    for library in libraries(roots):
        for file in library.all():
            if file.kind == kind:
                found.setdefault((file.name, origin(file)), _row(library, file))
    return [found[key] for key in sorted(found)]


def entry(kind: Kind, name: str, roots: Sequence[Path]) -> tuple[Entry, str]:
    """The entry with this name and where it comes from; KbError where there is none or it cannot be used."""
    error = UnusableError("")
    for library in libraries(roots):
        try:
            made = library.check(name) if kind == "check" else library.signal(name)
            return made, origin(library.file(kind, name))
        except UnusableError as why:
            error = why
    raise KbError(f"{kind}:{name}", error.what, error.way_out)


def origin(file: LibraryFile | Use) -> str:
    """Where an entry comes from, in words."""
    return "shipped with kb" if file.shipped else file.path


def came_from(use: Use) -> str:
    return f"{use.kind}:{use.name}, {origin(use)}"


def libraries(roots: Sequence[Path]) -> Iterator[Library]:
    """Those of bases that have one of their own first."""
    own = [root for root in roots if Library.has_own(folder_of(str(root)))]
    yield from (Library.of_base(str(root)) for root in own)
    if not own:
        yield Library.shipped()


def _row(library: Library, file: LibraryFile) -> Row:
    try:
        if file.kind == "check":
            check = library.check(file.name)
            outcomes = tuple(check.body.get("outcomes", {}))
            return Row(file.name, str(check.body.get("title", "")), tuple(check.values), outcomes, origin(file))
        signal = library.signal(file.name)
        count = (f"{len(signal.wordings)} wordings",)
        return Row(file.name, signal.title, tuple(signal.captures), count, origin(file))
    except UnusableError as error:
        return Row(file.name, f"cannot be used: {error.what}", (), (), origin(file))


def shown(made: Entry, where: str) -> str:
    """An entry as Markdown."""
    lines = _check(made) if isinstance(made, CheckEntry) else _signal(made)
    return "\n".join((f"# {made.name} ({where})\n", *([made.about + "\n"] if made.about else []), *lines)) + "\n"


def _check(made: CheckEntry) -> Iterator[str]:
    body = made.body
    yield str(body.get("title", ""))
    if made.values:
        yield "\n## Values\n"
    for name, value in made.values.items():
        default = f" (default {value.default})" if value.default is not None else ""
        yield f"- **{name}**: {value.type}{default}{': ' + value.ask if value.ask else ''}"
    yield "\n## Commands\n"
    if body.get("on"):
        yield f"To be run on {body['on']}.\n"
    for shell, lines in body.get("commands", {}).items():
        yield from (f"- {shell}: `{line}`" for line in (lines if isinstance(lines, list) else [lines]))
    yield "\n## Outcomes, the first that fits\n"
    yield from (f"- {name}" for name in body.get("outcomes", {}))
    if made.made:
        yield "\n## Recorded outputs\n"
    yield from (f"- {name}: {how}" for name, how in made.made.items())


def _signal(made: SignalEntry) -> Iterator[str]:
    yield made.title
    if made.captures:
        yield f"\nIt captures {', '.join(f'{name} ({type_})' for name, type_ in made.captures.items())}."
    yield "\n## Wordings\n"
    for wording in made.wordings:
        where = ", ".join(filter(None, (wording.runtime, wording.lang, wording.source)))
        yield f"- `{wording.text or wording.regex or wording.code}` ({where})"


def as_value(made: Entry, where: str) -> dict[str, Any]:
    """An entry for JSON."""
    import msgspec

    value: dict[str, Any] = msgspec.to_builtins(made)
    return {**value, "origin": where}
