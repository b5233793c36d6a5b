"""Kills, flipped bytes, full disks and damaged inputs against kb: the answer must be the right one, or an honest error.

Usage: python benchmarks/campaign.py [--seconds 180] [--seed 1] [--only PART] [--round N] [--state FILE] [--most N]

The time is shared among the parts, and a part ends early after --most rounds. Round N of a part is the same for the same
seed, so `--only PART --round N` repeats a failure. Readers, recognisers and importers have a part for each of theirs
(`readers:zip`). With --state the rounds go on where the last call ended, and the figures add up. Prints a line a part;
exits 1 if anything failed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.process import BaseProcess as Process
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import fuzz_readers

Figures = dict[str, float]
SLOW, HANGS = 5.0, 60.0
FORKING = ("kills", "full_disks")  # parts whose rounds are processes
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
        self.base, self.cache, self.told = folder / "base", folder / "cache", folder / "told.txt"
        self.cache.mkdir(mode=0o700)
        for name in ("alpha", "beta", "gamma"):
            self.write(name, 1)

    def write(self, name: str, version: int) -> None:
        (self.base / name).mkdir(parents=True, exist_ok=True)
        (self.base / name / "article.md").write_text(ARTICLE.format(id=name, version=version), encoding="utf-8")

    def warm(self) -> None:
        """Everything imported that a forked process needs."""
        os.environ["XDG_CACHE_HOME"] = str(self.cache)
        _asked(self.base)

    def started(self, most: int | None = None) -> Process:
        """A process that asks the base; no file of it may grow past `most` bytes. Forked where the system can, so that it
        has nothing to do but what is tried."""
        process = KIND.Process(target=_asks, args=(self.base, self.cache, self.told, most))
        process.start()
        return process

    def answer(self, version: int, most: int | None = None) -> None:
        """The answer of a process of its own is that of the articles as they are."""
        process = self.started(most)
        process.join(120)
        told = self.told.read_text(encoding="utf-8", errors="replace")
        if process.exitcode:
            raise Failed(f"status {process.exitcode}: {told[-300:]}")
        if f"Start it, version {version}." not in told:
            raise Failed("another answer than that of the articles")

    def left(self) -> list[str]:
        return [path.name for path in self.cache.rglob("*.tmp")]


KIND = get_context("fork" if "fork" in get_all_start_methods() else "spawn")


def _asks(base: Path, cache: Path, told: Path, most: int | None) -> None:
    os.environ["XDG_CACHE_HOME"] = str(cache)
    if most is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    status, out = _asked(base)
    if most is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    told.write_bytes(out)
    os._exit(status)


def _asked(base: Path) -> tuple[int, bytes]:
    from kb.cli import run

    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = run(["diagnose", "--kb", str(base), "--format", "json", "--text", ERROR])
        out.flush()
    return status, out.buffer.getvalue()


def kills(ground: Ground, chance: random.Random) -> None:
    """A process killed at any moment while it builds: the next one answers from the articles, and sweeps."""
    version = chance.randrange(10**6)
    ground.write("alpha", version)
    process = ground.started()
    process.join(chance.uniform(0.01, 0.25))
    process.kill()
    process.join()
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
    for path in ground.cache.rglob("*.sqlite"):
        path.unlink()
    most = chance.randrange(0, 300_000)
    ground.write("alpha", most)
    ground.answer(most, most)
    if ground.left():
        raise Failed(f"left over: {ground.left()}")


def readers(kind: str, chance: random.Random) -> None:
    """Damaged archives, logs and encodings through a reader."""
    if samples := _made(kind):
        fuzz_readers.read(fuzz_readers.mutant(chance.choice(samples), chance), chance)


@cache
def _made(kind: str) -> list[bytes]:
    return fuzz_readers.SAMPLES[kind]()


@cache
def _shipped(pattern: str) -> list[bytes]:
    """The files of the shipped articles and the library with such a path."""
    return [
        path.read_bytes() for folder in ("articles", "kb/library") for path in sorted((ROOT / folder).rglob(pattern))
    ]


@cache
def _outputs(tool: str) -> list[bytes]:
    """The recorded outputs that the recogniser of this tool takes; all where it takes none."""
    from diagnose.outputs import OUTPUTS
    from diagnose.outputs.parsing.paste import Paste

    texts = _shipped("outputs/**/*.txt")
    return [data for data in texts if any(OUTPUTS[tool](Paste(data.decode("utf-8", "replace").split("\n"))))] or texts


def parser(ground: Ground, chance: random.Random) -> None:
    """Damaged articles."""
    from kb.articles.parse import parse

    parse("article.md", fuzz_readers.mutant(chance.choice(_shipped("article.md")), chance))


def recognisers(tool: str, chance: random.Random) -> None:
    """Damaged outputs of a tool, sometimes with one of another within."""
    from diagnose.outputs import OUTPUTS
    from diagnose.outputs.parsing.paste import Paste

    data = fuzz_readers.mutant(chance.choice(_outputs(tool)), chance)
    if chance.random() < 0.2:
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(_shipped("outputs/**/*.txt")) + data[at:]
    list(OUTPUTS[tool](Paste(data.decode("utf-8", "replace").split("\n"))))


RULE = b"""rules:
- cre: {id: CRE-1, title: It fails, cause: Off, severity: 2, mitigation: Start it, references: [https://example.com/a]}
  metadata: {id: a, hash: b, gen: 1}
  rule:
    sequence: {window: 10s, event: {source: cre.log.a}, order: [{regex: 'a.*b'}, c], negate: [{value: d, slide: -5s}]}
- cre: {id: CRE-2, title: It fails}
  rule: {set: {event: {source: a}, match: [{regex: 'a.*b', count: 3}]}}
"""
LINE = (
    b'{"id": "p/a", "title": "It fails", "text": "It fails with `error 0x80070005`.\\n\\n## Cause\\n\\nIt is off."}\n'
)


def importers(name: str, chance: random.Random) -> None:
    """Damaged sources of an importer."""
    from diagnose.errors import KbError
    from kb.importers import reader

    kinds = {
        "cre": [("a.yaml", RULE)],
        "markdown": [("a.md", chance.choice(_shipped("article.md"))), ("a.jsonl", LINE * 3)],
    }
    file, data = chance.choice(kinds[name])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_bytes(fuzz_readers.mutant(data, chance))
        with contextlib.suppress(KbError):
            list(reader(name)(path if file.endswith("jsonl") else Path(folder)))


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


def parts() -> dict[str, Callable[[Ground, random.Random], None]]:
    """All parts by name."""
    from diagnose.outputs import OUTPUTS
    from kb.importers import IMPORTERS

    plain = (kills, flips, full_disks, parser, cases, queries)
    found = {part.__name__: part for part in plain if part is not full_disks or sys.platform != "win32"}
    for part, kinds in ((readers, fuzz_readers.SAMPLES), (recognisers, OUTPUTS), (importers, IMPORTERS)):
        for kind in kinds:
            found[f"{part.__name__}:{kind}"] = lambda _, chance, part=part, kind=kind: part(kind, chance)
    return found


def campaign(
    name: str, part: Callable[[Ground, random.Random], None], numbers: range, seconds: float, seed: int
) -> Figures:
    """Rounds of one part for its share of the time; what failed is printed with how to repeat it."""
    figures = {"rounds": 0, "failures": 0, "slowest": 0.0}
    end = time.monotonic() + seconds
    clock = time.monotonic if name in FORKING else time.process_time  # a machine may have other work
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Path(folder))
        if name in FORKING:
            ground.warm()
        for number in numbers:
            start = clock()
            what = failure(part, ground, random.Random(f"{name} {seed} {number}"))
            took = clock() - start
            if not what and took > SLOW and name not in FORKING:
                what = f"took {took:.1f} s"
            if what:
                figures["failures"] += 1
                print(f"{name}: {what}\n  again: --seed {seed} --only {name} --round {number}", flush=True)
            figures["rounds"] += 1
            figures["slowest"] = max(figures["slowest"], took)
            if time.monotonic() >= end:
                break
    return figures


def failure(part: Callable[[Ground, random.Random], None], ground: Ground, chance: random.Random) -> str:
    """What should not have happened in this round, in words; empty where all went well."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _hangs)
        signal.setitimer(signal.ITIMER_REAL, HANGS)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            part(ground, chance)
    except Failed as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
    return ""


def _hangs(number: int, frame: object) -> None:
    raise Failed(f"still not done after {HANGS:.0f} s")


def main() -> int:
    found = parts()
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--seconds", type=float, default=180)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", help="a part, or the beginning of its name")
    arguments.add_argument("--round", type=int)
    arguments.add_argument("--most", type=int, default=sys.maxsize, help="rounds of a part, those of --state counted")
    arguments.add_argument("--state", type=Path)
    call = arguments.parse_args()
    names = [name for name in found if name.startswith(call.only or "")]
    if not names:
        arguments.error(f"no part begins with {call.only}: {', '.join(found)}")
    state = json.loads(call.state.read_text()) if call.state and call.state.exists() else {}
    failures, end = 0, time.monotonic() + call.seconds
    for place, name in enumerate(names):
        before = state.get(name, {"rounds": 0, "failures": 0, "slowest": 0.0})
        first = int(before["rounds"])
        numbers = range(first, call.most) if call.round is None else range(call.round, call.round + 1)
        share = (end - time.monotonic()) / (len(names) - place)  # what the parts before did not use is for the rest
        figures = campaign(name, found[name], numbers, share, call.seed)
        failures += int(figures["failures"])
        total = {key: before[key] + figures[key] for key in ("rounds", "failures")}
        total["slowest"] = max(before["slowest"], figures["slowest"])
        state[name] = total
        print(
            f"{name:32} {total['rounds']:8} rounds  {total['failures']} failures  slowest {total['slowest']:.2f} s",
            flush=True,
        )
        if call.state:
            call.state.write_text(json.dumps(state, indent=1))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
