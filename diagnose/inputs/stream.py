"""A named stream of bytes on its way from the outside to text, with the budgets that bound what it may grow to.

Takes chunks; gives the same bytes, counted. Knows nothing of formats and opens nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from diagnose.errors import LIMIT, InputError
from diagnose.inputs.feed import Feed

if TYPE_CHECKING:
    from collections.abc import Iterable


class Seekable(Protocol):
    """A file that can be read at any place."""

    def read(self, count: int, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...


class Limits(Struct, frozen=True):
    """Bounds on what is packed, in bytes. A single compressed log has no bound but its ratio: it is read as it comes.

    `member`: one member of an archive; `total`: all members of one input; `ratio` (after `ratio_from` bytes): how many
    times its size anything may unpack to; `depth`: layers of packing, where a compressed tar is one; `held`: what is
    kept in memory of a zip that cannot be sought in; `endless`: what is read of a file without a size, as in /proc.
    """

    member: int = 2 << 30
    total: int = 8 << 30
    ratio: int = 1000
    ratio_from: int = 64 << 20
    depth: int = 3
    members: int = 100_000
    held: int = 128 << 20
    endless: int = 64 << 20


class Spent:
    """What one input has used up of its limits so far."""

    def __init__(self) -> None:
        self.total = 0
        self.members = 0


class Stream:
    """One layer of an input.

    `file` is the open file below where it can be sought in; `layers` counts the packing around; `kinds` names it.
    """

    def __init__(
        self,
        name: str,
        chunks: Iterable[bytes],
        limits: Limits,
        *,
        file: Seekable | None = None,
        size: int = 0,
    ) -> None:
        self.name = name
        self.limits = limits
        self.file = file
        self.size = size
        self.layers = 0
        self.kinds: tuple[str, ...] = ()
        self.inside = False
        self.spent = Spent()
        self._outer: Stream | None = None
        self.feed = Feed(chunks)

    def layer(self, kind: str, chunks: Iterable[bytes]) -> Stream:
        """What this stream unpacks to. Growth is measured against the bytes of the outermost such layer."""
        inner = self._derived(self.name, chunks)
        inner.kinds = (*self.kinds, kind)
        inner.layers = self.layers + 1
        inner.inside = self.inside
        inner._outer = self._outer or self
        return inner

    def member(self, kind: str, name: str, chunks: Iterable[bytes]) -> Stream:
        """A member of this archive, named `ARCHIVE!MEMBER`. A tar shares the layer of the compression around it."""
        inner = self._derived(f"{self.name}!{name}", chunks)
        inner.kinds = (*self.kinds, kind)
        inner.layers = self.layers + (not self.shares_layer(kind))
        inner.inside = True
        inner._outer = None
        return inner

    def shares_layer(self, kind: str) -> bool:
        """Whether an archive of `kind` in this stream counts as one layer with the compression around it."""
        return kind == "tar" and self._outer is not None

    def _derived(self, name: str, chunks: Iterable[bytes]) -> Stream:
        inner = Stream(name, chunks, self.limits, size=self.size)
        inner.spent = self.spent
        return inner

    def within(self, made: int, grown: int, packed: int = 0) -> None:
        """Raise InputError where `made` bytes (the last `grown` of them new) go beyond a limit.

        `packed` is the size that they came from; without it, that of the outermost compressed layer.
        """
        limits = self.limits
        packed = packed or (self._outer or self).feed.pulled
        if made > limits.ratio_from and made > limits.ratio * packed:
            raise self.over(f"unpacks to more than {limits.ratio} times its size, like a bomb", made)
        if self.inside:
            self.spend(made, grown)

    def spend(self, made: int, grown: int) -> None:
        """Count `grown` bytes of members; InputError where a member, or all of them, are too large."""
        limits = self.limits
        self.spent.total += grown
        if made > limits.member:
            raise self.over(f"a member of more than {in_words(limits.member)}", made)
        if self.spent.total > limits.total:
            raise self.over(f"more than {in_words(limits.total)} in one archive", made)

    def over(self, what: str, made: int = 0) -> InputError:
        """The error for a limit that was reached."""
        return InputError(
            self.name,
            f"{what}; {made} bytes before that were used",
            "unpack it yourself and name what is inside",
            bytes_read=made,
            code=LIMIT,
        )


def in_words(size: int) -> str:
    """`2 GiB`, `64 MiB`, `100 bytes`."""
    for shift, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size >= 1 << shift:
            return f"{size / (1 << shift):.3g} {unit}"
    return f"{size} bytes"
