"""The token of this user's servers, in one private file: who knows it may ask them, and what they sign is signed with it.

An edge module. The page's link, its cookies and the case handles are derived from it, so that all workers, and `kb serve`
and `kb mcp` on one machine, share them without sharing anything else.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import sys
from pathlib import Path

from diagnose.errors import KbError
from kb.folders import data_dir
from kb.safe_files import read, write

NAME = "serve.token"
LEAST = 32  # characters of a token that somebody else made
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


def token_file() -> Path:
    """Where the token stands unless another file is named; KbError where there is no home."""
    folder = data_dir()
    if folder is None:
        raise KbError("serve.token", "there is no home folder to keep it in", "name a file with --token-file")
    return folder / NAME


def token(path: Path | None = None) -> str:
    """The token in `path` (the user's own file without one), made where there is none. KbError where others may read it."""
    place = path or token_file()
    try:
        if not os.path.lexists(place):
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write(place, f"{secrets.token_urlsafe(32)}\n".encode(), force=False)
    except FileExistsError:
        pass  # another server made it in the meantime
    except OSError as error:
        raise KbError(str(place), error.strerror or str(error), "name another file with --token-file") from None
    return _kept(place)


def _kept(place: Path) -> str:
    try:
        info = place.lstat()
        text = read(place, 1024).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KbError(
            str(place), getattr(error, "strerror", None) or "is no text", "remove it; it is made again"
        ) from None
    if sys.platform != "win32" and (info.st_uid != os.geteuid() or stat.S_IMODE(info.st_mode) & 0o077):
        raise KbError(str(place), "the token may be read by others", "chmod 600 it, and put a new one into it")
    if len(text) < LEAST or not _TOKEN.fullmatch(text):
        raise KbError(str(place), f"holds no token of {LEAST} characters and more", "remove it; it is made again")
    return text


def handle_key(text: str) -> bytes:
    """What signs case handles, derived from the token."""
    return derived(text, b"kb.handle")


def derived(text: str, purpose: bytes) -> bytes:
    """A key for one purpose (at most 16 bytes of name), which tells nothing of the token."""
    return hashlib.blake2b(text.encode(), digest_size=32, person=purpose).digest()
