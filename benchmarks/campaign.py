"""Kills, flipped bytes, full disks and damaged inputs against kb: the answer must be the right one, or an honest error.

Usage: python benchmarks/campaign.py [--seconds 180] [--seed 1] [--only PART] [--round N] [--state FILE]

The time is shared among the parts. Round N of a part is the same for the same seed, so `--only PART --round N` repeats a
failure. With --state the rounds go on where the last call ended, and the figures add up. Prints a line a part; exits 1 if
anything failed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import fuzz_readers

SLOW = 5.0
ERROR = "the alpha engine could not be started by the alpha service"
ARTICLE = """---
id: {id}
title: The {id} engine fails
signals: {{failed: {{contains: the {id} engine could not be started by the {id} service}}}}
symptoms: [failed]
causes: [{{id: off, title: It is off, remediation: [{{kind: fix, text: 'Start it, version {version}.'}}]}}]
---
> the {id} engine could not be started by the {id} service
"""


class Failed(Exception):
    """What should not have happened, in words."""


class Ground:
    """A folder with a small base and a cache; the answers that are right for it."""

    def __init__(self, folder: Path) -> None:
        self.base, self.cache = folder / "base", folder / "cache"
        self.cache.mkdir(mode=0o700)
        for name in ("alpha", "beta", "gamma"):
            self.write(name, 1)

    def write(self, name: str, version: int) -> None:
        (self.base / name).mkdir(parents=True, exist_ok=True)
        (self.base / name / "article.md").write_text(ARTICLE.format(id=name, version=version), encoding="utf-8")

    def started(self, before: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.cache), "PYTHONPATH": str(ROOT)}
        call = [sys.executable, "-m", "kb", "diagnose", "--kb", str(self.base), "--format", "json", "--text", ERROR]
        return subprocess.Popen(
            call, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=before
        )

    def answer(self, version: int, before: Callable[[], None] | None = None) -> None:
        """The answer of a process of its own is that of the articles as they are."""
        process = self.started(before)
        out, err = process.communicate(timeout=120)
        if process.returncode:
            raise Failed(f"status {process.returncode}: {err.decode(errors='replace')[-300:]}")
        if f"Start it, version {version}." not in out.decode():
            raise Failed("another answer than that of the articles")

    def left(self) -> list[str]:
        return [path.name for path in self.cache.rglob("*.tmp")]


def kills(ground: Ground, chance: random.Random) -> None:
    """A process killed at any moment while it builds: the next one answers from the articles, and sweeps."""
    version = chance.randrange(10**6)
    ground.write("alpha", version)
    process = ground.started()
    try:
        process.wait(chance.uniform(0.05, 1.5))
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()
    ground.answer(version)
    version += 1
    ground.write("alpha", version)
    ground.answer(version)
    if ground.left():
        raise Failed(f"left over: {ground.left()}")


def flips(ground: Ground, chance: random.Random) -> None:
    """Bytes changed, zeroed or cut off anywhere in the derived file: noticed, the answer that of the articles."""
    from kb.store.open import open_store

    open_store([ground.base], ground.cache).close()
    path = next(ground.cache.glob("*.sqlite"))
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    kind = chance.choice(("bit", "byte", "zeros", "cut"))
    if kind == "bit":
        data[at] ^= 1 << chance.randrange(8)
    elif kind == "byte":
        data[at] = (data[at] + chance.randrange(1, 256)) % 256
    elif kind == "zeros":
        data[at : at + 4096] = bytes(len(data[at : at + 4096]))
    else:
        del data[at:]
    same = bytes(data) == path.read_bytes()
    path.write_bytes(data)
    told: list[str] = []
    with open_store([ground.base], ground.cache, told.append) as store:
        titles = [row.title for row in store.listing()]
        bodies = {name: store.article(name).body.strip() for name in store.ids()}
    if titles != [f"The {name} engine fails" for name in ("alpha", "beta", "gamma")]:
        raise Failed(f"{kind} at {at}: {titles}")
    if any(body != ARTICLE.format(id=name, version=0).split("---\n")[2].strip() for name, body in bodies.items()):
        raise Failed(f"{kind} at {at}: another body")
    if not told and not same:
        raise Failed(f"{kind} at {at}: not noticed")


def full_disks(ground: Ground, chance: random.Random) -> None:
    """No file may grow past any size: the answer comes from memory."""
    import resource

    for path in ground.cache.rglob("*.sqlite"):
        path.unlink()
    most = chance.randrange(0, 300_000)
    ground.write("alpha", most)
    ground.answer(most, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    if ground.left():
        raise Failed(f"left over: {ground.left()}")


def readers(ground: Ground, chance: random.Random) -> None:
    """Damaged archives, logs and encodings through every reader."""
    kind = chance.choice(sorted(fuzz_readers.SAMPLES))
    samples = _made(kind)
    if samples:
        fuzz_readers.read(fuzz_readers.mutant(chance.choice(samples), chance), chance)


def _made(kind: str, made: dict[str, list[bytes]] = {}) -> list[bytes]:  # noqa: B006  # kept from round to round
    if kind not in made:
        made[kind] = fuzz_readers.SAMPLES[kind]()
    return made[kind]


def _shipped(pattern: str, chance: random.Random) -> bytes:
    """A damaged copy of a file of the shipped articles."""
    paths = sorted((ROOT / "articles").rglob(pattern))
    return fuzz_readers.mutant(chance.choice(paths).read_bytes(), chance)


def parser(ground: Ground, chance: random.Random) -> None:
    """Damaged articles."""
    from kb.articles.parse import parse

    parse("article.md", _shipped("article.md", chance))


def recognisers(ground: Ground, chance: random.Random) -> None:
    """Damaged outputs of tools."""
    from diagnose.outputs import recognise

    recognise(_shipped("outputs/*/*/*.txt", chance).decode("utf-8", "replace").split("\n"))


def importers(ground: Ground, chance: random.Random) -> None:
    """Damaged sources of both importers."""
    from diagnose.errors import KbError
    from kb.importers import cre, markdown

    with tempfile.TemporaryDirectory() as folder:
        rule = b"rules:\n- cre: {id: CRE-1, title: It fails, cause: Off}\n  rule: {set: {event: {source: a}, match: [{regex: 'a.*b'}]}}\n"
        for name, data in (("a.md", _shipped("article.md", chance)), ("a.yaml", fuzz_readers.mutant(rule, chance))):
            (Path(folder) / name).write_bytes(data)
        for module in (cre, markdown):
            with contextlib.suppress(KbError):
                list(module.read(Path(folder)))


def cases(ground: Ground, chance: random.Random) -> None:
    """Damaged cases, and numbers in them that are too large."""
    from diagnose.errors import KbError
    from kb.cases.case import case_sources
    from kb.cases.file import load, new_case, save

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.json"
        save(str(path), new_case())
        item = {"name": "a", "time": "", "bytes": 9, "lines": 10 ** chance.randrange(13), "whole": False}
        item["excerpts"] = [{"first": 10 ** chance.randrange(13), "text": "x\n" * chance.randrange(5)}]
        value = {**json.loads(path.read_text()), "inputs": [item] * chance.choice((1, 2, 3000))}
        data = json.dumps(value).encode()
        path.write_bytes(fuzz_readers.mutant(data, chance) if chance.random() < 0.5 else data)
        with contextlib.suppress(KbError):
            for source in case_sources(load(str(path))):
                sum(map(len, source.chunks))


def queries(ground: Ground, chance: random.Random) -> None:
    """Strange queries."""
    from kb.search.query import parse_query

    pieces = [
        '"',
        "(",
        ")",
        "*",
        "~",
        "title:",
        "-",
        " OR ",
        "NOT ",
        "[",
        "]",
        "^9",
        "wort",
        "\x00",
        "\u202e",
        "9" * 40,
    ]
    parse_query("".join(chance.choice(pieces) for _ in range(chance.randrange(1, 200))))


PARTS = (kills, flips, full_disks, readers, parser, recognisers, importers, cases, queries)


def campaign(part: Callable[[Ground, random.Random], None], call: argparse.Namespace, first: int) -> dict[str, float]:
    """Rounds of one part for its share of the time; what failed is printed with how to repeat it."""
    figures = {"rounds": 0, "failures": 0, "slowest": 0.0}
    end = time.monotonic() + call.seconds / len(PARTS if not call.only else (part,))
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Path(folder))
        number = first
        while time.monotonic() < end or number == first:
            start = time.monotonic()
            try:
                part(ground, random.Random(f"{part.__name__} {call.seed} {number}"))
                what = ""
            except Failed as error:
                what = str(error)
            except Exception as error:
                what = f"{type(error).__name__}: {error}"
            took = time.monotonic() - start
            if not what and took > SLOW and part not in (kills, full_disks):
                what = f"took {took:.1f} s"
            if what:
                figures["failures"] += 1
                print(f"{part.__name__}: {what}\n  again: --seed {call.seed} --only {part.__name__} --round {number}")
            figures["rounds"] += 1
            figures["slowest"] = max(figures["slowest"], took)
            number += 1
            if call.round is not None:
                break
    return figures


def main() -> int:
    names = [part.__name__ for part in PARTS]
    parser_ = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser_.add_argument("--seconds", type=float, default=180)
    parser_.add_argument("--seed", type=int, default=1)
    parser_.add_argument("--only", choices=names)
    parser_.add_argument("--round", type=int)
    parser_.add_argument("--state", type=Path)
    call = parser_.parse_args()
    state = json.loads(call.state.read_text()) if call.state and call.state.exists() else {}
    failures = 0
    for part in PARTS:
        name = part.__name__
        if call.only not in (None, name) or (part is full_disks and sys.platform == "win32"):
            continue
        before = state.get(name, {"rounds": 0, "failures": 0, "slowest": 0.0})
        first = call.round if call.round is not None else int(before["rounds"])
        with contextlib.redirect_stderr(io.StringIO()):
            figures = campaign(part, call, first)
        failures += int(figures["failures"])
        total = {
            key: max(before[key], value) if key == "slowest" else before[key] + value for key, value in figures.items()
        }
        state[name] = total
        print(
            f"{name:12} {total['rounds']:8} rounds  {total['failures']} failures  slowest {total['slowest']:.2f} s",
            flush=True,
        )
        if call.state:
            call.state.write_text(json.dumps(state, indent=1))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
