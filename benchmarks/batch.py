"""`kb batch` over generated bundles: the samples of articles, each in the noise of other logs, packed; cases an hour, right causes.

    python benchmarks/batch.py NOISE WORK [--cases 10000] [--jobs 2] [--lines 400]

NOISE is a folder of logs (*_2k.log of loghub), WORK a folder that is made. Every tenth bundle has noise alone. Prints the figures
of docs/scale.md: a case is right where its article leads, or where there is none and the answer is unknown.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import subprocess
import sys
import tarfile
import time
from pathlib import Path

ARTICLES = Path(__file__).parent.parent / "articles"
try:
    import resource
except ImportError:  # Windows
    resource = None


def samples() -> list[tuple[str, str]]:
    """(article, text) of every sample that shows a symptom."""
    found = sorted(ARTICLES.glob("*/*/samples/symptom/*"))
    return [(path.parents[2].name, path.read_text(encoding="utf-8", errors="replace")) for path in found]


def noise(folder: Path) -> list[list[str]]:
    files = sorted(folder.rglob("*_2k.log"))
    return [path.read_text(encoding="utf-8", errors="replace").splitlines() for path in files]


def bundle(path: Path, text: str, logs: list[list[str]], lines: int, chance: random.Random) -> None:
    """A packed folder of three logs, the sample in the midst of one."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for number in range(3):
            log = chance.choice(logs)
            at = chance.randrange(max(1, len(log) - lines // 3))
            body = log[at : at + lines // 3]
            if number == 1 and text:
                middle = len(body) // 2
                body = [*body[:middle], *text.splitlines(), *body[middle:]]
            data = "\n".join([*body, ""]).encode()
            entry = tarfile.TarInfo(f"{path.name.partition('.')[0]}/log{number}.log")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def made(folder: Path, count: int, logs: list[list[str]], lines: int) -> dict[str, str]:
    """`count` bundles below `folder`, and the article of each, empty for noise."""
    chance = random.Random(20)
    known = samples()
    expected: dict[str, str] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        article, text = ("", "") if number % 10 == 9 else known[number % len(known)]
        path = folder / f"{number:05}.tgz"
        bundle(path, text, logs, lines, chance)
        expected[str(path)] = article
    return expected


def judged(answers: Path, expected: dict[str, str]) -> dict[str, int]:
    """How many answers of each kind."""
    counts = {"right": 0, "other article": 0, "missed": 0, "noise unknown": 0, "noise answered": 0, "failed": 0}
    for line in answers.open(encoding="utf-8"):
        answer = json.loads(line)
        found = answer["diagnosis"]
        wanted = expected[answer["case"]]
        if found is None:
            counts["failed"] += 1
            continue
        leads = [p["causes"][0]["article"] for p in found["problems"] if p["causes"] and p["verdict"] != "unknown"]
        if not wanted:
            counts["noise answered" if leads else "noise unknown"] += 1
        else:
            counts["right" if wanted in leads else "other article" if leads else "missed"] += 1
    return counts


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("noise", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--lines", type=int, default=400)
    given = parser.parse_args()
    expected = made(given.work / "bundles", given.cases, noise(given.noise), given.lines)
    out = given.work / f"out-{given.jobs}"
    start = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "kb",
        "batch",
        str(given.work / "bundles"),
        "--split-by",
        "*.tgz",
        "--to",
        str(out),
    ]
    subprocess.run([*command, "--jobs", str(given.jobs), "--no-learned"], check=False)
    seconds = time.monotonic() - start
    counts = judged(out / "answers.jsonl", expected)
    done = sum(counts.values())
    print(f"{done} cases with --jobs {given.jobs}: {seconds:.0f} s, {3600 * done / seconds:.0f} an hour")
    print(counts)
    if resource:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"CPU {used.ru_utime + used.ru_stime:.0f} s, largest process {used.ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
