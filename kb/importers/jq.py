"""Simple tests of fields in jq to patterns over a line of JSON.

Takes a jq expression; gives patterns for the parts of its top-level `and` that compare one field with a constant or ask
whether it is there, and the parts that are more than that. A pattern looks for the last name of the path with its
value, wherever in the line it stands: what it finds the query could find, not always the other way round.
"""

from __future__ import annotations

import json
import re

_FIELD = r"(?P<path>(?:\.[A-Za-z_][\w-]*)+)"
_EQUALS = re.compile(_FIELD + r"\s*==\s*(?P<value>\"(?:[^\"\\]|\\.)*\"|-?\d+(?:\.\d+)?|true|false|null)")
_PRESENT = re.compile(_FIELD + r"\s*!=\s*null")
_BARE = re.compile(_FIELD)


def tests(query: str) -> tuple[list[str], list[str]]:
    """(patterns, parts that are no simple test)."""
    found: list[str] = []
    rest: list[str] = []
    for part in _conjuncts(query):
        regex = _regex(part)
        (found if regex else rest).append(regex or part)
    return found, rest


def _regex(part: str) -> str:
    if equal := _EQUALS.fullmatch(part):
        value = json.loads(equal["value"])
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else equal["value"]
        end = "" if isinstance(value, str) else r"\b"
        return rf'"{_last(equal["path"])}"\s*:\s*{re.escape(text)}{end}'
    if present := _PRESENT.fullmatch(part) or _BARE.fullmatch(part):
        return rf'"{_last(present["path"])}"\s*:\s*[^\snf]'
    return ""


def _last(path: str) -> str:
    return re.escape(path.rsplit(".", 1)[1])


def _conjuncts(query: str) -> list[str]:
    """The parts of a top-level `and`, without the brackets around them; the whole where more is at the top level."""
    parts, depth, start, quoted = [], 0, 0, False
    text = " ".join(query.split())
    for i, character in enumerate(text):
        if character == '"' and (i == 0 or text[i - 1] != "\\"):
            quoted = not quoted
        elif not quoted:
            depth += (character in "([{") - (character in ")]}")
            if depth == 0 and text.startswith((" or ", "|", ",", "//"), i):
                return [text]
            if depth == 0 and text.startswith(" and ", i):
                parts.append(text[start:i])
                start = i + 5
    return [_bare(part.strip()) for part in (*parts, text[start:])]


def _bare(part: str) -> str:
    """Without brackets around the whole."""
    while part.startswith("(") and part.endswith(")") and _closes(part):
        part = part[1:-1].strip()
    return part


def _closes(part: str) -> bool:
    depth = 0
    for i, character in enumerate(part):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return i == len(part) - 1
    return False
