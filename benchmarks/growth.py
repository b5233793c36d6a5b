"""How time and memory grow with bytes, files, archive members, patterns and articles.

Usage: python benchmarks/growth.py [bytes|files|members|patterns|articles ...] [--most N]. Each row: the size, CPU seconds of the whole
process, microseconds of it for each one more than in the row before, peak memory in MB. Inputs are a log of its own making, every
thousandth line of which is an error that the base knows; bytes go through standard input, so that no disk is filled. Articles and
patterns are made as well, one pattern an article. `--most` leaves out what is larger. Nothing is asserted. POSIX only.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parent.parent)]
from everyday import KB, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

LINE = "2026-11-21 09:14:{0:02} INFO worker {1} did step {2} of the plan\n"
ERROR = "2026-11-21 09:15:00 ERROR Could not find a compatible interface with the server.\n"
BLOCK = "".join(LINE.format(n % 60, n, n * 7) if n % 1000 else ERROR for n in range(16_000)).encode()


def spent(*arguments: str, fed: int = 0) -> tuple[float, int, int]:
    """CPU seconds of a call of kb, its peak memory in MB, and the bytes that it printed; `fed` bytes of log are its input."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            [*KB, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        if process.stdin:
            for at in range(0, fed, len(BLOCK)):
                process.stdin.write(BLOCK[: fed - at])
            process.stdin.close()
        _, _, used = os.wait4(process.pid, 0)
        size = out.seek(0, os.SEEK_END)
    most = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) // 1_000_000
    return used.ru_utime + used.ru_stime, most, size


def of_bytes(_: Path, size: int) -> tuple[float, int, int]:
    return spent("diagnose", "--format", "json", "-", fed=size)


def of_files(folder: Path, count: int) -> tuple[float, int, int]:
    for number in range(count):
        place = folder / f"d{number // 1000}"
        place.mkdir(exist_ok=True)
        text = LINE.format(number % 60, number, number) * 4 + (ERROR if number % 100 == 0 else "")
        (place / f"f{number}.log").write_text(text, encoding="utf-8")
    return spent("diagnose", "--format", "json", str(folder))


def of_members(folder: Path, count: int) -> tuple[float, int, int]:
    with zipfile.ZipFile(folder / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        for number in range(count):
            text = LINE.format(number % 60, number, number) * 4 + (ERROR if number % 100 == 0 else "")
            bundle.writestr(f"logs/f{number}.log", text)
    return spent("diagnose", "--format", "json", str(folder / "bundle.zip"))


def of_patterns(folder: Path, count: int) -> tuple[float, int, int]:
    """Of a text of 100 MB, the base indexed before."""
    made(
        folder,
        count,
        "---\nid: a{0}\ntitle: The part p{0} fails\nsignals: {{s: {{regex: 'part p{0} failed with \\d{{1,5}}'}}}}\nsymptoms: [s]\ncauses: [{{id: c, title: It is worn}}]\n---\n",
    )
    spent("--kb", str(folder), "index")
    return spent("diagnose", "--format", "json", "--kb", str(folder), "-", fed=100_000_000)


def of_articles(folder: Path, count: int) -> tuple[float, int, int]:
    """`kb index` of plain Markdown articles."""
    made(
        folder,
        count,
        "# The part p{0} of the loom stops\n\nThe loom writes `part p{0} has slipped out of its groove at warp {0}`.\n\nPush it back.\n",
    )
    return spent("--kb", str(folder), "index")


def made(folder: Path, count: int, text: str) -> None:
    for number in range(count):
        place = folder / f"d{number // 1000}"
        place.mkdir(exist_ok=True)
        (place / f"a{number}.md").write_text(text.format(number), encoding="utf-8")


GROWING: dict[str, tuple[Callable[[Path, int], tuple[float, int, int]], tuple[int, ...]]] = {
    "bytes": (of_bytes, (1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000)),
    "files": (of_files, (10, 100, 1_000, 10_000, 50_000)),
    "members": (of_members, (10, 1_000, 20_000)),
    "patterns": (of_patterns, (100, 1_000, 5_000, 20_000)),
    "articles": (of_articles, (43, 500, 5_000, 50_000)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(GROWING))
    parser.add_argument("--most", type=int, default=sys.maxsize, help="leave out what is larger")
    call = parser.parse_args()
    for kind in call.kinds or GROWING:
        measure, sizes = GROWING[kind]
        before = (0, 0.0)
        for size in (size for size in sizes if size <= call.most):
            with tempfile.TemporaryDirectory() as folder:
                seconds, memory, printed = measure(Path(folder), size)
            each = (seconds - before[1]) / (size - before[0]) * 1e6
            before = (size, seconds)
            print(
                f"{kind:<9} {size:>14,}  {seconds:8.2f} s  {each:10.4f} us each  {memory:5} MB  {printed:>10,} bytes printed",
                flush=True,
            )


if __name__ == "__main__":
    main()
