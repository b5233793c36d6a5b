"""What drivers raise, in one line: what it means for who named the URI, and the way out.

Drivers are many, and none is imported here: errors are told by their name, status and text.
"""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING

from diagnose.errors import InputError
from diagnose.text.sanitize import clip, neutral

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_CREDENTIALS = {"NoCredentialsError", "PartialCredentialsError", "DefaultCredentialsError", "ProfileNotFound"}
REFUSED = {
    "PermissionDenied",
    "ClientAuthenticationError",
    "TokenRetrievalError",
    "UnauthorizedSSOTokenError",
    "HttpError",
}
CHANGED = {"FileExpired", "ResourceModifiedError"}
ASK_AGAIN = "run it again"
_QUERY = re.compile(r"\?[^\s'\")>]*")  # of a URL: it may be signed
LOG_IN = "log in, or give the driver credentials as it always takes them (its profile, environment or agent)"


def told(uri: str, error: BaseException, used: int = 0) -> InputError:
    """The error of an input for what a driver raised; `used` bytes were read before."""
    if isinstance(error, InputError):
        return error.said_of(uri)
    what, way_out = _meaning(list(_chain(error)))
    what += f"; {used} bytes before it were used" if used else ""
    return InputError(uri, what, way_out, bytes_read=used)


def changed(uri: str, used: int = 0) -> InputError:
    what = f"changed while it was read; {used} bytes before it were used" if used else "changed while it was read"
    return InputError(uri, what, ASK_AGAIN, bytes_read=used)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _meaning(errors: list[BaseException]) -> tuple[str, str]:
    names = {type(error).__name__ for error in errors}
    statuses = {getattr(error, "status", None) for error in errors}
    numbers = {error.errno for error in errors if isinstance(error, OSError)}
    said = _said(errors[0])
    if names & CHANGED or 412 in statuses:
        return "changed while it was read", ASK_AGAIN
    if names & NO_CREDENTIALS:
        return f"no credentials ({said})", LOG_IN
    if "HostKeyNotVerifiable" in names:
        return "the host is not in ~/.ssh/known_hosts", "connect once with ssh and check its key"
    if "RedirectedError" in names:
        other = next(error for error in errors if type(error).__name__ == "RedirectedError")
        return _said(other), "name that place itself if you trust it"
    if names & REFUSED or isinstance(errors[0], PermissionError) or statuses & {401, 403}:
        return f"access was refused ({said})", LOG_IN
    if isinstance(errors[0], FileNotFoundError) or 404 in statuses:
        return "not found", "check the name"
    if errno.ENOSPC in numbers:
        return said, "make room"
    return f"could not be read ({said})", "check the name, the network and the service, then run it again"


def _said(error: BaseException) -> str:
    """The first line of what the driver says, without the queries of URLs."""
    text = _QUERY.sub("", str(error).strip().partition("\n")[0])
    return clip(neutral(text if " " in text else type(error).__name__), 160)
