"""Planted claims, true and false, over real logs: how often `kb audit` calls a claim wrong, and how often rightly.

    python benchmarks/audit.py [--shared ../shared] [--each 200] [--seed 20261129] [-v]
    python benchmarks/audit.py --reports          # reports in benchmarks/audit_reports, written by hand, apart

A claim counts as called wrong where something on its line is contradicted or absent. The truth comes from plain Python over
the lines, not from the code under test. Logs: the samples of the articles that have ten lines, and the logs beside the project.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from diagnose.inputs.sources import open_inputs
from diagnose.options import Options
from kb.api import open_base
from kb.audit import audit

FAULTY = ("contradicted", "absent")
TIME = re.compile(r"(?<![\d:.])([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?![\d:])")
HEAD = re.compile(r"^[\s\[(<]*(?:[-\d/.:,TZ+]+[\s\])>|]*){1,4}|^[A-Z][a-z]{2} +\d+ [\d:]+ |^\d+\s+")
IP = re.compile(r"(?<![\w.:-])((?:\d{1,3}\.){3}\d{1,3})(?![\w.]*\d)")
ENDPOINT = re.compile(
    r"(?<![\w.:-])((?:\d{1,3}\.){3}\d{1,3}|[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+\.(?:com|net|org|local|io)):(\d{2,5})(?![\d:])"
)
PATH = re.compile(r"(?<![\w.:/\\])((?:/[\w.+@-]{2,}){2,}[\w])(?![\w/])|(?<!\w)([A-Z]:\\[\w.\\-]+\w)")
VERSION = re.compile(r"\b(?!from|for|at|by)([A-Za-z]{3,20})[/ ](?:version )?v?(\d+\.\d+\.\d+(?:\.\d+)?)(?![\w.]*\d)")
CODE = re.compile(r"\b(0x[8C][0-9A-Fa-f]{7})\b|\b(\w+(?:Exception|Error))\b(?=[: ])")
OTHER_WORDS = (
    "quorum lattice backplane certificate payload cursor tenant mailbox firmware gateway replica lease".split()
)


class Log:
    """A log as plain lines, and the pieces of it that claims can be made of."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        self.lines = self.text.split("\n")
        self.tight = "".join(self.text.lower().split())
        self.messages = sorted({m for line in self.lines if (m := message(line))})

    def has(self, text: str) -> bool:
        return "".join(text.lower().split()) in self.tight

    def with_(self, text: str) -> list[int]:
        wanted = text.lower()
        return [number for number, line in enumerate(self.lines, 1) if wanted in line.lower()]

    def time(self, number: int) -> int | None:
        found = TIME.search(self.lines[number - 1][:60])
        return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None

    def found(self, regex: re.Pattern[str]) -> list[tuple[str, ...]]:
        return sorted({tuple(g or "" for g in found.groups()) for found in regex.finditer(self.text)})


def message(line: str) -> str:
    """A part of a line that somebody would quote: no time at its head, up to ten words."""
    words = HEAD.sub("", line.strip()).split()
    text = " ".join(words[:10]).strip(" .,:;'\"")
    plain = len(re.findall(r"[A-Za-z]{3,}", text)) >= 4 and len(text) < 110
    return text if plain and not re.search(r"[`\"<>{}|*\\…]|\.\.\.|^\W", text) and text.isascii() else ""


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


class Planter:
    """Makes claims of one log, true and false ones; gives None where the log has nothing for a kind."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def say(self, *ways: str, **values: object) -> str:
        return self.rng.choice(ways).format(**values)

    def message(self, log: Log, true: bool) -> str | None:
        text = self.rng.choice(log.messages)
        if not true:
            words = text.split()
            at = self.rng.choice([n for n, word in enumerate(words) if re.fullmatch(r"[A-Za-z]{3,}", word)] or [0])
            words[at] = self.rng.choice(OTHER_WORDS)
            text = " ".join(words)
            if log.has(text):
                return None
        return self.say(
            'The log shows "{t}".',
            "We saw `{t}` in the log.",
            'Logged error: "{t}"',
            "The line `{t}` was logged.",
            t=text,
        )

    def count(self, log: Log, true: bool) -> str | None:
        text = self.rng.choice(log.messages)
        number = len(log.with_(text))
        if not number:
            return None
        if not true:
            number = self.rng.choice([number + self.rng.randint(1, 9), number * 3 + 1, number + 40])
        if number < 2:
            return self.say("`{t}` appears exactly once.", 'The message "{t}" was logged only once.', t=text)
        return self.say(
            '"{t}" appears {n} times.',
            "There are {n} occurrences of `{t}`.",
            "The message `{t}` was logged {n} times.",
            t=text,
            n=number,
        )

    def value(self, log: Log, true: bool, regex: re.Pattern[str], change: object, *ways: str) -> str | None:
        found = log.found(regex)
        if not found:
            return None
        value = self.rng.choice(found)
        if not true:
            value = change(value)  # type: ignore[operator]
        whole = ":".join(filter(None, value)) if regex is ENDPOINT else next(filter(None, value[-1:] + value))
        if true != log.has(whole):
            return None
        return self.say(*ways, v=whole, p=value[0])

    def host(self, log: Log, true: bool) -> str | None:
        def change(value: tuple[str, ...]) -> tuple[str, ...]:
            return (re.sub(r"\d+$", str(self.rng.randint(2, 254)), value[0]),)

        return self.value(
            log,
            true,
            IP,
            change,
            "The requests came from {v}.",
            "The host {v} was affected.",
            "Connections to {v} failed.",
        )

    def port(self, log: Log, true: bool) -> str | None:
        def change(value: tuple[str, ...]) -> tuple[str, ...]:
            return value[0], str(self.rng.randint(1025, 64000))

        return self.value(log, true, ENDPOINT, change, "The endpoint {v} was involved.", "The client connected to {v}.")

    def path(self, log: Log, true: bool) -> str | None:
        def change(value: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(part and part[:-2] + self.rng.choice(["_old", "x7", "-bak"]) for part in value)

        return self.value(log, true, PATH, change, "The file {v} was involved.", "The process used `{v}`.")

    def version(self, log: Log, true: bool) -> str | None:
        found = log.found(VERSION)
        if not found:
            return None
        product, version = self.rng.choice(found)
        if not true:
            version = re.sub(r"\d+$", lambda m: str(int(m[0]) + self.rng.randint(1, 8)), version)
        if true != log.has(version):
            return None
        return self.say("The server ran {p} version {v}.", "It was running {p} {v}.", p=product, v=version)

    def code(self, log: Log, true: bool) -> str | None:
        found = log.found(CODE)
        if not found:
            return None
        number, name = self.rng.choice(found)
        code = number or name
        if not true:
            code = (
                number[:-2] + f"{self.rng.randint(16, 255):02X}"
                if number
                else self.rng.choice(("Ledger", "Quorum", "Mailbox")) + name
            )
        if true != log.has(code):
            return None
        return self.say("It failed with {c}.", "The error code was {c}.", "The log has `{c}`.", c=code)

    def time(self, log: Log, true: bool) -> str | None:
        text = self.rng.choice(log.messages)
        spots = log.with_(text)
        times = [log.time(number) for number in spots]
        if not times or None in times or max(times) - min(times) > 80_000 or times != sorted(times):  # type: ignore[operator, type-var]
            return None
        edge = self.rng.choice(("first", "last"))
        second = times[0] if edge == "first" else times[-1]
        assert second is not None
        if not true:
            second = (second + self.rng.choice((-1, 1)) * self.rng.randint(300, 20_000)) % 86_400
        if edge == "first":
            return self.say(
                "`{t}` first appeared at {c}.", 'At {c} the first "{t}" was logged.', t=text, c=clock(second)
            )
        return self.say("`{t}` was last seen at {c}.", 'The last "{t}" was logged at {c}.', t=text, c=clock(second))

    def order(self, log: Log, true: bool) -> str | None:
        one, two = self.rng.sample(log.messages, 2)
        first, second = log.with_(one), log.with_(two)
        if (
            not first
            or not second
            or first[-1] >= second[0]
            or one.lower() in two.lower()
            or two.lower() in one.lower()
        ):
            return None
        if not true:
            one, two = two, one
        return self.say(
            "`{a}` came before `{b}`.", "`{a}` was followed by `{b}`.", '"{b}" was logged after "{a}".', a=one, b=two
        )

    def absence(self, log: Log, true: bool) -> str | None:
        if true:
            words = self.rng.choice(log.messages).split()
            words[self.rng.randrange(len(words))] = self.rng.choice(OTHER_WORDS)
            text = " ".join(words)
            if log.has(text):
                return None
        else:
            text = self.rng.choice(log.messages)
            if not log.with_(text):
                return None
        return self.say(
            'There is no "{t}" in the logs.', "`{t}` was never logged.", "The log does not contain `{t}`.", t=text
        )

    def place(self, log: Log, true: bool) -> str | None:
        text = self.rng.choice(log.messages)
        spots = log.with_(text)
        if not spots:
            return None
        line = spots[0]
        if not true:
            line += self.rng.randint(30, 900)
            if any(abs(spot - line) < 4 for spot in spots):
                return None
        return self.say("`{t}` ({f}:{n})", "`{t}` stands on line {n} of {f}.", t=text, f=log.path.name, n=line)


KINDS = "message message count host port path version code time time order absence place".split()


def logs(shared: Path) -> list[Log]:
    paths = [
        p for p in sorted((ROOT / "articles").rglob("samples/**/*")) if p.is_file() and p.suffix in (".txt", ".log")
    ]
    paths += sorted((shared / "data" / "loghub").glob("*.log")) + sorted(
        (shared / "data" / "exchange-setup").glob("*.log")
    )
    made = [Log(path) for path in paths if path.stat().st_size < 2 << 20]
    return [log for log in made if len(log.lines) >= 10 and len(log.messages) >= 4]


def planted(rng: random.Random, all_logs: list[Log], each: int) -> dict[Path, list[tuple[bool, str, str]]]:
    """Claims by log: (true, kind, sentence); half of them of the logs beside the project where there are any."""
    planter, made = Planter(rng), defaultdict(list)
    own = [log for log in all_logs if ROOT in log.path.parents]
    others = [log for log in all_logs if log not in own] or own
    counts: Counter[bool] = Counter()
    while min(counts[True], counts[False]) < each:
        true = counts[True] < each if counts[False] >= each else counts[False] >= each or rng.random() < 0.5
        log = rng.choice(rng.choice((own, others)))
        kind = rng.choice(KINDS)
        sentence = getattr(planter, kind)(log, true)
        if sentence and counts[true] < each:
            made[log.path].append((true, kind, sentence))
            counts[true] += 1
    return made


def measured(claims: dict[Path, list[tuple[bool, str, str]]], verbose: bool) -> None:
    outcome: Counter[tuple[str, bool, str]] = Counter()
    with open_base() as base:
        for path, items in claims.items():
            report = "# Findings\n\n" + "\n\n".join(sentence for _, _, sentence in items) + "\n"
            found = audit("report", report, open_inputs([str(path)]), base, Options())
            for number, (true, kind, sentence) in enumerate(items):
                there = [claim for claim in found.claims if claim.line == 3 + 2 * number]
                verdicts, why = [claim.verdict for claim in there], [(c.kind, c.verdict, c.why) for c in there]
                called = "wrong" if set(verdicts) & set(FAULTY) else "right" if verdicts else "no claim"
                if called == "right" and set(verdicts) <= {"not checkable"}:
                    called = "open"
                outcome[kind, true, called] += 1
                if verbose and ((called == "wrong") == true or called in ("open", "no claim")):
                    print(
                        f"{'FALSE ALARM' if true and called == 'wrong' else 'OPEN' if true else 'MISSED'} {kind} {path.name}: {sentence}  -> {why}"
                    )
    told(outcome)


def told(outcome: Counter[tuple[str, bool, str]]) -> None:
    hit = sum(n for (_, true, called), n in outcome.items() if not true and called == "wrong")
    alarm = sum(n for (_, true, called), n in outcome.items() if true and called == "wrong")
    false = sum(n for (_, true, _), n in outcome.items() if not true)
    true_ = sum(n for (_, true, _), n in outcome.items() if true)
    right = sum(n for (_, true, called), n in outcome.items() if true and called == "right")
    for kind in sorted({kind for kind, _, _ in outcome}):
        row = {(t, c): outcome[kind, t, c] for t in (True, False) for c in ("right", "wrong", "open", "no claim")}
        print(
            f"{kind:9} true: {row[True, 'right']:3} right {row[True, 'wrong']:3} wrong {row[True, 'open'] + row[True, 'no claim']:3} open"
            f"   false: {row[False, 'wrong']:3} wrong {row[False, 'right']:3} right {row[False, 'open'] + row[False, 'no claim']:3} open"
        )
    print(
        f"{false} false, {true_} true: precision {hit / max(1, hit + alarm):.3f}, recall {hit / max(1, false):.3f};"
        f" of the true ones {right / max(1, true_):.3f} supported"
    )


def by_hand(shared: Path, verbose: bool) -> None:
    """Reports written by hand: `<!-- logs: NAME ... -->` on top, `<!-- T -->` or `<!-- F -->` at the end of a line that claims."""
    outcome: Counter[tuple[str, bool, str]] = Counter()
    with open_base() as base:
        for path in sorted((ROOT / "benchmarks" / "audit_reports").glob("*.md")):
            text = path.read_text("utf-8")
            names = re.search(r"<!-- logs: (.*?) -->", text)
            assert names, path
            files = [str(ROOT / name if (ROOT / name).exists() else shared / name) for name in names[1].split()]
            if not all(Path(file).exists() for file in files):
                continue
            found = audit(path.name, text, open_inputs(files), base, Options())
            for number, line in enumerate(text.split("\n"), 1):
                if not (label := re.search(r"<!-- ([TF]) -->", line)):
                    continue
                true = label[1] == "T"
                there = [claim for claim in found.claims if claim.line == number]
                verdicts, why = [claim.verdict for claim in there], [(c.kind, c.verdict, c.why) for c in there]
                called = (
                    "wrong"
                    if set(verdicts) & set(FAULTY)
                    else "open"
                    if set(verdicts) <= {"not checkable"}
                    else "right"
                )
                outcome[path.stem[:9], true, called] += 1
                if verbose and ((called == "wrong") == true or called == "open"):
                    print(
                        f"{'FALSE ALARM' if true and called == 'wrong' else 'OPEN' if true else 'MISSED'} {path.name}:{number}: {line}  -> {why}"
                    )
    told(outcome)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261129)
    parser.add_argument("--reports", action="store_true")
    parser.add_argument("-v", action="store_true")
    asked = parser.parse_args()
    if asked.reports:
        by_hand(asked.shared, asked.v)
    else:
        measured(planted(random.Random(asked.seed), logs(asked.shared), asked.each), asked.v)


if __name__ == "__main__":
    main()
