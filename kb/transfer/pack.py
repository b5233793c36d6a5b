"""The folder of a base to one file: a zip with the manifest first, the same bytes for the same files. An edge module."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from diagnose.errors import KbError
from kb import __version__
from kb.safe_files import aside, read
from kb.transfer.manifest import LARGEST_FILE, MANIFEST, SCHEMA, Entry, Manifest, check, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time


def pack(root: Path, target: str, articles: int) -> Manifest:
    """Write all files below `root`, hidden ones and links left out, to `target`."""
    entries = tuple(Entry(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in _files(root))
    made = Manifest(schema=SCHEMA, kb=__version__, articles=articles, digest=digest_of(entries), files=entries)
    check(made, str(root))
    try:
        with aside(target) as fresh, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(_info(MANIFEST), msgspec.json.format(msgspec.json.encode(made), indent=1))
            for name, data in _files(root):
                file.writestr(_info(name), data)
    except OSError as error:
        raise KbError(target, error.strerror or str(error), "name a file that can be written") from None
    return made


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100644 << 16
    info.create_system = 3
    return info


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each plain file, in order of names."""
    found: list[tuple[str, Path]] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            inside = path.relative_to(root).as_posix()
            if not name.startswith(".") and inside != MANIFEST and path.is_file() and not path.is_symlink():
                found.append((inside, path))
    for inside, path in sorted(found):
        try:
            data = read(path, LARGEST_FILE, inside=root)
        except OSError as error:
            raise KbError(str(path), error.strerror or str(error), "check the permissions") from None
        yield inside, data
