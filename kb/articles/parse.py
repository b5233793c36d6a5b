"""The bytes of an article file to an Article and everything that is wrong with it, each fault with line and column.

Front matter is checked part by part, so that a fault in one signal does not hide those of the others. Plain Markdown,
also with somebody else's front matter, is an article too. Knows nothing of how a body is rendered or mined.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeGuard

from msgspec.structs import fields as struct_fields

from diagnose.codes import decode as codes
from diagnose.errors import KbError, did_you_mean
from diagnose.match.conditions import seconds
from diagnose.model import Check, Collect, Noun, Param, Problem, Product, Reference, Related, RootCause, Signal
from diagnose.outputs import OUTPUTS
from diagnose.scan.pattern_check import bounded
from diagnose.scan.pattern_check import faults as regex_faults
from diagnose.templates import PARAM_NAME
from kb.articles.article import Article, Header
from kb.articles.ids import DEVICES, identifier
from kb.articles.references import COMBINED, ID, mistakes_of
from kb.documents.convert import Misfit, convert, types_of
from kb.documents.fault import Fault
from kb.documents.yaml_subset import Path, load_yaml
from kb.library.expand import expanded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.library.library import Library

LARGEST = 256 << 10
_FENCE = re.compile(r"^(?:\s*<!--.*?-->\s*)?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|$)", re.DOTALL)
_DECLARES = re.compile(r"^(?:signals|causes|symptoms|checks)[ \t]*:", re.MULTILINE)
_NAMES = re.compile(r"^id[ \t]*:", re.MULTILINE)
# Where a list of the part's own type stands under a field of the front matter.
_LISTS: dict[str, type[Noun]] = {
    "causes": RootCause, "applies_to": Product, "related": Related, "references": Reference, "collect": Collect
}  # fmt: skip
_MAPPINGS: dict[str, type[Noun]] = {"signals": Signal, "checks": Check, "params": Param}
FEWER_PIECES = "bound them, as .{0,80} for .*, or end each where the next begins: [^,]*, for .*,"
_PATTERNS = ("contains", "regex", "code", "event", "any", "all", "set", "sequence")
# What turns a pattern into a condition, and stays outside when the pattern becomes its one member.
_CONDITION = ("count", "window", "lines", "by", "not")
MOST_COUNT = 1000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"), "use letters, digits, - and _"
_PARAM = (
    re.compile(PARAM_NAME),
    "a parameter stands in commands as ${name}: use letters, digits, - and _, a letter first",
)


def parse(path: str, data: bytes, library: Library | None = None) -> tuple[Article | None, tuple[Fault, ...]]:
    """The article, or None where a fault is an error; and all faults. Without `library` its parts are those that ship."""
    return _Parser(path, library).parse(data)


class _Parser:
    """One file being read: collects faults. Lives inside `parse` only."""

    def __init__(self, path: str, library: Library | None) -> None:
        self.path = path
        self.library = library
        self.faults: list[Fault] = []
        self.places: dict[Path, tuple[int, int]] = {}
        self.broken: set[str] = set()  # named parts with a fault of their own: what refers to them is not to blame

    def fault(self, at: Path | tuple[int, int], what: str, way_out: str = "", severity: Any = "error") -> None:
        line, column = at if _is_place(at) else self._place(at)
        self.faults.append(
            Fault(path=self.path, line=line, column=column, what=what, way_out=way_out, severity=severity)
        )

    def _place(self, at: Any) -> tuple[int, int]:
        path = tuple(at)
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def parse(self, data: bytes) -> tuple[Article | None, tuple[Fault, ...]]:
        article = self._article(data)
        failed = any(fault.severity == "error" for fault in self.faults)
        return (None if failed else article), tuple(sorted(self.faults, key=lambda f: (f.line, f.column, f.what)))

    def _article(self, data: bytes) -> Article | None:
        if len(data) > LARGEST:
            self.fault((1, 1), f"is larger than {LARGEST >> 10} KiB", "split the article")
            return None
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.fault(
                (line, error.start - data.rfind(b"\n", 0, error.start)), "is not valid UTF-8", "save the file as UTF-8"
            )
            return None
        found = _FENCE.match(text)
        if not found:
            if text.startswith("---\n") and "\nsignals:" in text:
                self.fault((1, 1), "the front matter has no end", "put a line --- after it")
                return None
            return self._plain(text, {})
        first = text.count("\n", 0, found.start(1)) + 1
        loaded = load_yaml(found[1], first_line=first)
        body = text[found.end() :]
        if not self._is_ours(found[1]):
            return self._plain(body, loaded.value if isinstance(loaded.value, dict) else {})
        self.places = loaded.places
        for mistake in loaded.mistakes:
            self.fault((mistake.line, mistake.column), mistake.what, mistake.way_out)
        if not isinstance(loaded.value, dict):
            if not loaded.mistakes:
                self.fault((first, 1), "the front matter is not a mapping", "write it as name: value")
            return None
        return self._declared(loaded.value, body)

    def _is_ours(self, front: str) -> bool:
        """Whether a front matter is in this format: it declares something, or names the id of an article.md.

        That of somebody else (a title, dates, a site's settings) makes no article of ours of a Markdown file.
        """
        file = re.split(r"[\\/]", self.path)[-1]
        return bool(_DECLARES.search(front) or (file == "article.md" and _NAMES.search(front)))

    # --- plain Markdown ---

    def _plain(self, body: str, front: Mapping[str, Any]) -> Article | None:
        if not body.strip():
            self.fault((1, 1), "is empty", "write what goes wrong and quote its messages; or remove the file")
            return None
        name = re.split(r"[\\/]", self.path)[-1]
        stem = name[:-3] if name.lower().endswith(".md") else name
        if stem == "article" and len(re.split(r"[\\/]", self.path)) > 1:
            stem = re.split(r"[\\/]", self.path)[-2]
        heading = re.search(r"^#\s+(.+?)\s*#*$", body, re.MULTILINE)
        given = front.get("title")
        title = given.strip() if isinstance(given, str) and given.strip() else heading[1] if heading else stem
        problem = Problem(
            id=identifier(stem), title=title, summary=_word(front.get("description")), applies_to=_products(front)
        )
        return Article(problem=problem, body=body, path=self.path, declared=False)

    # --- our front matter ---

    def _declared(self, value: dict[str, Any], body: str) -> Article | None:
        header_names = {field.name for field in struct_fields(Header)}
        header = self._convert({k: v for k, v in value.items() if k in header_names}, Header, ())
        rest = {k: v for k, v in value.items() if k not in header_names}
        self._unknown(rest, Problem, (), header_names)
        self._required(value)
        written = expanded(rest, self._library, header.checks_on if isinstance(header, Header) else "")
        rest = written.front
        self.broken |= written.broken
        for mistake in written.mistakes:
            self.fault(mistake.at, mistake.what, mistake.way_out)
        if isinstance(rest.get("signals"), dict):
            rest["signals"] = self._named_signals(rest["signals"])
        fields: dict[str, Any] = {}
        for name, part in rest.items():
            if name in _MAPPINGS:
                fields[name] = self._mapping(name, part)
            elif name in _LISTS:
                fields[name] = self._list(name, part)
            elif name in Problem.__struct_fields__:
                fields[name] = self._field(name, part)
        problem = self._problem({k: v for k, v in fields.items() if v is not None})
        if problem is None:
            return None
        self._id(problem.id)
        for mistake in mistakes_of(problem, self.broken):
            self.fault(mistake.at, mistake.what, mistake.way_out, mistake.severity)
        if not isinstance(header, Header):
            return None
        stated = "status" in value
        return Article(problem=problem, header=header, body=body, path=self.path, stated=stated, uses=written.uses)

    def _library(self) -> Library:
        if self.library is None:
            from kb.library.library import Library

            self.library = Library.shipped()
        return self.library

    def _required(self, value: Mapping[str, Any]) -> None:
        # What was imported has the parts that its source had.
        partial = value.get("status") == "draft" or value.get("origin")
        for name in ("id", "title") if partial else ("id", "title", "signals", "symptoms", "causes"):
            if not value.get(name):
                way_out = (
                    f"every article has {name}{'' if name in ('id', 'title') else ' unless it says status: draft'}"
                )
                self.fault((name,) if name in value else (), f"'{name}' is missing", way_out)

    def _unknown(self, value: Mapping[str, Any], kind: type[Any], path: Path, also: Any = ()) -> None:
        known = {*kind.__struct_encode_fields__, *also}
        for name in value:
            if name not in known:
                hint = did_you_mean(name, known) or f"the fields are {', '.join(sorted(known))}"
                if " " in name:
                    hint = f"put a text with a comma between quotes; {hint}"
                self.fault((*path, name, "key"), f"unknown field '{name}'", hint)

    def _field(self, name: str, value: Any) -> Any:
        return self._convert(value, types_of(Problem)[name], (name,))

    def _mapping(self, name: str, value: Any) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self.fault((name,), f"'{name}' is not a mapping", f"write {name}: with a name for each")
            return None
        result = {}
        for key, part in value.items():
            grammar, way_out = _PARAM if name == "params" else _NAME
            if not grammar.fullmatch(key):
                self.fault((name, key, "key"), f"'{key[:40]}' is no name", way_out)
                self.broken.add(key)
                continue
            made = self._noun(part, _MAPPINGS[name], (name, key))
            if made is not None:
                result[key] = made
            else:
                self.broken.add(key)
        return result

    def _list(self, name: str, value: Any) -> tuple[Any, ...] | None:
        if not isinstance(value, list):
            self.fault((name,), f"'{name}' is not a list", f"write {name}: with one - for each")
            return None
        made = (self._noun(part, _LISTS[name], (name, i)) for i, part in enumerate(value))
        return tuple(part for part in made if part is not None)

    def _noun(self, value: Any, kind: type[Noun], path: Path) -> Any:
        if not isinstance(value, dict):
            self.fault(path, "is not a mapping", f"write its fields: {', '.join(kind.__struct_encode_fields__[:4])}")
            return None
        before = len(self.faults)
        self._unknown(value, kind, path)
        made = self._convert({k: v for k, v in value.items() if k in kind.__struct_encode_fields__}, kind, path)
        if made is None or len(self.faults) > before:
            return made
        if isinstance(made, Signal):
            self._signal(made, path)
        elif isinstance(made, Check):
            self._check(made, path)
        return made

    def _convert(self, value: Any, kind: Any, path: Path) -> Any:
        try:
            return convert(value, kind)
        except Misfit as misfit:
            self.fault((*path, *misfit.path), misfit.what, misfit.way_out)
            return None

    def _problem(self, fields: dict[str, Any]) -> Problem | None:
        if not fields.get("id") or not fields.get("title"):
            return None
        return Problem(**fields)

    def _id(self, name: str) -> None:
        if not ID.fullmatch(name) or name.split(".")[0] in DEVICES:
            self.fault(
                ("id",), f"'{name[:60]}' is no id", "use a-z, 0-9, '.', '_' and '-', starting with a letter or digit"
            )
            return
        parts = re.split(r"[\\/]", self.path)
        if len(parts) > 1 and parts[-1] == "article.md" and parts[-2] != name:
            self.fault(("id",), f"the id is '{name}', the folder '{parts[-2]}'", "give both the same name", "warning")

    # --- signals ---

    def _named_signals(self, signals: dict[str, Any]) -> dict[str, Any]:
        """Signals written in place become signals of their own, named after their place."""
        result: dict[str, Any] = {}

        def visit(name: str, signal: Any, path: Path) -> None:
            result[name] = signal
            if not isinstance(signal, dict):
                return
            shaped = result[name] = _outside(signal)
            for kind in COMBINED:
                if isinstance(shaped.get(kind), dict):
                    shaped[kind] = [shaped[kind]]
                if isinstance(shaped.get(kind), list):
                    shaped[kind] = [inner(m, f"{name}.{i + 1}", (*path, kind, i)) for i, m in enumerate(shaped[kind])]
            if "not" in signal:
                listed = signal["not"] if isinstance(signal["not"], list) else [signal["not"]]
                shaped["not"] = [veto(v, f"{name}.not{i + 1}", (*path, "not", i)) for i, v in enumerate(listed)]

        def inner(member: Any, name: str, path: Path) -> Any:
            if not isinstance(member, dict):
                return member
            place = self.places.get(path) or self.places.get(path[:-2], (1, 1))
            self.places.setdefault(("signals", name), place)
            visit(name, member, path)
            return name

        def veto(value: Any, name: str, path: Path) -> Any:
            if not isinstance(value, dict):
                return {"signal": value}
            return {**value, "signal": inner(value["signal"], name, (*path, "signal"))} if "signal" in value else value

        for name, signal in signals.items():
            visit(name, signal, ("signals", name))
        return result

    def _signal(self, signal: Signal, path: Path) -> None:
        filled = [name for name in _PATTERNS if getattr(signal, name)]
        if len(filled) != 1:
            what = "has no pattern" if not filled else f"has {' and '.join(filled)}"
            self.fault(path, f"signal '{path[-1]}' {what}", f"give it one of {', '.join(_PATTERNS)}")
        if signal.set or signal.sequence:
            self._condition(signal, path)
        for i, regex in enumerate(signal.regex):
            self._regex(regex, (*path, "regex"), i)
        for text in signal.contains:
            if not text.strip():
                self.fault((*path, "contains"), "an empty text matches every line", "say what is to be found")
        for code in signal.code:
            try:
                codes.pattern(code)
            except KbError as error:
                self.fault((*path, "code"), f"{error.where}: {error.what}", error.way_out)

    def _condition(self, signal: Signal, path: Path) -> None:
        names = signal.set or signal.sequence
        kind = "set" if signal.set else "sequence"
        if not 1 <= signal.count <= MOST_COUNT:
            self.fault((*path, "count"), f"a count of {signal.count}", f"use 1 to {MOST_COUNT}")
        elif signal.count > 1 and (signal.sequence or len(names) > 1):
            self.fault((*path, "count"), f"'count' with a {kind} of {len(names)}", "count repeats a single signal")
        if signal.sequence and len(names) < 2:
            self.fault((*path, "sequence"), "a sequence of one", "name two or more, or use count")
        if signal.set and len(set(names)) < len(names):
            self.fault((*path, "set"), "a member stands twice in a set", "use count, or a sequence")
        if not 0 <= signal.lines <= 1_000_000:
            self.fault((*path, "lines"), f"a distance of {signal.lines} lines", "use 0 (the same line) or more")
        self._duration(signal.window, (*path, "window"))
        steps = signal.count if signal.count > 1 else len(names)
        for i, veto in enumerate(signal.not_):
            self._duration(veto.window, (*path, "not", i, "window"), signed=True)
            self._duration(veto.slide, (*path, "not", i, "slide"), signed=True)
            if not 0 <= veto.anchor < steps:
                self.fault((*path, "not", i, "anchor"), f"there is no member {veto.anchor}", f"use 0 to {steps - 1}")

    def _duration(self, text: str, path: Path, signed: bool = False) -> None:
        try:
            good = not text or seconds(text) >= 0 or signed
        except ValueError:
            good = False
        if not good:
            self.fault(path, f"'{text[:40]}' is no duration", "write it as 500ms, 30s, 5m, 1h30m")

    def _regex(self, regex: str, path: Path, index: int) -> None:
        at = path if path + (index,) not in self.places else (*path, index)
        line, column = self._place(at)
        for offset, what in regex_faults(regex):
            self.fault(
                (line, column + offset), f"the pattern {what}", "write it in RE2 syntax, see docs/article-format.md"
            )

    def _check(self, check: Check, path: Path) -> None:
        if check.parser and check.parser not in OUTPUTS:
            hint = did_you_mean(check.parser, OUTPUTS) or f"the parsers are {', '.join(OUTPUTS)}"
            self.fault((*path, "parser"), f"unknown parser '{check.parser[:60]}'", hint)
        for name, outcome in check.outcomes.items():
            for i, regex in enumerate(outcome.regex):
                at = (*path, "outcomes", name, "regex")
                self._regex(regex, at, i)
                if not regex_faults(regex) and not bounded(regex):
                    self.fault(
                        at, "the pattern has too many pieces that vary and match what follows them", FEWER_PIECES
                    )


def _is_place(at: Any) -> TypeGuard[tuple[int, int]]:
    return len(at) == 2 and all(isinstance(part, int) for part in at)


def _outside(signal: dict[str, Any]) -> dict[str, Any]:
    """A copy; a pattern with count, window or not becomes the one member of a set of that name."""
    patterns = [kind for kind in _PATTERNS if kind in signal]
    if len(patterns) != 1 or patterns[0] in ("set", "sequence") or not any(field in signal for field in _CONDITION):
        return dict(signal)
    within = {key: value for key, value in signal.items() if key not in (*_CONDITION, "title")}
    return {
        "set": [within],
        **{key: value for key, value in signal.items() if key in (*_CONDITION, "title", "sources")},
    }


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _products(front: Mapping[str, Any]) -> tuple[Product, ...]:
    """Products that a foreign front matter names."""
    given = front.get("appliesto") or front.get("applies_to") or ()
    names = given if isinstance(given, list) else [given]
    return tuple(Product(product=str(name)[:80]) for name in names if isinstance(name, str) and name.strip())[:12]
