"""`kb watch` on a log that is written at a steady rate and rotated: are all lines seen, and what does it cost?

    python benchmarks/watch.py WORK [--rate 100000] [--seconds 600] [--patterns 1000] [--rotate 20]

Makes a base as benchmarks/scan.py does, writes WORK/app.log RATE lines a second with a needle in one of 10,000, renames it to
app.log.1 (and that to .2, and so on) every ROTATE seconds, then stops `kb watch` and compares what it says it saw.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import scan

KEPT = 8
BATCHES = 20  # a second


def batches(rate: int, chance: random.Random, needles: list[bytes]) -> list[tuple[bytes, int]]:
    """A few batches of lines to be written again and again."""
    lines = scan.background()
    made = []
    for _ in range(40):
        start = chance.randrange(len(lines))
        size = max(1, rate // BATCHES)
        body = (lines[start:] + lines * (size // len(lines) + 1))[:size]
        if chance.random() < size / 10_000:
            body[chance.randrange(size)] = chance.choice(needles)
        made.append((b"\n".join(body) + b"\n", size))
    return made


def rotate(path: Path) -> None:
    for number in range(KEPT, 0, -1):
        old = path.with_name(f"{path.name}.{number}")
        if old.exists():
            old.unlink() if number == KEPT else old.rename(path.with_name(f"{path.name}.{number + 1}"))
    path.rename(path.with_name(f"{path.name}.1"))


def written(path: Path, given: argparse.Namespace, made: list[tuple[bytes, int]]) -> tuple[int, float]:
    """Lines written, and the seconds that it took."""
    start, count, turn = time.monotonic(), 0, 0
    last = start
    file = path.open("ab", buffering=0)
    while (now := time.monotonic()) - start < given.seconds:
        if now - last >= given.rotate:
            file.close()
            rotate(path)
            file, last = path.open("ab", buffering=0), now
        if count > given.rate * (now - start):
            time.sleep(0.5 / BATCHES)
            continue
        data, lines = made[turn % len(made)]
        file.write(data)
        count, turn = count + lines, turn + 1
    file.close()
    return count, time.monotonic() - start


def caught_up(number: int) -> float:
    """Seconds until the process has nothing more to do: on a busy machine it may be behind."""
    start, last = time.monotonic(), -1
    while True:
        time.sleep(3)
        fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        used = int(fields[11]) + int(fields[12])
        if used - last <= 10:
            return time.monotonic() - start
        last = used


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("--rate", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--patterns", type=int, default=1000)
    parser.add_argument("--rotate", type=float, default=20)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    wanted = scan.patterns(given.patterns, scan.background())
    scan.write_base(given.work / "base", wanted)
    needles = [text.encode() for text, is_regex in wanted if not is_regex]
    made = batches(given.rate, random.Random(3), needles)
    path = given.work / "app.log"
    path.write_bytes(b"")
    command = [sys.executable, "-m", "kb", "watch", "--kb", str(given.work / "base"), str(path)]
    subprocess.run([*command[:3], "index", *command[4:6]], check=True)
    with (given.work / "events.jsonl").open("wb") as out, (given.work / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, stdout=out, stderr=said)
        time.sleep(5)
        before = os.times()
        count, seconds = written(path, given, made)
        lag = caught_up(process.pid)
        process.send_signal(signal.SIGINT)
        process.wait()
        after = os.times()
    told = (given.work / "said.txt").read_text(encoding="utf-8")
    found = re.search(r"([\d,]+) lines watched, ([\d,]+) event", told)
    seen = int(found[1].replace(",", "")) if found else -1
    print(
        f"{count:,} lines written in {seconds:.0f} s ({count / seconds:,.0f} a second), {seen:,} seen, {lag:.0f} s later"
    )
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"events: {found[2] if found else '?'}; CPU {cpu:.1f} s = {1e6 * cpu / count:.2f} s a million lines")
    import resource

    print(f"largest process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
