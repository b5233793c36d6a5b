"""What a URI names: an object, all objects below a folder, or those that a pattern finds. An edge module: it opens connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from diagnose.errors import InputError
from kb.remote.drivers import connected, driver_of
from kb.remote.failures import told
from kb.remote.objects import Remote, looked_up, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def below(uri: str) -> Iterator[Remote | InputError]:
    """The object `uri`, or those below it or found by its pattern, in order of names, each with its size and version."""
    try:
        yield from _found(uri)
    except InputError as error:
        yield error.said_of(error.where)
    except Exception as error:  # drivers raise what they like
        yield told(uri, error)


def found_by(uri: str, pattern: str) -> list[str]:
    """The URIs below the folder `uri` that `pattern` fits, folders as well."""
    try:
        system, path = connected(uri)
        return [_named(uri, name) for name in sorted(system.glob(f"{path.rstrip('/')}/{pattern}"))]
    except InputError:
        raise
    except Exception as error:
        raise told(uri, error) from None


def _found(uri: str) -> Iterator[Remote | InputError]:
    if driver_of(uri).folders and any(char in uri for char in "*?["):
        yield from _all(uri, _details(uri, "glob"))
        return
    try:
        info = looked_up(uri)
    except InputError as error:
        yield _without_bucket(uri, error)
        return
    if info.get("type") == "directory":
        yield from _all(uri, _details(uri, "find"))
    else:
        yield _remote(uri, info)


def _details(uri: str, how: str) -> dict[str, Any]:
    system, path = connected(uri)
    system.invalidate_cache()
    return dict(getattr(system, how)(path, detail=True))


def _all(uri: str, found: dict[str, Any]) -> Iterator[Remote | InputError]:
    files = {name: info for name, info in found.items() if info.get("type") == "file"}
    if not files:
        yield InputError(uri, "holds nothing, or does not exist", "check the name")
    for name in sorted(files):
        yield _remote(_named(uri, name), files[name])


def _remote(uri: str, info: dict[str, Any]) -> Remote:
    return Remote(uri, int(info.get("size") or 0), version_of(info))


def _named(uri: str, path: str) -> str:
    """The URI of a path that a driver gives, on the same host or in the same bucket as `uri`."""
    start = uri.partition("://")[0] + "://" + urlsplit(uri).netloc
    inside = path.lstrip("/")
    return f"{start}/{inside.partition('/')[2] if driver_of(uri).buckets else inside}"


def _without_bucket(uri: str, error: InputError) -> InputError:
    """`error`, which may be that there is no such object, or that there is not even the bucket."""
    if error.what != "not found" or not driver_of(uri).buckets:
        return error
    what = "no such object or folder in this bucket"
    try:
        system, path = connected(uri)
        system.info(path.lstrip("/").partition("/")[0])
    except FileNotFoundError:
        what = "no such bucket, or none that you may see"
    except Exception as refused:
        return told(uri, refused)
    return InputError(uri, what, "check the name")
