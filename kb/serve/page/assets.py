"""Style, script and icon of the page: read once, told apart by their content so that browsers may keep them for ever."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "files"
MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Asset(Struct, frozen=True):
    data: bytes
    media: str
    version: str


def _read(path: Path) -> Asset:
    data = path.read_bytes()
    return Asset(data, MEDIA[path.suffix], sha256(data).hexdigest()[:12])


ASSETS = {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA}
