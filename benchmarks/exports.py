"""`kb export` shown by execution: what ripgrep, ClickHouse (chdb) and Sigma's Loki backend fetch, against what kb finds itself.

    python benchmarks/exports.py NOISE WORK

Makes a log of NOISE (*_2k.log of loghub) with the samples of all articles in it, exports the shipped base, and lets each program
that is there fetch: rg, `pip install chdb`, `pip install pysigma pysigma-backend-loki`. Prints how many lines that kb's own
scan hits are missing (promised patterns only), how much was fetched, and whether the samples alone lead to the same answer.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import time
from pathlib import Path

from batch import noise, samples

from diagnose.inputs.sources import open_inputs
from diagnose.options import Options
from diagnose.pipeline import diagnose, paste
from diagnose.scan.hits import SALIENT
from diagnose.text.fold import fold
from kb.api import open_base
from kb.exporters.needles import Wanted, needles_of

AROUND = 32


def write_log(path: Path, folder: Path) -> None:
    chance, logs = random.Random(5), noise(folder)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for _, text in samples():
            log = chance.choice(logs)
            at = chance.randrange(len(log) - 400)
            file.write("\n".join([*log[at : at + 400], *text.splitlines(), ""]))


def hits_of(path: Path, base: object, left: set[str]) -> set[int]:
    """The lines, from 1, that a promised pattern hits."""
    wanted: set[int] = set()
    matcher = base.lines
    regexes: dict[int, str] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        found = {pattern for pattern, _ in matcher.scan(fold(line)) if pattern != SALIENT}
        fresh = found - regexes.keys()
        regexes.update({n: known.regex for n, known in base.known(fresh).items()} if fresh else {})
        if any(regexes[n] not in left for n in found):
            wanted.add(number)
    return wanted


def by_ripgrep(log: Path, work: Path) -> set[int]:
    command = ["rg", "-a", "-F", "-i", "-n", "-f", str(work / "kb.ripgrep.txt"), str(log)]
    out = subprocess.run(command, capture_output=True, check=True).stdout
    return {int(line.partition(b":")[0]) for line in out.splitlines()}


def by_clickhouse(log: Path, work: Path) -> set[int]:
    """The lines and those around them."""
    import chdb

    query = (work / "kb.clickhouse.sql").read_text(encoding="utf-8")
    table = (
        "(SELECT 'log' AS source, rowNumberInAllBlocks() + 1 AS line, text AS message "
        f"FROM file('{log}', LineAsString, 'text String') SETTINGS max_threads = 1)"
    )
    body = (
        query.partition("\n")[2]
        .replace("FROM logs WHERE (source", f"FROM {table} WHERE (source")
        .replace("FROM logs WHERE", f"FROM {table} WHERE")
    )
    made = str(chdb.query(body.replace("SELECT source, line, message", "SELECT line", 1), "CSV"))
    return {int(line) for line in made.split()}


def by_sigma(log: Path, work: Path) -> set[int]:
    """The lines that the queries of the Loki backend match, their line filters run here."""
    from sigma.backends.loki import LogQLBackend
    from sigma.collection import SigmaCollection

    rules = SigmaCollection.from_yaml((work / "kb.sigma.yml").read_text(encoding="utf-8"))
    queries = LogQLBackend().convert(rules)
    filters = [re.search(r"\|~ ?`(.*)`", query) for query in queries]
    print(f"  {len(rules)} rules, {len(queries)} queries of Loki, such as {queries[0][:100]}")
    tests = [re.compile(found[1]) for found in filters if found]
    lines = log.read_text(encoding="utf-8").split("\n")
    return {number for number, line in enumerate(lines, 1) if any(test.search(line) for test in tests)}


def by_loki(log: Path, work: Path) -> set[int]:
    """The lines that our own queries match, their line filters run here."""
    import json

    queries = (work / "kb.loki.logql").read_text(encoding="utf-8").splitlines()
    tests = [re.compile(json.loads(query.partition("|~ ")[2])) for query in queries]
    lines = log.read_text(encoding="utf-8").split("\n")
    return {number for number, line in enumerate(lines, 1) if any(test.search(line) for test in tests)}


def same_answers(work: Path, base: object) -> tuple[int, int]:
    """Of the samples of articles, in noise: how many lead to the same cause from what ripgrep fetches as from the whole."""
    same = count = 0
    whole, part = work / "one.log", work / "part.log"
    logs = noise(Path(sys.argv[1]))
    for index, (_, text) in enumerate(samples()[::5]):
        log = logs[index % len(logs)]
        whole.write_text("\n".join([*log[:800], *text.splitlines(), *log[800:1600], ""]), encoding="utf-8")
        command = ["rg", "-a", "-F", "-i", "-f", str(work / "kb.ripgrep.txt"), "-C", str(AROUND), "--no-filename"]
        command += ["--no-line-number", "--no-context-separator", str(whole)]
        part.write_bytes(subprocess.run(command, capture_output=True, check=False).stdout)
        answers = [diagnose(open_inputs([str(path)]), base, Options()) for path in (whole, part)]
        leads = [(a.verdict != "unknown" and a.causes[0].id) for a in answers]
        count += 1
        same += leads[0] == leads[1]
    return same, count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("noise", type=Path)
    parser.add_argument("work", type=Path)
    given = parser.parse_args()
    work: Path = given.work
    for name in ("ripgrep", "loki", "clickhouse", "sigma"):
        subprocess.run([sys.executable, "-m", "kb", "export", name, "--to", str(work), "--force"], check=True)
    log = work / "all.log"
    write_log(log, given.noise)
    with open_base() as base:
        diagnose(paste("warm"), base)
        left = {p.regex for p, _ in needles_of(Wanted(regex, ()) for regex, _ in base.patterns()).left}
        wanted = hits_of(log, base, left)
        lines = log.read_bytes().count(b"\n")
        print(f"{lines:,} lines, {len(wanted):,} of them with a hit of a promised pattern")
        for fetch in (by_ripgrep, by_clickhouse, by_loki, by_sigma):
            start = time.monotonic()
            try:
                found = fetch(log, work)
            except (ImportError, FileNotFoundError, RuntimeError) as error:
                print(f"{fetch.__name__}: not run ({str(error)[:200]})")
                continue
            seconds = time.monotonic() - start
            missing = sorted(wanted - found)
            print(f"{fetch.__name__}: {len(found):,} lines, {len(missing)} missing {missing[:5]}, {seconds:.1f} s")
        same, count = same_answers(work, base)
        print(f"the same leading cause from what ripgrep fetched with context: {same} of {count}")


if __name__ == "__main__":
    main()
