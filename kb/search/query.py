"""The query language of `kb search`: words, "phrases", field:word, -word, OR. Any text is a query; none is an error.

Ours, and small on purpose: Whoosh's own parser raises on some texts and takes seconds on others. Words are wished for,
phrases and fields are required, `-` excludes. What is pasted is not punished for its punctuation: in several lines, or
beside a cmdlet, a dash or colon is just that. Knows nothing of the index.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.text.fold import fold_text

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS = {
    "id": "id",
    "title": "title",
    "symptom": "symptoms",
    "symptoms": "symptoms",
    "cause": "causes",
    "causes": "causes",
    "product": "products",
    "products": "products",
    "tag": "tags",
    "tags": "tags",
    "body": "body",
}
MOST_TERMS = 200
LONGEST = 20_000
_PART = re.compile(
    r'(?P<minus>-)?(?:(?P<field>[A-Za-z]{2,8}):(?=[^\s:]))?(?:"(?P<phrase>[^"\n]*)"|(?P<word>[^\s"]+|"))'
)
_TOOL = re.compile(
    r"\b(?:netstat|ss|nc|telnet|ping|tracert|traceroute|nslookup|dig|curl|openssl|systemctl|journalctl|kubectl|docker|ssh|ls)"
    r"(?= (?:\S+ )?-)"
)
_CMDLET = re.compile(r"(?<![^\s`(|])[A-Z][a-z]+-[A-Z][A-Za-z]+(?![^\s`),:.|])")
_PARAMETER = re.compile(r"[A-Z]|.$|\d{4}")


class QueryPart(Struct, frozen=True):
    """A word or phrase; `field` is empty for all fields; `without` excludes what holds it."""

    text: str
    field: str = ""
    phrase: bool = False
    without: bool = False

    def __str__(self) -> str:
        quoted = f'"{self.text}"' if self.phrase else self.text
        return f"{'-' if self.without else ''}{self.field + ':' if self.field else ''}{quoted}"


class Query(Struct, frozen=True):
    """`words` are wished for; of each group in `required` one part must be there; `excluded` must not.

    `cut` says that the text held more than MOST_TERMS parts. `parts` are all of them, as they stood. `strangers` are the
    names before a colon that are no field: their parts are words.
    """

    words: tuple[QueryPart, ...] = ()
    required: tuple[tuple[QueryPart, ...], ...] = ()
    excluded: tuple[QueryPart, ...] = ()
    parts: tuple[QueryPart, ...] = ()
    cut: bool = False
    strangers: tuple[str, ...] = ()


def parse_query(text: str) -> Query:
    """The query that `text` is. Never raises; linear in the text, which counts up to LONGEST characters."""
    folded = fold_text(text[:LONGEST].strip())
    pasted = "\n" in folded
    found: list[tuple[QueryPart, bool]] = []  # with: joined to the one before by OR
    strangers: dict[str, None] = {}
    either = False
    for match in _PART.finditer(folded):
        if match["word"] == "OR" and not match["minus"] and not match["field"] and not pasted:
            either = bool(found)
            continue
        part = _part(match, folded, pasted)
        if match["field"] and match["field"].lower() not in FIELDS and not pasted:
            strangers[match["field"]] = None
        if not any(map(str.isalnum, part.text)):
            continue
        if len(found) == MOST_TERMS:
            return _query(found, cut=True)
        found.append((part, either and not part.without))
        either = False
    return replace(_query(found, cut=len(text) > LONGEST), strangers=tuple(strangers))


def relaxed(query: Query) -> Query:
    """The same without requirements on phrases: their words are wished for."""
    parts = [
        QueryPart(part.text) if part.phrase and not part.field and not part.without else part for part in query.parts
    ]
    return _query([(part, False) for part in parts], cut=query.cut)


def _part(match: re.Match[str], text: str, pasted: bool) -> QueryPart:
    field = FIELDS.get((match["field"] or "").lower(), "")
    phrase = match["phrase"] is not None
    told = match["phrase"] if phrase else match["word"]
    if match["field"] and not field:  # net.tcp://fe01 is a word
        told, phrase = f"{match['field']}:{told}", False
    if pasted:
        return QueryPart(f"{field}:{told}" if field else told)
    without = bool(match["minus"]) and not _is_option(match, text, told, phrase)
    return QueryPart(f"-{told}" if match["minus"] and not without else told, field, phrase, without)


def _is_option(match: re.Match[str], text: str, told: str, phrase: bool) -> bool:
    """-Identity beside a cmdlet, -ano of netstat, -n, --all and -2147023174 are what was pasted; so is a dash in a word."""
    if phrase or match["field"]:
        return False
    if (match.start() and not text[match.start() - 1].isspace()) or _TOOL.search(text):
        return True
    one = _PARAMETER.match(told)
    return not told[0].isalnum() or (one is not None and (not told[0].isupper() or bool(_CMDLET.search(text))))


def _query(found: Iterable[tuple[QueryPart, bool]], *, cut: bool) -> Query:
    groups: list[list[QueryPart]] = []
    excluded: list[QueryPart] = []
    everything: list[QueryPart] = []
    for part, either in found:
        everything.append(part)
        if part.without:
            excluded.append(part)
        elif either and groups:
            groups[-1].append(part)
        else:
            groups.append([part])
    plain = [group for group in groups if not any(part.field or part.phrase for part in group)]
    return Query(
        words=tuple(part for group in plain for part in group),
        required=tuple(tuple(group) for group in groups if group not in plain),
        excluded=tuple(excluded),
        parts=tuple(everything),
        cut=cut,
    )
