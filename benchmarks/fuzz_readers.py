"""Damaged inputs against every reader: nothing but InputError may come out, and nothing may hang.

Usage: python benchmarks/fuzz_readers.py [SECONDS A KIND, default 10] [SEED]. Samples are made here; .evtx files are taken from
the folder named by KB_EVTX, or from a .tar of them beside the project. Prints a line a kind and the bytes of each
failure; exits 1 if there was one. A mutant may take 5 seconds.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from diagnose.inputs.sources import InputError, Limits, open_inputs
from diagnose.text.decode import sniff, to_utf8, valid_utf8

TEXT = "".join(
    f"2024-05-01T10:00:{n:02} ERROR connection to 10.0.0.{n} port 9001 refused\r\n" for n in range(40)
).encode()
LIMITS = Limits(member=1 << 20, total=4 << 20, ratio_from=1 << 20, members=200, held=1 << 20)
SLOW = 5.0


def _zip(method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("a/x.log", TEXT)
        archive.writestr("b.log.gz", gzip.compress(TEXT))
        archive.writestr("c.txt", b"")
    return file.getvalue()


def _tar(format_: int) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format_) as archive:
        for name in ("x.log", "d/" * 60 + "y" * 40, "z" * 99):
            info = tarfile.TarInfo(name)
            info.size = len(TEXT)
            archive.addfile(info, io.BytesIO(TEXT))
        link = tarfile.TarInfo("l")
        link.type, link.linkname = tarfile.SYMTYPE, "x.log"
        archive.addfile(link)
    return file.getvalue()


def _zstd() -> list[bytes]:
    try:
        from backports import zstd
    except ImportError:
        return []
    return [zstd.compress(TEXT), zstd.compress(TEXT) * 2]


def _evtx() -> list[bytes]:
    folder = os.environ.get("KB_EVTX")
    if folder:
        return [path.read_bytes() for path in sorted(Path(folder).glob("*.evtx"))]
    packed = Path(__file__).resolve().parents[2] / "shared/data/hostile/evtx_bad_and_small.tar.xz"
    if not packed.is_file():
        return []
    with tarfile.open(packed) as archive:
        files = [archive.extractfile(member) for member in archive if member.isfile()]
        return [file.read()[: 4096 + (2 << 16)] for file in files if file]


JSON = b'{"time":"2024-05-01T10:00:00Z","level":"error","msg":"it\\nfailed","code":{"a":[1,2]}}\n' * 8
DOCKER = b'{"log":"it failed\\n","stream":"stderr","time":"2024-05-01T10:00:00Z"}\n' * 8
JOURNAL = b'{"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1714550400123456","PRIORITY":"3","MESSAGE":[104,105]}\n' * 8
EXPORT = (
    b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1714550400123456\nMESSAGE\n" + (3).to_bytes(8, "little") + b"a\nb\n_PID=5\n\n"
)

SAMPLES: dict[str, Callable[[], list[bytes]]] = {
    "gzip": lambda: [gzip.compress(TEXT), gzip.compress(TEXT) * 3 + b"\0" * 20],
    "bzip2": lambda: [bz2.compress(TEXT), bz2.compress(TEXT) * 2],
    "xz": lambda: [lzma.compress(TEXT), lzma.compress(TEXT) * 2],
    "zstd": _zstd,
    "zip": lambda: [_zip(method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)],
    "tar": lambda: [_tar(form) for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)],
    "tar.gz": lambda: [gzip.compress(_tar(tarfile.PAX_FORMAT))],
    "evtx": _evtx,
    "json": lambda: [JSON, DOCKER, JOURNAL],
    "export": lambda: [EXPORT * 4],
    "text": lambda: [TEXT.decode().encode(code) for code in ("utf-8", "utf-16", "utf-16-be", "utf-32", "cp1252")],
}


def mutant(data: bytes, chance: random.Random) -> bytes:
    """One to eight of: a byte changed, bytes cut out, doubled, put elsewhere or replaced by noise, the end cut off."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if not result:
            break
        at = chance.randrange(len(result))
        length = chance.choice((1, 2, 4, 8, 64, 512))
        what = chance.randrange(6)
        if what == 0:
            result[at] = chance.choice((0, 255, result[at] ^ (1 << chance.randrange(8)), chance.randrange(256)))
        elif what == 1:
            del result[at : at + length]
        elif what == 2:
            result[at:at] = result[at : at + length]
        elif what == 3:
            result[at : at + length] = chance.randbytes(length)
        elif what == 4:
            other = chance.randrange(len(result))
            result[at : at + length] = result[other : other + length]
        else:
            del result[at:]
    return bytes(result)


def read(data: bytes, chance: random.Random) -> None:
    """All of it, as the diagnosis would, some members left unread."""
    for source in open_inputs(["-"], io.BytesIO(data), limits=LIMITS):
        if isinstance(source, InputError) or chance.random() < 0.1:
            continue
        encoding, _ = sniff(source.head)
        try:
            for chunk in to_utf8(source.chunks, source.encoding or encoding):
                valid_utf8(chunk)
        except InputError:
            continue


def campaign(kind: str, samples: list[bytes], seconds: float, seed: int) -> int:
    chance = random.Random(f"{kind}{seed}")
    end = time.monotonic() + seconds
    count = failures = 0
    slowest = 0.0
    while time.monotonic() < end and samples:
        data = mutant(chance.choice(samples), chance)
        start = time.monotonic()
        try:
            read(data, chance)
        except Exception as error:
            failures += 1
            print(f"{kind}: {type(error).__name__}: {error}\n  {data[:4096].hex()}", flush=True)
        took = time.monotonic() - start
        slowest = max(slowest, took)
        if took > SLOW:
            failures += 1
            print(f"{kind}: took {took:.1f} s\n  {data[:4096].hex()}", flush=True)
        count += 1
    print(f"{kind:8} {count:7} mutants  {failures} failures  slowest {slowest * 1000:.0f} ms", flush=True)
    return failures


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    return 1 if sum(campaign(kind, make(), seconds, seed) for kind, make in SAMPLES.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
