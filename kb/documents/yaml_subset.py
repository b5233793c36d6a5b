"""The safe subset of YAML, with the place of every key and value.

Refused before or while composing: tags, anchors, aliases, merge keys, duplicate keys, several documents, more than 20
levels, more than 256 KiB. Only true, false, null and plain numbers are typed, and a number keeps its text, so that a
version 1.10 stays 1.10; `no` is a word. Whatever goes wrong is a Problem with line and column, never an exception.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from msgspec import Struct

LARGEST = 256 << 10
DEEPEST = 20
Path = tuple[str | int, ...]
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?$")
_LISTS = re.compile(r"\s*(?:[-?] +){20}")
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


class Number(str):
    """A plain number as it was written; `float(x)` gives its value."""

    __slots__ = ()


class YamlMistake(Struct, frozen=True):
    """Why the text is not in the subset; line and column count from 1."""

    line: int
    column: int
    what: str
    way_out: str = ""


class Loaded(Struct, frozen=True):
    """`places` has (line, column) of every value by its path; of a key under the path of its value plus "key"."""

    value: Any
    places: dict[Path, tuple[int, int]]
    mistakes: tuple[YamlMistake, ...]


class _RefusedError(Exception):
    def __init__(self, mark: Any, what: str, way_out: str = "") -> None:
        super().__init__(what)
        self.mistake = YamlMistake(mark.line + 1, mark.column + 1, what, way_out)


def load_yaml(text: str, *, first_line: int = 1) -> Loaded:
    """Read `text`, whose first line is line `first_line` of its file."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        return _failed(
            YamlMistake(1, 1, f"the front matter is larger than {LARGEST >> 10} KiB", "shorten it"), first_line
        )
    refused = _too_deep(text) or _special(text)
    if refused:
        return _failed(refused, first_line)
    places: dict[Path, tuple[int, int]] = {}
    mistakes: list[YamlMistake] = []
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        value = _plain(node, (), places, mistakes, first_line, 0) if node is not None else None
    except _RefusedError as error:
        return _failed(error.mistake, first_line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return _failed(
            YamlMistake(line, column, f"not YAML: {error.problem or error.context}", _hint(error)), first_line
        )
    except Exception as error:  # libyaml and PyYAML raise half a dozen others on mutated text
        return _failed(
            YamlMistake(1, 1, f"not YAML: {str(error).splitlines()[0] if str(error) else type(error).__name__}"),
            first_line,
        )
    return Loaded(value, places, tuple(mistakes))


def _failed(mistake: YamlMistake, first_line: int) -> Loaded:
    moved = YamlMistake(mistake.line + first_line - 1, mistake.column, mistake.what, mistake.way_out)
    return Loaded(None, {}, (moved,))


def _hint(error: yaml.MarkedYAMLError) -> str:
    what = f"{error.problem} {error.context}"
    if "mapping values are not allowed" in what or "expected <block end>" in what:
        return "put the value in quotes if it holds ': ' or ' #'"
    return "check quotes and indentation"


def _too_deep(text: str) -> YamlMistake | None:
    """Flow brackets outside quotes, counted before libyaml sees them: 100,000 of them crash it."""
    depth, quote = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        if _LISTS.match(line):
            return YamlMistake(number, 1, "lists are nested too deeply", f"at most {DEEPEST} levels")
        previous = " "
        for column, character in enumerate(line, 1):
            if quote:
                quote = "" if character == quote and previous != "\\" else quote
            elif character in "'\"" and previous in " [{,:-(":
                quote = character
            elif character in "[{":
                depth += 1
                if depth > 8 * DEEPEST:
                    return YamlMistake(number, column, "brackets are nested too deeply", f"at most {DEEPEST} levels")
            elif character in "]}":
                depth = max(0, depth - 1)
            previous = character
        depth = depth if line.strip() else 0
    return None


def _plain(
    node: Any, path: Path, places: dict[Path, tuple[int, int]], mistakes: list[YamlMistake], first_line: int, depth: int
) -> Any:
    mark = node.start_mark
    if depth > DEEPEST:
        raise _RefusedError(mark, "nested too deeply", f"at most {DEEPEST} levels")
    places[path] = (mark.line + first_line, mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(child, (*path, i), places, mistakes, first_line, depth + 1) for i, child in enumerate(node.value)
        ]
    result: dict[str, Any] = {}
    for key, child in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            raise _RefusedError(key.start_mark, "a key that is not a plain word", "use words as keys")
        if key.value in result:
            mistakes.append(
                YamlMistake(
                    key.start_mark.line + first_line,
                    key.start_mark.column + 1,
                    f"the key '{key.value}' stands twice",
                    "remove one of them",
                )
            )
            continue
        places[*path, key.value, "key"] = (key.start_mark.line + first_line, key.start_mark.column + 1)
        result[key.value] = _plain(child, (*path, key.value), places, mistakes, first_line, depth + 1)
    return result


def _scalar(node: Any) -> Any:
    if node.style in ("'", '"', "|", ">"):
        return node.value
    if node.value in _CONSTANTS:
        return _CONSTANTS[node.value]
    return Number(node.value) if _NUMBER.match(node.value) else node.value


def _special(text: str) -> YamlMistake | None:
    """Anchors, aliases and explicit tags, from the events: composing would expand them. Linear, nothing is expanded."""
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            mark: Any = event.start_mark
            if getattr(event, "anchor", None):
                return YamlMistake(mark.line + 1, mark.column + 1, "an anchor or alias", "write the value out")
            if getattr(event, "tag", None):
                return YamlMistake(
                    mark.line + 1, mark.column + 1, f"the tag {getattr(event, 'tag', '')}", "leave the tag out"
                )
    except Exception:
        return None  # composing meets it again and says what is wrong
    return None
