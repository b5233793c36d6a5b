"""A base file from somebody else to a fresh folder, checked name by name and byte by byte. An edge module."""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from diagnose.errors import KbError
from kb.safe_files import opened
from kb.transfer.manifest import MANIFEST, MOST_FILES, Manifest, check

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_MANIFEST = 16 << 20
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError, ValueError, OverflowError
)  # fmt: skip
_AGAIN = "fetch it again; kb export base makes such a file"


def unpack(file: str, folder: Path, digest: str = "") -> Manifest:
    """Write the files of a base file into `folder`, which is empty. KbError for what is refused: nothing of it counts then.

    `digest` is the one that whoever made it told; empty: not asked for.
    """
    try:
        with opened(file) as stream:
            return _unpacked(file, stream, folder, digest)
    except OSError as error:
        raise KbError(file, error.strerror or str(error), "name a base file") from None
    except _DAMAGE:
        raise KbError(file, "is no base file, or a damaged one", _AGAIN) from None


def _unpacked(name: str, stream: BinaryIO, folder: Path, digest: str) -> Manifest:
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        if not members or members[0].filename != MANIFEST or len(members) > MOST_FILES + 1:
            raise KbError(name, "is no base file", _AGAIN)
        manifest = _manifest(name, _content(archive, members[0], LARGEST_MANIFEST))
        check(manifest, name)
        if digest and digest.lower() != manifest.digest:
            raise KbError(name, f"its digest is {manifest.digest}", "it is not the file that you were told of")
        if [member.filename for member in members[1:]] != [entry.path for entry in manifest.files]:
            raise KbError(name, "its members are not those that it names", _AGAIN)
        for member, entry in zip(members[1:], manifest.files, strict=True):
            data = _content(archive, member, entry.size)
            if len(data) != entry.size or hashlib.sha256(data).hexdigest() != entry.sha256:
                raise KbError(name, f"{entry.path[:80]} is not what the digest is of", _AGAIN)
            place = folder.joinpath(*entry.path.split("/"))
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return manifest


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """The bytes of a member, never more than one beyond `most`, whatever it says of its size."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or member.is_dir() or member.flag_bits & 1:
        raise zipfile.BadZipFile
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile
    with archive.open(member) as file:
        return file.read(most + 1)


def _manifest(name: str, data: bytes) -> Manifest:
    try:
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, RecursionError):
        raise KbError(name, "its list of files cannot be read", _AGAIN) from None
