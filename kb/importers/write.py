"""Imported articles to a folder that is a base as it stands: ID/article.md, samples beside.

Takes what an importer yields. Writes only what differs, so that a second import leaves the times of the rest alone;
takes nothing away, and never writes over an article that another hand made. An edge module: it touches files.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from msgspec import Struct

from diagnose.errors import KbError
from kb.articles.parse import LARGEST, parse
from kb.importers import Left, Made
from kb.safe_files import read
from kb.safe_files import write as write_file

if TYPE_CHECKING:
    from collections.abc import Iterable

_ORIGIN = re.compile(rb"^origin:\s*(?:\{.*?|\n\s+)format: *[\"']?([\w-]+)", re.MULTILINE)
_WIDTH = 110


class ImportReport(Struct, frozen=True):
    """Ids by what became of them, and what was left out; `holding` counts the articles that have signals, causes, checks,
    and `unfindable` are those with nothing of their own to be found by: no signal, only words."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    drafts: tuple[str, ...]
    left: tuple[Left, ...]
    holding: dict[str, int]
    unfindable: tuple[str, ...]


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # ten times as fast where it is there
    """Block style, text of several lines as it reads, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def render(front: dict[str, Any], body: str) -> bytes:
    """The file of an article; the same values give the same bytes."""
    head = yaml.dump(front, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return f"---\n{head}---\n\n{body.strip()}\n".encode()


def write(made: Iterable[Made | Left], to: Path, format_: str) -> ImportReport:
    """Write every article below `to`, which is made if it is missing. An article that its own base would refuse, or
    whose id is taken, is left out with the reason."""
    left: list[Left] = []
    written: list[str] = []
    unchanged: list[str] = []
    drafts: list[str] = []
    taken: dict[str, str] = {}
    holding = dict.fromkeys(("signals", "causes", "checks"), 0)
    unfindable: list[str] = []
    for item in made:
        if isinstance(item, Left):
            left.append(item)
            continue
        reason = f"the id '{item.id}' is taken by {taken[item.id]}" if item.id in taken else ""
        data = b""
        if not reason:
            data = render(item.front, item.body)
            reason = _refused(item.id, data) or _foreign(to / item.id / "article.md", format_, to)
        if reason:
            left.append(Left(where=item.source, what=reason))
            continue
        taken[item.id] = item.source
        (written if _put(to / item.id, data, item.beside, to) else unchanged).append(item.id)
        for part in holding:
            holding[part] += bool(item.front.get(part))
        if not item.front.get("symptoms"):
            unfindable.append(item.id)
        if item.front.get("status") == "draft":
            drafts.append(item.id)
    return ImportReport(tuple(written), tuple(unchanged), tuple(drafts), tuple(left), holding, tuple(unfindable))


def _refused(name: str, data: bytes) -> str:
    _, faults = parse(f"{name}/article.md", data)
    return next((f"its article would be refused: {fault.what}" for fault in faults if fault.severity == "error"), "")


def _foreign(path: Path, format_: str, to: Path) -> str:
    try:
        found = _ORIGIN.search(read(path, LARGEST, inside=to))
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _cannot(path, error) from None
    same = found is not None and found[1].decode() == format_
    return "" if same else f"{path} was not made by this import; it is left as it is"


def _put(folder: Path, data: bytes, beside: dict[str, bytes], to: Path) -> bool:
    """Whether anything had to be written."""
    changed = False
    # The article last: an interrupted import leaves no article without its samples.
    for name, content in (*beside.items(), ("article.md", data)):
        path = folder / name
        try:
            if os.path.lexists(path) and read(path, len(content), inside=to) == content:
                continue
            write_file(path, content, inside=to)
        except OSError as error:
            raise _cannot(path, error) from None
        changed = True
    return changed


def _cannot(path: Path, error: OSError) -> KbError:
    return KbError(str(path), error.strerror or str(error), "name another folder with --to, or check the permissions")
