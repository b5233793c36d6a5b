"""`kb export` shown by execution: what ripgrep, ClickHouse (chdb), Loki and Sigma fetch, against what kb finds itself.

    python benchmarks/exports.py SHARED WORK [--every 40] [--only ripgrep ...]

SHARED is a folder of logs (those of loghub and of Exchange's setup are meant), each a case of its own; so is every n-th sample
of the articles, in 1,600 lines of such a log. Exports the shipped base, lets each program that is here fetch (rg; of PyPI chdb, pysigma,
pysigma-backend-loki, google-re2; of npm, in WORK, @grafana/lezer-logql, Grafana's own grammar of Loki's queries), and prints how many lines
that kb's scan hits are missing (of promised patterns), how much was fetched, and in how many cases the same cause leads.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from batch import samples

from diagnose.inputs.sources import open_inputs
from diagnose.options import Options
from diagnose.pipeline import diagnose
from diagnose.scan.hits import SALIENT
from diagnose.text.fold import fold
from kb.api import open_base
from kb.exporters.needles import Wanted, needles_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.store.store import Store

AROUND = 32
Cases = dict[str, list[str]]  # name to lines
Fetched = dict[str, list[int]]  # name to numbers of lines, from 1, in order
PARSE = """
const {parser} = require('@grafana/lezer-logql'), fs = require('fs');
let bad = 0, all = 0;
for (const line of fs.readFileSync(process.argv[1], 'utf8').split('\\n').filter(Boolean)) {
  all++;
  let wrong = false;
  parser.parse(line).iterate({enter: node => { wrong = wrong || node.type.isError; }});
  bad += wrong;
}
console.log(`${all} queries, ${bad} that Grafana's grammar refuses`);
process.exit(bad ? 1 : 0);
"""


def cases_of(shared: Path, every: int) -> Cases:
    logs = {path.name: read(path) for path in sorted(shared.rglob("*.log"))}
    noise = [lines for name, lines in logs.items() if name.endswith("_2k.log")]
    for index, (article, text) in enumerate(samples()[::every]):
        log = noise[index % len(noise)]
        logs[f"{index}-{article}"] = [*log[:800], *text.splitlines(), *log[800:1600]]
    return logs


def read(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig", errors="replace").split("\n")


def hits_of(lines: list[str], base: Store, left: set[str], regexes: dict[int, str]) -> set[int]:
    """The lines that a promised pattern hits."""
    wanted: set[int] = set()
    for number, line in enumerate(lines, 1):
        found = {pattern for pattern, _ in base.lines.scan(fold(line.encode())) if pattern != SALIENT}
        fresh = found - regexes.keys()
        regexes.update({n: known.regex for n, known in base.known(fresh).items()} if fresh else {})
        if any(regexes[n] not in left for n in found):
            wanted.add(number)
    return wanted


def by_ripgrep(cases: Cases, work: Path) -> Fetched:
    found: Fetched = {}
    for name in cases:
        command = ["rg", "-a", "-F", "-i", "-n", "-f", str(work / "kb.ripgrep.txt"), "-C", str(AROUND)]
        command += ["--no-context-separator", str(work / "cases" / name)]
        out = subprocess.run(command, capture_output=True, check=False).stdout
        found[name] = [int(re.match(rb"\d+", line)[0]) for line in out.split(b"\n") if line]
    return found


def by_clickhouse(cases: Cases, work: Path) -> Fetched:
    """All cases as one table, one query."""
    import chdb

    rows = (
        json.dumps({"source": name, "line": number, "message": line})
        for name, lines in cases.items()
        for number, line in enumerate(lines, 1)
    )
    (work / "logs.jsonl").write_text("\n".join(rows), encoding="utf-8")
    columns = "source String, line UInt64, message String"
    query = (work / "kb.clickhouse.sql").read_text(encoding="utf-8")
    query = query.replace("FROM logs", f"FROM file('{work / 'logs.jsonl'}', JSONEachRow, '{columns}')")
    found: Fetched = {name: [] for name in cases}
    for row in str(chdb.query(query, "JSONEachRow")).splitlines():
        fetched = json.loads(row)
        found[fetched["source"]].append(int(fetched["line"]))
    return found


def by_loki(cases: Cases, work: Path) -> Fetched:
    """Its line filters run here, with the lines around each hit that one fetches by time; its syntax is checked."""
    queries = work / "kb.loki.logql"
    done = subprocess.run(
        ["node", "-e", PARSE, str(queries)], cwd=work, capture_output=True, text=True, encoding="utf-8", check=False
    )
    print(f"  {done.stdout.strip() or 'syntax not checked: ' + done.stderr.strip()[-80:]}")
    lines = queries.read_text(encoding="utf-8").splitlines()
    return filtered(cases, [json.loads(query.partition("|~ ")[2]) for query in lines])


def by_sigma(cases: Cases, work: Path) -> Fetched:
    """Rules that pySigma reads and finds nothing wrong with, as queries that its Loki backend makes of them."""
    from sigma.backends.loki import LogQLBackend
    from sigma.collection import SigmaCollection
    from sigma.validation import SigmaValidator
    from sigma.validators.core import validators

    rules = SigmaCollection.from_yaml((work / "kb.sigma.yml").read_text(encoding="utf-8"))
    issues = SigmaValidator(validators.values()).validate_rules(iter(rules))
    kinds = sorted({type(issue).__name__ for issue in issues})
    queries = LogQLBackend().convert(rules)
    print(
        f"  {len(rules)} rules, {len(issues)} remarks of its validators {kinds}, {len(queries)} queries of Loki, longest {max(map(len, queries))}"
    )
    filters = [re.search(r"\|~ ?(?:`(.*)`|(\".*\"))", query) for query in queries]
    if wrong := [query for query, found in zip(queries, filters, strict=True) if not found]:
        print(f"  {len(wrong)} of them filter nothing, such as {wrong[0][:200]}")
    return filtered(cases, [found[1] or json.loads(found[2]) for found in filters if found])


def filtered(cases: Cases, regexes: list[str]) -> Fetched:
    import re2  # Loki's own syntax of patterns

    options = re2.Options()
    options.max_mem = 1 << 30
    tests = [re2.compile(regex, options=options) for regex in regexes]
    return {
        name: around([n for n, line in enumerate(lines, 1) if any(test.search(line) for test in tests)], len(lines))
        for name, lines in cases.items()
    }


def around(numbers: list[int], most: int) -> list[int]:
    return sorted({n for hit in numbers for n in range(max(1, hit - AROUND), min(most, hit + AROUND) + 1)})


def lead(lines: list[str], path: Path, base: Store) -> str:
    """The leading cause of a text, as `kb diagnose` says it."""
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    found = diagnose(open_inputs([str(path)]), base, Options())
    return "" if found.verdict == "unknown" or not found.causes else found.causes[0].id


FETCH: dict[str, Callable[[Cases, Path], Fetched]] = {
    "ripgrep": by_ripgrep,
    "clickhouse": by_clickhouse,
    "loki": by_loki,
    "sigma": by_sigma,
}


def told(name: str, cases: Cases, wanted: dict[str, set[int]], leads: dict[str, str], work: Path, base: Store) -> None:
    start = time.monotonic()
    try:
        found = FETCH[name](cases, work)
    except (ImportError, FileNotFoundError, RuntimeError) as error:
        print(f"{name}: not run ({str(error)[:200]})")
        return
    seconds = time.monotonic() - start
    missing = [(case, n) for case, numbers in wanted.items() for n in sorted(numbers - set(found[case]))]
    lines, fetched = sum(map(len, cases.values())), sum(map(len, found.values()))
    other = [
        case
        for case, all_lines in cases.items()
        if lead([all_lines[n - 1] for n in found[case] if n <= len(all_lines)], work / "part.log", base) != leads[case]
    ]
    print(f"{name}: {fetched:,} of {lines:,} lines with context ({100 * fetched / lines:.0f} %) in {seconds:.1f} s")
    print(
        f"  {len(missing)} hits missing {missing[:3]}; the same leading cause in {len(cases) - len(other)} of {len(cases)}"
    )
    for case in other:
        print(f"  another in {case}: {leads[case] or 'unknown'}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("shared", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--every", type=int, default=40)
    parser.add_argument("--only", nargs="*", choices=FETCH)
    given = parser.parse_args()
    work: Path = given.work
    (work / "cases").mkdir(parents=True, exist_ok=True)
    for name in FETCH:
        subprocess.run([sys.executable, "-m", "kb", "export", name, "--to", str(work), "--force"], check=True)
    cases = cases_of(given.shared, given.every)
    with open_base() as base:
        leads = {name: lead(lines, work / "cases" / name, base) for name, lines in cases.items()}
        left = {p.regex for p, _ in needles_of(Wanted(regex, ()) for regex, _ in base.patterns()).left}
        regexes: dict[int, str] = {}
        wanted = {name: hits_of(lines, base, left, regexes) for name, lines in cases.items()}
        known = sum(bool(cause) for cause in leads.values())
        print(
            f"{len(cases)} cases, {known} with a known cause, {sum(map(len, wanted.values())):,} lines with a promised hit"
        )
        for name in given.only or FETCH:
            told(name, cases, wanted, leads, work, base)


if __name__ == "__main__":
    main()
