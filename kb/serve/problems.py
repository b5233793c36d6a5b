"""What went wrong with a request, as problem details (RFC 9457) and as the exception that carries them. Pure."""

from __future__ import annotations

from msgspec import Struct

from diagnose.errors import KbError
from diagnose.text.sanitize import clip, neutral
from kb.service.diagnosing import TOO_LARGE
from kb.service.reading import NotThereError

JSON_PROBLEM = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "Sign in first",
    403: "Not from here",
    404: "There is no such thing here",
    405: "The method does not fit",
    408: "The body came too slowly",
    411: "The body has no length",
    413: "Too large",
    415: "The type of the body is not taken",
    421: "The server is not called that",
    422: "The values do not fit",
    431: "The headers are too large",
    500: "A bug in kb",
    503: "Too busy",
}


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details. `type` names the code of docs/errors.md where there is one; `request` is the id in the log."""

    type: str = "about:blank"
    title: str = ""
    status: int = 0
    detail: str = ""
    code: str = ""
    request: str = ""


class RequestError(Exception):
    """A request that is answered with a status and a reason."""

    def __init__(self, status: int, detail: str, *, code: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code


class GoneError(Exception):
    """The client went away: nobody reads an answer."""


def problem_of(error: RequestError | KbError, request: str = "") -> Problem:
    """The details of an error; texts of the request in them are neutral and short."""
    if isinstance(error, RequestError):
        status, code, detail = error.status, error.code, error.detail
    else:
        status, code, detail = status_of(error), error.code, str(error)
    return Problem(
        type=f"urn:kb:error:{code}" if code else "about:blank",
        title=TITLES.get(status, "Refused"),
        status=status,
        detail=clip(neutral(detail), 400),
        code=code,
        request=request,
    )


def status_of(error: KbError) -> int:
    if isinstance(error, NotThereError):
        return 404
    return 413 if error.code == TOO_LARGE else 422
