"""Cold start and warm diagnosis at N generated articles, as ratios against `python -c "import click"` of the same run.

Usage: python benchmarks/cold_start.py [ARTICLES] [RUNS]. Whole processes, interleaved, medians; nothing is asserted.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = (
    "router cache index replica session volume ticket broker cluster mailbox gateway socket queue schema tenant".split()
)
ERROR = "2026-11-21 10:00:00 ERROR unit17: The broker of volume 17 could not open the session ticket of cluster 170\n"


def article(number: int, chance: random.Random) -> str:
    a, b, c, d = (chance.choice(WORDS) for _ in range(4))
    return f"""---
id: generated-{number}
title: The {a} of {b} {number} fails to open the {c}
signals:
  failed: {{contains: 'The {a} of {b} {number} could not open the {c} {d} of cluster {number}0'}}
  stopped: {{regex: 'unit{number}: {c} (?P<port>\\d+) stopped'}}
params: {{port: {{type: port, ask: the port}}}}
symptoms: [failed]
causes:
  - {{id: closed, title: The {c} is closed, likelihood: common, evidence: [{{signal: stopped, supports: strong}}]}}
  - {{id: full, title: The {d} is full}}
---
# Symptoms

> The {a} of {b} {number} could not open the {c}.

{" ".join(chance.choice(WORDS) for _ in range(150))}
"""


def timed(command: list[str], env: dict[str, str], text: str = "") -> float:
    start = time.perf_counter()
    subprocess.run(
        command, env=env, input=text.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return time.perf_counter() - start


def main(articles: int, runs: int) -> None:
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        for number in range(articles):
            place = base / f"generated-{number}"
            place.mkdir(parents=True)
            (place / "article.md").write_text(article(number, chance), encoding="utf-8")
        env = {**os.environ, "XDG_CACHE_HOME": str(Path(folder) / "cache"), "LOCALAPPDATA": folder}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        kb = [sys.executable, "-m", "kb", "diagnose", "--kb", str(base), "--format", "json"]
        paste = (
            "".join(f"2026-11-21 10:00:{n:02} INFO unit{n}: ready and waiting for work\n" for n in range(30)) + ERROR
        )
        first = timed(kb, env, paste)
        rows: dict[str, list[float]] = {"import click": [], "kb diagnose": [], "kb --help": []}
        for _ in range(runs):
            rows["import click"].append(timed([sys.executable, "-c", "import click"], env))
            rows["kb diagnose"].append(timed(kb, env, paste))
            rows["kb --help"].append(timed([sys.executable, "-m", "kb", "--help"], env))
        click = statistics.median(rows["import click"])
        print(f"{articles} articles, {len(paste)} bytes, {runs} runs; first run ever {first:.2f} s")
        for name, values in rows.items():
            middle = statistics.median(values)
            print(f"{name:<14}{middle * 1000:7.1f} ms  {middle / click:5.2f} x import click")
        print(f"{'warm':<14}{warm(base, paste):7.1f} ms in process")


def warm(base: Path, paste: str) -> float:
    from io import BytesIO

    from diagnose.inputs.sources import open_inputs
    from diagnose.pipeline import diagnose
    from kb.store.open import open_store

    times = []
    with open_store([base], None) as store:
        for _ in range(30):
            start = time.perf_counter()
            diagnose(open_inputs(["-"], BytesIO(paste.encode())), store)
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500, int(sys.argv[2]) if len(sys.argv) > 2 else 15)
