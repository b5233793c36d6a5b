"""A form of fields and files, taken apart while it comes: nothing of a file is kept, and nothing is written.

Fields come before files, as in our pages. Takes pieces of the body, gives the fields, then each file as a stream.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from kb.serve.bodies import SMALL
from kb.serve.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PARTS = 200
MOST_HEADERS = 16 << 10  # bytes of the headers of a part
LONGEST_NAME = 200


def boundary_of(content_type: str) -> bytes:
    """The boundary of a form; RequestError where the body is none."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 70:
        raise RequestError(415, "a form is sent as multipart/form-data with a boundary")
    return bytes(boundary)


class Part:
    """The head of a part: the name of its field, and of its file (None: it is a field)."""

    def __init__(self, disposition: bytes) -> None:
        _, options = parse_options_header(disposition)
        self.name = options.get(b"name", b"").decode("utf-8", "replace")
        filename = options.get(b"filename")
        self.filename = None if filename is None else filename.decode("utf-8", "replace")


class Form:
    """One form. `fields()` first, then `files()`."""

    def __init__(self, pieces: Iterator[bytes], boundary: bytes) -> None:
        self._pieces = pieces
        self._events: deque[Part | bytes | None] = deque()  # a part begins, its data, its end
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begun,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headed,
                "on_part_data": lambda data, start, end: self._events.append(data[start:end]),
                "on_part_end": lambda: self._events.append(None),
                "on_end": self._end,
            },
        )
        self._parts = self._head_size = 0
        self._ended = False
        self._next: Part | None = None

    # --- what the parser tells ---

    def _begun(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise RequestError(413, f"the form has more than {MOST_PARTS} parts")
        self._disposition, self._field, self._value = b"", b"", b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += self._counted(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += self._counted(data[start:end])

    def _counted(self, data: bytes) -> bytes:
        self._head_size += len(data)
        if self._head_size > MOST_HEADERS * 4:
            raise RequestError(413, "the heads of the parts of the form are too large")
        return data

    def _header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field, self._value = b"", b""

    def _headed(self) -> None:
        self._events.append(Part(self._disposition))

    # --- what the caller takes ---

    def _more(self) -> bool:
        """Whether something is told that was not taken yet; reads on until there is, or the form ends."""
        while not self._events and not self._ended:
            piece = next(self._pieces, b"")
            if not piece:
                raise RequestError(400, "the form ends early")
            try:
                self._parser.write(piece)
            except FormParserError:
                raise RequestError(400, "the form is no multipart/form-data as it should be") from None
        return bool(self._events)

    def _event(self) -> Part | bytes | None:
        if not self._more():
            raise RequestError(400, "the form ends early")
        return self._events.popleft()

    def _part(self) -> Part | None:
        """The next part; None at the end of the form."""
        if self._next is not None:
            part, self._next = self._next, None
            return part
        if not self._more():
            return None
        event = self._events.popleft()
        if not isinstance(event, Part):
            raise RequestError(400, "the form is no multipart/form-data as it should be")
        return event

    def _end(self) -> None:
        self._ended = True

    def fields(self) -> dict[str, list[str]]:
        """The fields before the first file, by name; at most 4 MiB in all."""
        found: dict[str, list[str]] = {}
        size = 0
        while (part := self._part()) is not None:
            if part.filename is not None:
                self._next = part
                break
            pieces = []
            for piece in self.data():
                size += len(piece)
                if size > SMALL:
                    raise RequestError(413, "the text is larger than 4 MiB; give it as a file", code="KB-E013")
                pieces.append(piece)
            found.setdefault(part.name, []).append(b"".join(pieces).decode("utf-8", "replace"))
        return found

    def data(self) -> Iterator[bytes]:
        """The pieces of the part that was begun last, up to its end."""
        while (event := self._event()) is not None:
            if isinstance(event, Part):
                raise RequestError(400, "the form is no multipart/form-data as it should be")
            yield event

    def files(self) -> Iterator[tuple[str, FilePart]]:
        """Each file with its name, to be read before the next is asked for; those that were not chosen are left out."""
        while (part := self._part()) is not None:
            if part.filename is None:
                raise RequestError(400, "a field stands behind a file; fields come first")
            file = FilePart(self.data())
            if not part.filename:
                file.drain()
                continue
            yield named(part.filename), file
            file.drain()


class FilePart:
    """A file of a form as a stream, read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, count: int = -1, /) -> bytes:
        """At most `count` bytes; empty at the end."""
        while not self._left and (piece := next(self._pieces, None)) is not None:
            self._left = piece
        data = self._left if count < 0 else self._left[:count]
        self._left = self._left[len(data) :]
        return data

    def drain(self) -> None:
        """Pass over what nobody read."""
        while self.read():
            pass


def named(filename: str) -> str:
    """The name of an uploaded file: a label, never a path that is opened."""
    name = filename.replace("\\", "/").rpartition("/")[2].strip()[:LONGEST_NAME]
    return name if name not in ("", "-", ".", "..") else "upload"
