"""What a server is told once, the same for all of its workers; and which names and origins are its own. Pure."""

from __future__ import annotations

from msgspec import Struct

PORT = 8571
MAX_UPLOAD = 1 << 30
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Settings(Struct, frozen=True, kw_only=True):
    """`token` is the owner's (kb.service.secret), `start` a random text of this start, by which links and cookies of an
    earlier one are void. `trusted` are names under which a proxy reaches the server, as they stand in the Host header;
    `root_path` is the path below which it serves it (`/kb`, or empty). With `mcp`, assistants are served at `/mcp` as well."""

    roots: tuple[str, ...]
    token: str
    start: str
    port: int = PORT
    trusted: tuple[str, ...] = ()
    root_path: str = ""
    max_upload: int = MAX_UPLOAD
    threads: int = 4
    cache: bool = True
    mcp: bool = False

    @property
    def hosts(self) -> frozenset[str]:
        """The Host headers that are answered, in lower case."""
        own = {f"{name}:{self.port}" for name in LOOPBACK}
        bare = set(LOOPBACK) if self.port == 80 else set()
        return frozenset(own | bare | {name.lower() for name in self.trusted})

    def origins(self, host: str) -> tuple[str, ...]:
        """The origins of pages that this server gave out under `host`; only a proxy speaks TLS."""
        trusted = host in {name.lower() for name in self.trusted}
        return (f"http://{host}", f"https://{host}") if trusted else (f"http://{host}",)

    @property
    def cookie(self) -> str:
        """Its name: cookies are shared by all ports of a host."""
        return f"kb-{self.port}"
