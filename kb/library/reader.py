"""The bytes of a library file to its entry and everything that is wrong with it, each fault with line and column.

Knows nothing of other entries: what a file uses is looked up by the library.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import fields as struct_fields

from diagnose.codes import decode as codes
from diagnose.commands.fill import template_faults
from diagnose.errors import KbError, did_you_mean
from diagnose.facts import EXPECTED, typed
from diagnose.model import Check, Param
from diagnose.outputs import OUTPUTS
from diagnose.scan.pattern_check import faults as regex_faults
from diagnose.templates import SLOT
from kb.documents.convert import Misfit, convert, types_of
from kb.documents.fault import Fault
from kb.documents.yaml_subset import load_yaml
from kb.library.entry import CheckEntry, Entry, SignalEntry, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.documents.yaml_subset import Path
    from kb.library.files import Kind

LARGEST = 256 << 10
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ABOUT_CHECK = ("about", "values", "made", "sources")
_ABOUT_SIGNAL = tuple(field.name for field in struct_fields(SignalEntry) if field.name not in ("name", "path"))
_GROUP = re.compile(r"\(\?P<(\w+)>")


def read(kind: Kind, name: str, path: str, data: bytes) -> tuple[Entry | None, tuple[Fault, ...]]:
    """The entry, or None where a fault is an error; and all faults."""
    reader = _Reader(kind, name, path)
    entry = reader.read(data)
    return (None if reader.faults else entry), tuple(sorted(reader.faults, key=lambda f: (f.line, f.column, f.what)))


class _Reader:
    """One file being read: collects faults. Lives inside `read` only."""

    def __init__(self, kind: Kind, name: str, path: str) -> None:
        self.kind = kind
        self.name = name
        self.path = path
        self.faults: list[Fault] = []
        self.places: dict[Path, tuple[int, int]] = {}

    def fault(self, at: Path, what: str, way_out: str = "") -> None:
        while at and at not in self.places:
            at = at[:-1]
        line, column = self.places.get(at, (1, 1))
        self.faults.append(Fault(path=self.path, line=line, column=column, what=what, way_out=way_out))

    def read(self, data: bytes) -> Entry | None:
        value = self._loaded(data)
        if value is None:
            return None
        if not NAME.fullmatch(self.name):
            self.fault((), f"'{self.name[:60]}' is no name of a {self.kind}", "use a-z, 0-9 and '-'")
        return self._check(value) if self.kind == "check" else self._signal(value)

    def _loaded(self, data: bytes) -> dict[str, Any] | None:
        if len(data) > LARGEST:
            self.fault((), f"is larger than {LARGEST >> 10} KiB", "split it")
            return None
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            self.fault((), "is not valid UTF-8", "save the file as UTF-8")
            return None
        loaded = load_yaml(text)
        self.places = loaded.places
        for mistake in loaded.mistakes:
            self.faults.append(
                Fault(
                    path=self.path,
                    line=mistake.line,
                    column=mistake.column,
                    what=mistake.what,
                    way_out=mistake.way_out,
                )
            )
        if isinstance(loaded.value, dict):
            return loaded.value
        if not loaded.mistakes:
            self.fault((), "is not a mapping", "write it as name: value")
        return None

    def _known(self, value: dict[str, Any], known: tuple[str, ...]) -> None:
        for name in value:
            if name not in known:
                hint = did_you_mean(name, known) or f"the fields are {', '.join(sorted(known))}"
                self.fault((name, "key"), f"unknown field '{name}'", hint)

    def _convert(self, value: Any, kind: Any, path: Path) -> Any:
        try:
            return convert(value, kind)
        except Misfit as misfit:
            self.fault((*path, *misfit.path), misfit.what, misfit.way_out)
            return None

    def _regex(self, regex: str, path: Path) -> None:
        for _, what in regex_faults(regex):
            self.fault(path, f"the pattern {what}", "write it in RE2 syntax")

    # --- checks ---

    def _check(self, value: dict[str, Any]) -> CheckEntry | None:
        fields = Check.__struct_encode_fields__
        self._known(value, (*fields, *_ABOUT_CHECK, "use", "with"))
        kinds = types_of(CheckEntry)
        about = {
            name: self._convert(value[name], dict[str, Value] if name == "values" else kinds[name], (name,))
            for name in _ABOUT_CHECK
            if name in value
        }
        body = {name: part for name, part in value.items() if name in (*fields, "use", "with")}
        if "use" not in body:
            self._whole(body)
        if self.faults:
            return None
        entry = CheckEntry(name=self.name, path=self.path, body=body, **about)
        for at, what, way_out in _about_values(entry):
            self.fault(at, what, way_out)
        return entry

    def _whole(self, body: dict[str, Any]) -> None:
        """What a check that uses no other must have."""
        check = self._convert(body, Check, ())
        if check is None:
            return
        if check.parser and check.parser not in OUTPUTS:
            self.fault(("parser",), f"unknown parser '{check.parser[:60]}'", did_you_mean(check.parser, OUTPUTS))
        if not check.outcomes or not check.commands:
            self.fault((), f"has no {'commands' if check.outcomes else 'outcomes'}", "a check asks and is answered")
        for name, outcome in check.outcomes.items():
            for regex in outcome.regex:
                self._regex(regex, ("outcomes", name, "regex"))

    # --- signals ---

    def _signal(self, value: dict[str, Any]) -> SignalEntry | None:
        self._known(value, _ABOUT_SIGNAL)
        kinds = types_of(SignalEntry)
        fields = {
            name: self._convert(part, kinds[name], (name,)) for name, part in value.items() if name in _ABOUT_SIGNAL
        }
        if self.faults:
            return None
        entry = SignalEntry(name=self.name, path=self.path, **fields)
        if not entry.wordings and not entry.use:
            self.fault((), "has no wordings", "write wordings: with one - for each")
        for i, wording in enumerate(entry.wordings):
            filled = [kind for kind in ("text", "regex", "code") if getattr(wording, kind)]
            if len(filled) != 1:
                self.fault(("wordings", i), f"has {' and '.join(filled) or 'no wording'}", "one of text, regex, code")
            if wording.regex:
                self._regex(wording.regex, ("wordings", i, "regex"))
            for group in _GROUP.findall(wording.regex):
                if group not in entry.captures:
                    hint = did_you_mean(group, entry.captures) or "declare it under captures"
                    self.fault(("wordings", i, "regex"), f"unknown capture '{group}'", hint)
            self._code(wording.code, ("wordings", i, "code"))
        return entry

    def _code(self, code: str, path: Path) -> None:
        try:
            if code:
                codes.pattern(code)
        except KbError as error:
            self.fault(path, f"{error.where}: {error.what}", error.way_out)


def _about_values(entry: CheckEntry) -> Iterator[tuple[Path, str, str]]:
    """Values that nothing uses, slots that no value fills, defaults that do not fit, commands that cannot be filled."""
    used: set[str] = set()
    for at, text in slots_in(entry.body):
        for slot in SLOT.findall(text):
            used.add(slot)
            if slot not in entry.values:
                hint = did_you_mean(slot, entry.values) or "declare it under values"
                yield at, f"unknown value '{slot}'", hint
    params = {name: Param(type=value.type) for name, value in entry.values.items()}
    for at, text in slots_in(entry.body):
        if at[0] == "commands":
            for fault in template_faults(text, params, at[1]):  # type: ignore[arg-type]
                yield at, f"the {at[1]} command {fault}", "mend the command"
    for name, value in entry.values.items():
        given = value.default
        slot = SLOT.fullmatch(given) if given else None
        used |= {slot[1]} if slot else set()
        if slot and (slot[1] not in entry.values or entry.values[slot[1]].default is not None):
            yield ("values", name), f"the default '{given}' is no other value", "name one that has no default"
        elif given and not slot and typed(value.type, given) is None:
            yield ("values", name), f"the default '{given}' is not {EXPECTED[value.type]}", "mend it"
    for name in entry.values:
        if name not in used:
            yield ("values", name), f"nothing uses the value '{name}'", "use it or remove it"


def slots_in(body: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every text of a check in which a value may stand, with its path."""
    for name in ("title", "on"):
        if isinstance(body.get(name), str):
            yield (name,), body[name]
    for group in ("commands", "probe"):
        for name, lines in _mapping(body.get(group)).items():
            for line in lines if isinstance(lines, list) else [lines]:
                if isinstance(line, str):
                    yield (group, name), line
    for name, given in _mapping(body.get("with")).items():
        if isinstance(given, str):
            yield ("with", name), given


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
