"""What a cold `kb diagnose` costs, counted instead of timed: a slower start is seen here at once, however busy the machine.

The bounds stand a little above what was counted on 2026-11-29. Who needs more has to say so by raising one.
"""

import json
import os
import subprocess
import sys

import pytest

COUNT = """
import json, re, sqlite3, sys
from re import _compiler
compiled, opened, steps = [], [], [0]
plain = _compiler.compile
def counted(pattern, flags=0):
    compiled.append(pattern)
    return plain(pattern, flags)
_compiler.compile = counted
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from kb.store import derived
connected = derived.connected
def watched(*given, **options):
    connection = connected(*given, **options)
    def step():
        steps[0] += 1
    if connection is not None:
        connection.set_progress_handler(step, 1)
    return connection
derived.connected = watched
from kb.cli import run
code = run(sys.argv[1:])
ours = [name for name in sys.modules if name.split(".")[0] in ("kb", "diagnose")]
files = [path for path in opened if not path.endswith((".py", ".pyc"))]
found = dict(code=code, ours=len(ours), regexes=len(compiled), files=len(files), steps=steps[0], names=sorted(sys.modules))
print(json.dumps(found), file=sys.stderr)
"""
ARTICLE = """---
id: valve-{number}
title: The valve {number} is stuck
signals: {{stuck: {{contains: valve {number} did not open in time}}}}
symptoms: [stuck]
causes: [{{id: rust, title: It rusted}}]
---
> valve {number} did not open in time
"""
# Modules of kb, regexes, files that are no modules, and steps of SQLite for one more article.
MODULES, REGEXES, FILES, STEPS_PER_ARTICLE = 164, 72, 5, 105
# Slow to load, and needed by no diagnosis of a text.
LATE = {"yaml", "whoosh", "rich", "markdown", "markdown_it", "hashlib", "base64", "numpy", "asyncio", "email", "http"}


def counted(folder, *arguments):
    cache = str(folder / "cache")
    env = {**os.environ, "XDG_CACHE_HOME": cache, "LOCALAPPDATA": cache}
    command = [sys.executable, "-c", COUNT, "--kb", str(folder / "base"), *arguments]
    ran = subprocess.run(command, env=env, capture_output=True, check=True)
    return json.loads(ran.stderr.decode().splitlines()[-1])


def counts(folder, articles):
    base = folder / "base"
    for number in range(articles):
        place = base / f"valve-{number}"
        place.mkdir(parents=True)
        (place / "article.md").write_text(ARTICLE.format(number=number), encoding="utf-8")
    diagnosis = ("diagnose", "--format", "json", "--text", "valve 3 did not open in time")
    counted(folder, *diagnosis)  # builds the index
    return counted(folder, *diagnosis)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("few")


@pytest.fixture(scope="module")
def few(folder):
    return counts(folder, 10)


def test_a_cold_diagnosis_loads_and_compiles_no_more_than_it_did(few):
    assert few["code"] == 0
    assert not LATE.intersection(few["names"])
    assert few["ours"] <= MODULES
    assert few["regexes"] <= REGEXES
    assert few["files"] <= FILES


def test_who_looks_through_no_text_loads_no_engine(few, folder):
    assert "hyperscan" not in counted(folder, "code", "KB-E014", "1722")["names"]


def test_the_rows_that_are_read_grow_far_slower_than_the_base(few, tmp_path):
    more = counts(tmp_path, 60)
    assert more["steps"] - few["steps"] <= 50 * STEPS_PER_ARTICLE
