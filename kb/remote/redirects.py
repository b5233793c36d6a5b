"""A web server may lead to another place of its own, not to another host: that one nobody named.

An edge module: it bounds where connections go.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit


class RedirectedError(OSError):
    """A server that leads to another host."""


def check(uri: str, target: str) -> None:
    """RedirectedError unless `target` is on the host of `uri`, and encrypted where that is."""
    named, other = urlsplit(uri), urlsplit(target)
    if other.hostname != named.hostname or other.scheme not in (named.scheme, "https"):
        raise RedirectedError(f"leads to another place, {other.scheme}://{other.hostname}")


def client_options(uri: str) -> dict[str, Any]:
    """What the client of a URI is made with: proxies and names of .netrc as the user has them set, no other host."""
    import aiohttp

    async def look(session: Any, context: Any, params: Any) -> None:
        headers = params.response.headers
        check(uri, urljoin(str(params.response.url), headers.get("Location") or headers.get("URI") or ""))

    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(look)
    return {"trace_configs": [tracing], "trust_env": True}
