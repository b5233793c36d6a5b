"""Schemes of URIs and the drivers that read them; a row in DRIVERS each.

A driver takes credentials where it always does: environment, profile, agent. An edge module: it opens connections, to what a person
named, and those of the driver's own to find credentials.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.errors import MISSING, InputError

if TYPE_CHECKING:
    from collections.abc import Callable


class Driver(Struct, frozen=True):
    """`module` is imported for it, `package` what installs it. `buckets`: the first part of a path is a bucket.

    `options` gives what kb asks of the driver besides what the URI and the user's configuration say.
    """

    module: str
    package: str
    buckets: bool = False
    folders: bool = True
    options: Callable[[str], dict[str, Any]] = lambda uri: {}


def _one_host(uri: str) -> dict[str, Any]:
    from kb.remote.redirects import client_options

    return {"client_kwargs": client_options(uri)}


def _known_hosts(uri: str) -> dict[str, Any]:
    """A host that the user's known_hosts does not have is refused; the driver alone would take any."""
    path = Path.home() / ".ssh" / "known_hosts"
    return {"known_hosts": str(path) if path.is_file() else b"", "connect_timeout": 20}


DRIVERS = {
    "s3": Driver("s3fs", "s3fs", buckets=True),
    "gs": Driver("gcsfs", "gcsfs", buckets=True),
    "abfs": Driver("adlfs", "adlfs", buckets=True),
    "https": Driver("aiohttp", "aiohttp", folders=False, options=_one_host),
    "http": Driver("aiohttp", "aiohttp", folders=False, options=_one_host),
    "ssh": Driver("sshfs", "sshfs", options=_known_hosts),
}


def driver_of(uri: str) -> Driver:
    """InputError for a scheme that is not read."""
    scheme = uri.partition("://")[0]
    if scheme not in DRIVERS:
        known = ", ".join(f"{name}://" for name in DRIVERS)
        raise InputError(uri, f"{scheme}:// is not read", f"name a file or one of {known}")
    return DRIVERS[scheme]


def connected(uri: str) -> tuple[Any, str]:
    """The file system of `uri`, and the path in it. InputError where an extra or a driver is missing."""
    driver = driver_of(uri)
    try:
        fsspec = importlib.import_module("fsspec")
    except ImportError:
        raise InputError(uri, "wants the extra remote", "pip install 'kb-diagnose[remote]'", code=MISSING) from None
    try:
        importlib.import_module(driver.module)
    except ImportError:
        what = f"wants the driver {driver.package}"
        raise InputError(uri, what, f"pip install {driver.package}", code=MISSING) from None
    kind = fsspec.get_filesystem_class(uri.partition("://")[0])
    named = kind._get_kwargs_from_urls(uri)  # what fsspec.url_to_fs does, without its chains of several systems
    return kind(**named, **driver.options(uri)), kind._strip_protocol(uri)
