"""The entries that the articles of one base may use, by kind and name: its own library first, then the shipped one.

Reads a file when it is first asked for. Gives whole entries (what an entry uses itself is expanded), or says why one
cannot be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.errors import did_you_mean
from diagnose.model import Check
from kb.documents.convert import Misfit, convert
from kb.documents.fault import Fault
from kb.library import files
from kb.library.entry import CheckEntry, SignalEntry
from kb.library.filled import UnusableError, checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.library.entry import Entry
    from kb.library.files import Kind, LibraryFile


class Library:
    """`levels` are libraries, the first wins."""

    def __init__(self, levels: Sequence[Sequence[LibraryFile]]) -> None:
        self._levels = [_by_name(level) for level in levels]
        self._read: dict[str, tuple[Entry | None, tuple[Fault, ...]]] = {}

    @classmethod
    def of_base(cls, root: str) -> Library:
        return cls([files.in_library(files.folder_of(root)), files.shipped()])

    @classmethod
    def shipped(cls) -> Library:
        return cls([files.shipped()])

    @staticmethod
    def has_own(folder: str) -> bool:
        return bool(files.in_library(folder))

    def all(self) -> Iterator[LibraryFile]:
        """The file of every name, in order of kind and name; of two levels, the one that wins."""
        won = {key: found[0] for level in reversed(self._levels) for key, found in level.items()}
        yield from (won[key] for key in sorted(won))

    def check(self, name: str) -> CheckEntry:
        return self._check("check", name, ())

    def signal(self, name: str) -> SignalEntry:
        return self._signal("signal", name, ())

    def file(self, kind: Kind, name: str, trail: Sequence[str] = ()) -> LibraryFile:
        """The file of a name. An entry that uses its own name means the one of the library below."""
        for level in self._levels:
            found = level.get((kind, name), ())
            if len(found) > 1:
                both = " and ".join(file.path for file in found)
                raise UnusableError(f"the library has two files of the name '{name}': {both}", "remove one of them")
            if found and not (trail and found[0].path == trail[-1]):
                return found[0]
        names = [known for level in self._levels for of, known in level if of == kind]
        hint = did_you_mean(name, names) or f"kb list --{kind}s shows all names"
        raise UnusableError(f"the library has no {kind} '{name[:60]}'", hint)

    def faults_at(self, path: str) -> tuple[Fault, ...]:
        """What is wrong with the file of a base's own library; those that ship are read when something uses them."""
        own = [file for level in self._levels for found in level.values() for file in found if file.path == path]
        return tuple(fault for file in own if not file.shipped for fault in self._faults(file))

    def _faults(self, file: LibraryFile) -> tuple[Fault, ...]:
        faults = self._entry(file)[1]
        try:
            self.check(file.name) if file.kind == "check" else self.signal(file.name)
        except UnusableError as error:
            return faults or (Fault(path=file.path, line=1, column=1, what=error.what, way_out=error.way_out),)
        return faults

    def _entry(self, file: LibraryFile) -> tuple[Entry | None, tuple[Fault, ...]]:
        if file.path not in self._read:
            from kb.library.reader import read

            self._read[file.path] = read(file.kind, file.name, file.path, _bytes(file.path))
        return self._read[file.path]

    def _found(self, kind: Kind, name: str, trail: tuple[str, ...]) -> tuple[Entry, tuple[str, ...]]:
        file = self.file(kind, name, trail)
        if file.path in trail:
            raise UnusableError(f"the {kind} '{name}' of the library uses itself", "break the circle of uses")
        entry, faults = self._entry(file)
        if entry is None:
            raise UnusableError(f"the {kind} '{name}' of the library has a fault: {faults[0]}", "mend that file")
        return entry, (*trail, file.path)

    def _check(self, kind: Kind, name: str, trail: tuple[str, ...]) -> CheckEntry:
        entry, trail = self._found(kind, name, trail)
        assert isinstance(entry, CheckEntry)
        used = entry.body.get("use")
        if used is None:
            return entry
        types = {value: given.type for value, given in entry.values.items()}
        body = checked(entry.body, self._check(kind, str(used), trail), types)
        try:
            convert(body, Check)
        except Misfit as misfit:
            raise UnusableError(f"the {kind} '{name}' of the library: {misfit.what}", misfit.way_out) from None
        return replace(entry, body=body)

    def _signal(self, kind: Kind, name: str, trail: tuple[str, ...]) -> SignalEntry:
        entry, trail = self._found(kind, name, trail)
        assert isinstance(entry, SignalEntry)
        used = [self._signal(kind, other, trail) for other in entry.use]
        return replace(
            entry,
            wordings=(*entry.wordings, *(wording for other in used for wording in other.wordings)),
            captures={name: type_ for other in (*used, entry) for name, type_ in other.captures.items()},
        )


def _by_name(level: Sequence[LibraryFile]) -> dict[tuple[Kind, str], tuple[LibraryFile, ...]]:
    """By kind and name. Names that differ only in case would be one file on some systems: they clash."""
    found: dict[tuple[Kind, str], tuple[LibraryFile, ...]] = {}
    for file in level:
        key = (file.kind, file.name.lower())
        found[key] = (*found.get(key, ()), file)
    return found


def _bytes(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read((256 << 10) + 1)
