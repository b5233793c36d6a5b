"""CRE rules (prequel) to articles: metadata, causes and texts; what its conditions mean is kb.importers.cre_rule.

Takes a folder (or one file) of rule files; gives an article a rule, with the rule's test log as its sample. The log
source of a rule becomes a hint, since pasted text has none. An edge module: it reads the rule files.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diagnose.errors import KbError
from diagnose.templates import shortened
from kb.articles.ids import identifier
from kb.documents.yaml_subset import load_yaml
from kb.importers import Left, Made
from kb.importers.cre_rule import Conditions, Unusable, conditions
from kb.importers.examples import example
from kb.safe_files import read as read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_RULES = 256 << 10
LARGEST_LOG = 4 << 20
DEPTH = 12
SEVERITIES = {"0": "critical", "1": "high", "2": "medium", "3": "low", "4": "low"}
# The rule's logs, and where they belong beside the article: what must be found, and what must not.
LOGS = {"test.log": "samples/symptom/test.txt", "test-fp.log": "samples/other/test-fp.txt"}
# Texts that stand for one that nobody wrote yet.
PLACEHOLDER = re.compile(
    r"(?i)\s*(?:see (?:the )?references\b|follow upstream\b|auto-generated draft\b|draft rule\b|tbd\b|todo\b)"
)
_KNOWN = frozenset(
    ("id", "severity", "title", "category", "tags", "author", "description", "impact", "impactScore", "cause",
     "mitigation", "mitigationScore", "references", "reports", "version", "applications")
)  # fmt: skip
_BULLET = re.compile(r"^\s{0,3}(?:[-*•]|\d+[.)])\s+")


def read(path: Path) -> Iterator[Made | Left]:
    """Every rule below `path` in the order of the files. KbError where there is none."""
    files = list(_files(path))
    if not files:
        what = "holds no rule files" if path.exists() else "no such file or folder"
        raise KbError(str(path), what, "name a folder with CRE rules (*.yaml) below it")
    terms: dict[str, Any] = {}
    rules: list[tuple[Path, Any]] = []
    left: list[Left] = []
    license_ = _license(path)
    for file in files:
        try:
            value, twice = _document(file)
        except Unusable as reason:
            left.append(Left(where=str(file), what=str(reason)))
            continue
        left += (Left(where=str(file), what=what, part=True) for what in twice)
        if isinstance(value, dict) and ("rules" in value or "terms" in value):
            terms |= value["terms"] if isinstance(value.get("terms"), dict) else {}
            listed = value.get("rules", ())
            rules += ((file, rule) for rule in (listed if isinstance(listed, list) else [listed]))
    if not rules and not left:
        raise KbError(str(path), "holds no rules", "name a folder with CRE rules: YAML files with 'rules:'")
    yield from left
    for file, rule in rules:
        try:
            yield from _article(file, rule, terms, license_)
        except Unusable as reason:
            yield Left(where=str(file), what=str(reason))


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    base = len(path.parts)
    for folder, below, names in os.walk(path):
        below[:] = sorted(n for n in below if not n.startswith(".")) if len(Path(folder).parts) - base < DEPTH else []
        found = (Path(folder, name) for name in sorted(names) if name.lower().endswith((".yaml", ".yml")))
        yield from (file for file in found if not file.is_symlink())


def _document(file: Path) -> tuple[Any, list[str]]:
    """The value of a file, and the keys that stand in it twice, whose first value counts."""
    data = _bytes(file, LARGEST_RULES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable("is not valid UTF-8") from None
    loaded = load_yaml(text)
    mistakes = [f"line {m.line}, column {m.column}: {m.what}" for m in loaded.mistakes]
    if mistakes and loaded.value is None:
        raise Unusable(mistakes[0])
    return loaded.value, mistakes


def _bytes(file: Path, largest: int, inside: Path | None = None) -> bytes:
    try:
        data = read_file(file, largest, inside=inside)
    except OSError as error:
        raise Unusable(error.strerror or str(error)) from None
    if len(data) > largest:
        raise Unusable(f"is larger than {largest >> 10} KiB")
    return data


def _license(path: Path) -> str:
    """The licence of the collection, where a file beside it names one that is known."""
    for folder in (path, path.parent):
        try:
            head = read_file(folder / "LICENSE", 400, inside=folder).decode("utf-8", "replace")
        except OSError:
            continue
        return "Apache-2.0" if re.search(r"Apache License\s+Version 2\.0", head) else "see LICENSE of the source"
    return ""


def _article(file: Path, rule: Any, terms: dict[str, Any], license_: str) -> Iterator[Made | Left]:
    cre = rule.get("cre") if isinstance(rule, dict) else None
    if not isinstance(cre, dict) or not _line(cre.get("id")) or not _line(cre.get("title")):
        raise Unusable("a rule without 'cre' with 'id' and 'title'")
    original = _line(cre["id"])
    where = f"{file} ({original})"
    name = original.lower()
    if identifier(name) != name:
        raise Unusable(f"'{original[:60]}' is no id; use letters, digits, '.', '_' and '-'")
    for key in sorted(set(cre) - _KNOWN):
        yield Left(where=where, what=f"unknown field '{key}'", part=True)
    made = conditions(rule.get("rule"), terms)
    source = _source(rule["rule"])
    yield from (Left(where=where, what=what, part=True) for what in made.left)
    front: dict[str, Any] = {"id": name, "title": _line(cre["title"])}
    front |= {"summary": _summary(cre), "severity": SEVERITIES.get(str(cre.get("severity")), "")}
    draft = not any(_written(cre.get(key)) for key in ("cause", "mitigation"))
    front |= {"status": "draft" if draft else "test", "applies_to": _products(cre), "tags": _lines(cre.get("tags"))}
    front |= {"category": _line(cre.get("category")), "author": _line(cre.get("author"))}
    front["origin"] = {"format": "cre", "id": original, **({"license": license_} if license_ else {})}
    hint = {"sources": [source]} if source else {}
    signals = {key: {**value, **hint} if key == made.whole else value for key, value in made.signals.items()}
    front |= {"signals": signals, "symptoms": made.symptoms}
    front["causes"] = _causes(cre, made)
    front["references"] = [{"url": url} for url in _lines(cre.get("references")) if _is_url(url)]
    front = {key: value for key, value in front.items() if value not in ("", [], {})}
    beside = {}
    for log, place in LOGS.items():
        if os.path.lexists(file.parent / log):
            try:
                beside[place] = _bytes(file.parent / log, LARGEST_LOG, file.parent)
            except Unusable as reason:
                yield Left(where=str(file.parent / log), what=str(reason), part=True)
    shown = example(beside.get(LOGS["test.log"], b"").decode("utf-8", "replace"))
    yield Made(id=name, front=front, body=f"{_body(cre)}\n\n{shown}", beside=beside, source=where)


def _source(rule: dict[str, Any]) -> str:
    """The log source of a rule: where its engine would look."""
    parts = (rule.get("sequence"), rule.get("set"))
    events = (part.get("event") for part in parts if isinstance(part, dict))
    return next((_line(event.get("source")) for event in events if isinstance(event, dict)), "")


# --- texts ---


def _line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _lines(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(line for line in map(_line, items) if line))


def _written(value: Any) -> str:
    """The text without the blanks around it; empty for a placeholder. `${x}` would name a parameter: it is `$x`."""
    if not isinstance(value, str) or PLACEHOLDER.match(value):
        return ""
    lines = (line.rstrip() for line in value.strip().splitlines())
    return re.sub(r"\$\{(\w*)\}", r"$\1", "\n".join(lines)).replace("${", "$ {").replace("\t", "    ")


def _summary(cre: dict[str, Any]) -> str:
    return shortened(" ".join(re.split(r"\n\s*\n", _written(cre.get("description")))[0].split()), 600)


def _is_url(text: str) -> bool:
    return re.fullmatch(r"https?://[^\s<>\"]+", text) is not None


def _products(cre: dict[str, Any]) -> list[dict[str, str]]:
    listed = cre.get("applications")
    rows = []
    for application in listed if isinstance(listed, list) else ():
        if isinstance(application, dict) and (product := _line(application.get("name"))):
            version = _line(application.get("version"))
            row = {"product": product[:80], **({"versions": version[:80]} if version else {})}
            rows += [row] if row not in rows else []
    return rows


def _causes(cre: dict[str, Any], rule: Conditions) -> list[dict[str, Any]]:
    """One cause for every one that the rule lists; none where its text is a placeholder."""
    mitigation = _written(cre.get("mitigation"))
    impact = _written(cre.get("impact"))
    causes: list[dict[str, Any]] = []
    names: set[str] = set()
    for text in _items(_written(cre.get("cause"))):
        title = _title(text)
        name = stem = identifier(" ".join(title.split()[:8]))[:60].strip("-._") or "cause"
        while name in names:
            name = f"{stem}-{len(names) + 1}"
        names.add(name)
        cause: dict[str, Any] = {"id": name, "title": title, "likelihood": "common"}
        cause |= {"summary": text} if text != title else {}
        cause["evidence"] = [
            {"signal": signal, "supports": "strong" if signal == rule.whole else "moderate"} for signal in rule.symptoms
        ]
        cause |= {"remediation": [{"kind": "mitigation", "text": mitigation}]} if mitigation else {}
        causes.append(cause | ({"impact": impact} if impact else {}))
    return causes


def _items(text: str) -> list[str]:
    """The bullets of a list with their continuation lines, or the whole text as one; headings above bullets are none."""
    lines = text.split("\n") if text else []
    starts = [i for i, line in enumerate(lines) if _BULLET.match(line)]
    if len(starts) < 2:
        return [" ".join(_BULLET.sub("", text).split())] if text else []
    items = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        item = [_BULLET.sub("", lines[start])]
        for line in lines[start + 1 : end]:
            if not line.startswith(" "):
                break
            item.append(line)
        items.append(" ".join(" ".join(item).split()))
    return [item for item in items if item]


def _title(text: str) -> str:
    """The first sentence, at most 120 characters, cut between words."""
    first = re.split(r"(?<=[.;])\s", text, maxsplit=1)[0].rstrip(".;")
    return shortened(first, 120)


def _body(cre: dict[str, Any]) -> str:
    parts = [f"# {_line(cre['title'])}"]
    for heading, key in (
        ("Symptoms", "description"),
        ("Cause", "cause"),
        ("Impact", "impact"),
        ("Resolution", "mitigation"),
    ):
        if text := _written(cre.get(key)):
            parts.append(f"## {heading}\n\n{text}")
    others = [line for line in _lines(cre.get("references")) if not _is_url(line)]
    if others:
        parts.append("## References\n\n" + "\n".join(f"- {line}" for line in others))
    return "\n\n".join(parts)
