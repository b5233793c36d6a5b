"""Nanoseconds a line for reading timestamps, and microseconds a message for finding the one around a line.

Usage: python benchmarks/times.py [FILE ...]. Without files: a mixed log of its own making. CPU time of this thread, the best
of five; "sticky" is one clock for a file, "cold" a new clock for every line. One `re` match of a plain ISO timestamp is
printed beside it, since machines differ. Nothing is asserted.
"""

import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from diagnose.records.grouping import record_at
from diagnose.timestamps.clock import Clock

START = datetime(2026, 11, 21, 9, 14, 31, tzinfo=UTC)
FORMATS: dict[str, Callable[[datetime], str]] = {
    "iso": lambda t: f"{t:%Y-%m-%d %H:%M:%S},{t.microsecond // 1000:03} INFO [main] c.e.Pool: took {t.second} of 60",
    "zoned": lambda t: f"{t.isoformat(timespec='milliseconds')} stdout F took {t.second} of 60",
    "syslog": lambda t: f"{t:%b %d %H:%M:%S} host app[31]: took {t.second} of 60",
    "apache": lambda t: f'10.0.0.1 - - [{t:%d/%b/%Y:%H:%M:%S} +0000] "GET /{t.second} HTTP/1.1" 200 31',
    "klog": lambda t: f"I{t:%m%d %H:%M:%S}.{t.microsecond:06}       1 pool.go:31] took {t.second} of 60",
    "ocs": lambda t: (
        f"TL_INFO(TF_DIAG) [0]08.0C::{t:%m/%d/%Y-%H:%M:%S}.{t.microsecond // 1000:03}.0d31 (A,B:c.cpp(1)) x"
    ),
    "epoch": lambda t: f"{t.timestamp():.0f} took {t.second} of 60",
    "json": lambda t: f'{{"level":"info","msg":"took","ts":{t.timestamp():.3f}}}',
    "traces": lambda t: f"\tat com.example.Pool.take{t.second}(Pool.java:{t.second})",
}
LINES = 5000


def lines_of(name: str) -> list[bytes]:
    return [FORMATS[name](START + timedelta(milliseconds=137 * i)).encode() for i in range(LINES)]


def best(work: Callable[[], object], count: int, runs: int = 5) -> float:
    """CPU nanoseconds of `work` for each of `count` things."""
    times = []
    for _ in range(runs):
        start = time.thread_time_ns()
        work()
        times.append(time.thread_time_ns() - start)
    return min(times) / count


def main() -> None:
    now = START.timestamp() + 86400
    sources = {name: lines_of(name) for name in FORMATS}
    sources["mixed"] = [line for many in zip(*sources.values(), strict=True) for line in many][:LINES]
    if len(sys.argv) > 1:
        sources = {Path(path).name: Path(path).read_bytes().splitlines()[:LINES] for path in sys.argv[1:]}
    iso = re.compile(rb"(\d{4}-\d\d-\d\d \d\d:\d\d):(\d\d)").match
    plain = lines_of("iso")
    print(f"one re.match of an ISO timestamp: {best(lambda: [iso(line) for line in plain], LINES):.0f} ns")
    print(f"{'source':28} {'read':>6} {'sticky ns':>10} {'cold ns':>10} {'record_at us':>13}")
    for name, lines in sources.items():
        clock = Clock(now)
        read = sum(clock.time(line) is not None for line in lines) / len(lines)
        sticky = best(lambda clock=clock, lines=lines: [clock.time(line) for line in lines], len(lines))
        some = lines[: LINES // 5]
        cold = best(lambda some=some: [Clock(now).time(line) for line in some], len(some))
        text = [line.decode("utf-8", "replace") for line in lines]
        places = range(0, len(text), 50)
        around = best(lambda text=text, places=places: [record_at(text, at) for at in places], len(places), 2)
        print(f"{name:28} {read:6.1%} {sticky:10.0f} {cold:10.0f} {around / 1000:13.0f}")


if __name__ == "__main__":
    main()
