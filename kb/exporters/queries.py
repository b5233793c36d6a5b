"""The texts of a base as queries of other programs: `DIALECTS` is a table, a dialect a function of this kind.

Each gives one file. All look for texts in any letter case, so that they fetch more lines than the patterns match, never fewer.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.scan.excerpts import AROUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kb.exporters.needles import Needle, Needles

CHUNK = 200  # texts in one call of ClickHouse
# Older Lokis take queries of up to 5,120 characters, and Sigma's backend for it cuts what is longer, and cuts it badly.
LONGEST_LOKI, LONGEST_RULE = 4800, 3000


class Dialect(Struct, frozen=True):
    """`file` is its name, `made` makes it of the texts and of those of each article; `use` says how it is run, `lacks` what it
    cannot promise besides the patterns that are left out."""

    file: str
    made: Callable[[Sequence[Needle], Mapping[str, Sequence[Needle]]], str]
    use: str
    lacks: str = ""


def _ripgrep(texts: Sequence[Needle], articles: Mapping[str, Sequence[Needle]]) -> str:
    """One text of each, the longest: thousands of patterns with gaps make ripgrep a hundred times slower than plain texts do."""
    kept: list[str] = []
    for text in sorted({max(needle, key=len) for needle in texts}, key=lambda one: (len(one), one)):
        if not any(other in text for other in kept):
            kept.append(text)
    return "".join(f"{text}\n" for text in sorted(kept))


def _loki(texts: Sequence[Needle], articles: Mapping[str, Sequence[Needle]]) -> str:
    regexes = _of_length([json.dumps(_regex(needle))[1:-1] for needle in texts], LONGEST_LOKI)
    return "".join(f'{{job=~".+"}} |~ "(?i)(?:{"|".join(part)})"\n' for part in regexes)


def _regex(needle: Needle) -> str:
    """In the syntax that RE2, Rust and Vectorscan share."""
    return ".*".join("".join(f"\\{ch}" if ch in r"\.+*?()|[]{}^$" else ch for ch in text) for text in needle)


def _clickhouse(texts: Sequence[Needle], articles: Mapping[str, Sequence[Needle]]) -> str:
    """In parts: ClickHouse takes minutes to compile thousands of patterns with gaps at once, seconds for two hundred."""
    where = "\n    OR ".join(f"multiMatchAny(message, [\n    {_regexes(part)}])" for part in _chunks(texts, CHUNK))
    return (
        "-- logs(source String, line UInt64, message String): adapt the names\n"
        "SELECT source, line, message FROM logs WHERE (source, line) IN (\n"
        f"  SELECT source, arrayJoin(range(toUInt64(greatest(line, {AROUND + 1}) - {AROUND}), line + {AROUND + 1}))\n"
        f"  FROM logs WHERE {where}\n"
        ") ORDER BY source, line\n"
    )


def _regexes(needles: Sequence[Needle]) -> str:
    return ",\n    ".join(_quoted(f"(?i){_regex(needle)}") for needle in needles)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _sigma(texts: Sequence[Needle], articles: Mapping[str, Sequence[Needle]]) -> str:
    """Rules of some texts of an article each."""
    rules = []
    for article, own in articles.items():
        parts = _of_length(["*".join(map(_wild, needle)) for needle in own], LONGEST_RULE)
        rules += [
            _rule(article if number == 1 else f"{article} {number}", part) for number, part in enumerate(parts, 1)
        ]
    return "---\n".join(rules)


def _rule(title: str, keywords: Sequence[str]) -> str:
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"kb:{title}")
    lines = [
        f"title: {title}",
        f"id: {number}",
        "status: test",
        "logsource:",
        "  category: application",
        "detection:",
    ]
    lines += [
        "  keywords:",
        *(f"    - {json.dumps(keyword)}" for keyword in keywords),
        "  condition: keywords",
        "level: medium",
    ]
    return "\n".join(lines) + "\n"


def _wild(text: str) -> str:
    """A text in which `*`, `?` and backslashes stand for themselves."""
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")


def _of_length(texts: Sequence[str], length: int) -> Iterator[list[str]]:
    """Runs of `texts` that make up to `length` characters with a sign between two."""
    part: list[str] = []
    room = length
    for text in texts:
        if part and len(text) >= room:
            yield part
            part, room = [], length
        part.append(text)
        room -= len(text) + 1
    if part:
        yield part


def _chunks(texts: Sequence[Needle], size: int) -> Iterator[Sequence[Needle]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


_NO_CONTEXT = "It has no lines around a hit: fetch the minute around each as well."
DIALECTS: dict[str, Dialect] = {
    "ripgrep": Dialect(
        "kb.ripgrep.txt",
        _ripgrep,
        f"rg -a -F -i -f kb.ripgrep.txt -C {AROUND} --no-filename --no-line-number --no-context-separator LOG | kb diagnose -",
    ),
    "loki": Dialect(
        "kb.loki.logql", _loki, 'one query a line: logcli query --limit 0 "$(sed -n 1p kb.loki.logql)"', _NO_CONTEXT
    ),
    "clickhouse": Dialect(
        "kb.clickhouse.sql",
        _clickhouse,
        "clickhouse client --queries-file kb.clickhouse.sql --format TSVRaw | cut -f3- | kb diagnose -",
    ),
    "sigma": Dialect(
        "kb.sigma.yml", _sigma, "sigma convert -t BACKEND kb.sigma.yml (a rule, or some, an article)", _NO_CONTEXT
    ),
}


def made(name: str, needles: Needles, articles: Mapping[str, Needles]) -> dict[str, str]:
    """The files of a dialect by name: its queries, and what they promise."""
    dialect = DIALECTS[name]
    return {
        dialect.file: dialect.made(needles.texts, {article: own.texts for article, own in articles.items()}),
        f"kb.{name}.md": "\n".join(_promise(dialect, needles)) + "\n",
    }


def _promise(dialect: Dialect, needles: Needles) -> Iterator[str]:
    yield from (f"# {dialect.file}", "", f"    {dialect.use}", "")
    yield f"{len(needles.texts):,} texts, or texts in order, in any letter case. Every line in which a pattern of these articles matches"
    yield "holds one of them, unless its text stands there with escape sequences, invisible characters, full-width letters or"
    yield "odd blanks in it, in another encoding than UTF-8, or broken over two lines. What an article is found by besides its"
    yield f"signals (words, quoted messages) may stand in other lines. {dialect.lacks}".rstrip()
    yield from ("", f"Not promised ({len(needles.left)}):", "")
    for pattern, reason in needles.left:
        yield f"- {', '.join(pattern.owners)}: `{pattern.regex.replace('`', '')}`: {reason}"
