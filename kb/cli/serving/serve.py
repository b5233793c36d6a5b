"""`kb serve`: the page and the HTTP API."""

from __future__ import annotations

import os
import secrets
import sys
from importlib import import_module
from pathlib import Path

import click

from diagnose.errors import KbError
from kb.cli.session import Session

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def _size(context: click.Context, parameter: click.Parameter, value: str) -> int:
    number, unit = value[:-1], value[-1:].upper()
    if unit.isdigit():
        number, unit = value, ""
    if not (number.isascii() and number.isdigit() and unit in _UNITS and 0 < int(number) * _UNITS[unit] < 1 << 50):
        raise click.BadParameter("a size such as 100M or 4G")
    return int(number) * _UNITS[unit]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8571, show_default=True, help="0: any free one.")
@click.option(
    "--trusted-host",
    "trusted",
    multiple=True,
    metavar="NAME[:PORT]",
    help="Answer also under this name, as it stands in the Host header behind a proxy (repeatable).",
)
@click.option("--root-path", default="", metavar="PATH", help="The path below which a proxy serves it, such as /kb.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Threads in each process.")
@click.option(
    "--max-upload", callback=_size, default="1G", show_default=True, metavar="SIZE", help="Bytes of an upload."
)
@click.option("--token-file", metavar="FILE", help="Where the token stands; made if missing. Else in the data folder.")
@click.option("--mcp", is_flag=True, help="Serve assistants at /mcp too (docs/mcp.md; extra: mcp).")
@click.pass_obj
def command(
    session: Session,
    host: str,
    port: int,
    trusted: tuple[str, ...],
    root_path: str,
    workers: int,
    threads: int,
    max_upload: int,
    token_file: str | None,
    mcp: bool,
) -> int:
    """Serve the page and the HTTP API on this machine, to its owner: paste or upload, follow the checks, search, read.

    The printed link signs in once; programs send the token (docs/serve.md). What is uploaded is read as it comes and
    written nowhere. Articles that change are taken up by themselves.
    """
    _check(host, trusted, root_path)
    from kb.service.secret import token
    from kb.service.secret import token_file as usual_file

    try:
        from kb.serve.server import counter, listening, run
        from kb.serve.settings import Settings
        from kb.serve.signing import Signing

        if mcp:
            import_module("kb.mcp.app")
    except ImportError as error:
        extra = "web,mcp" if mcp else "web"
        way_out = f"pip install 'kb-diagnose[{extra}]'"
        raise KbError("kb serve", f"needs the extra '{extra}' ({error.name} is missing)", way_out) from None
    place = Path(token_file) if token_file else usual_file()
    settings = Settings(
        roots=tuple(os.fspath(root.absolute()) for root in session.bases),
        token=token(place),
        start=secrets.token_hex(16),
        trusted=trusted,
        root_path=root_path,
        max_upload=max_upload,
        threads=threads,
        mcp=mcp,
    )
    size = session.store().size
    session.close()
    with listening(host, port) as sock:
        used = counter(workers)
        port = sock.getsockname()[1]
        shown = host if ":" not in host else f"[{host.strip('[]')}]"
        address = f"http://{shown}:{port}" if not trusted else f"http://{trusted[0]}{root_path}"
        click.echo(f"kb serves {size} articles on {address}/ (Ctrl-C ends it)")
        click.echo(f"Sign in, once:        {address}/signin?code={Signing(settings, used).code()}")
        click.echo(f"Token for programs:   {place}")
        sys.stdout.flush()
        run(settings, sock, workers, used)
    return 0


def _check(host: str, trusted: tuple[str, ...], root_path: str) -> None:
    if host.strip("[]") not in ("127.0.0.1", "localhost", "::1") and not trusted:
        way_out = "name how it is called there with --trusted-host, and read docs/serve.md, 'For a team'"
        raise KbError(f"--host {host}", "others than this machine could reach it", way_out)
    for name in trusted:
        if not name.isascii() or not all(sign.isalnum() or sign in ".-:[]" for sign in name):
            raise KbError(f"--trusted-host {name}", "is no host name", "write it as in the address bar: kb.example.org")
    plain = all(sign.isalnum() or sign in "/-_." for sign in root_path) and root_path.isascii()
    if root_path and (not plain or not root_path.startswith("/") or root_path.endswith("/") or "//" in root_path):
        raise KbError(f"--root-path {root_path}", "is no path", "write it like /kb")
