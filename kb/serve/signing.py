"""Who may ask: the bearer token, links that sign in once, the cookie after that, and the field that forms carry.

All of it is signed text; the only thing that is kept is a counter, shared by the workers: which link was used last. Pure.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from kb.serve.settings import Settings

SIGNED_IN = 7 * 24 * 3600  # seconds that a cookie is good for, unless the server is started anew
LONGEST = 200


class Counter(Protocol):
    """A number that all workers share, as `multiprocessing.Value` is."""

    value: Any

    def get_lock(self) -> AbstractContextManager[Any]: ...


class OwnCounter:
    """The counter of a server with one worker."""

    def __init__(self) -> None:
        self.value = 0
        self._lock = Lock()

    def get_lock(self) -> Lock:
        return self._lock


class Signing:
    """Links, cookies and form fields of one start of the server."""

    def __init__(self, settings: Settings, used: Counter) -> None:
        self._token = settings.token
        self._used = used
        self._key = blake2b(
            f"{settings.token} {settings.start}".encode(), digest_size=32, person=b"kb.sign-in"
        ).digest()

    def knows(self, token: str) -> bool:
        """Whether `token` is the owner's."""
        return _same(token, self._token)

    def code(self) -> str:
        """The code of a link that signs in once; those before it are void when it was used."""
        number = int(self._used.value)
        return f"{number}-{self._sign(f'link {number}')}"

    def take(self, code: str) -> bool:
        """Use up the link of `code`; False where it is none of ours or was used before."""
        number = code.partition("-")[0]
        if len(code) > LONGEST or not (number.isascii() and number.isdigit()):
            return False
        if not _same(code, f"{number}-{self._sign(f'link {int(number)}')}"):
            return False
        with self._used.get_lock():
            if int(number) != self._used.value:
                return False
            self._used.value += 1
            return True

    def cookie(self, now: float) -> str:
        """The value of a fresh cookie."""
        told = f"{secrets.token_urlsafe(12)}.{int(now) + SIGNED_IN}"
        return f"{told}.{self._sign(f'cookie {told}')}"

    def session(self, cookie: str, now: float) -> str:
        """By what the session of a cookie is known; empty where the cookie is none of ours or too old."""
        told, _, sign = cookie.rpartition(".")
        name, _, until = told.partition(".")
        if len(cookie) > LONGEST or not _same(sign, self._sign(f"cookie {told}")):
            return ""
        return name if now < int(until) else ""

    def form(self, session: str) -> str:
        """What every form of a session carries: a page of somebody else cannot know it."""
        return self._sign(f"form {session}")

    def made_here(self, field: str, session: str) -> bool:
        return bool(session) and _same(field, self.form(session))

    def _sign(self, text: str) -> str:
        made = hmac.digest(self._key, text.encode("utf-8", "replace"), "sha256")
        return urlsafe_b64encode(made[:24]).decode("ascii")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
