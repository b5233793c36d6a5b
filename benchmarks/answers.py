"""The guard of a change that means to change no answer: the JSON of `kb diagnose` kept, and compared later.

    python benchmarks/answers.py keep FILE        before the change
    python benchmarks/answers.py compare FILE     after it: every answer that differs, and in which fields; status 1 if any

Asks about every sample beside the shipped articles and the examples, and, where the folder ../shared is there, about its
labelled cases with the bases that they belong to. Uses nothing of kb but its command line, so that it runs on any layout.
`--every N` takes every Nth question, `--jobs N` that many processes, `--only WORD` the sets whose name holds WORD.
"""

import argparse
import contextlib
import gzip
import io
import json
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
VOLATILE = ("kb", "version", "elapsed", "created")  # what a run may say of itself


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["keep", "compare"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="")
    parser.add_argument("--most", type=int, default=40, help="differences to list")
    asked = parser.parse_args()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as work:
        questions = sorted(questions_of(Path(work), asked.only), key=lambda q: q[0])[:: asked.every]
        for base in sorted({arguments[1] for _, arguments in questions}):
            run(["--kb", base, "index"])  # so that no process meets a half-built index
        with ProcessPoolExecutor(asked.jobs) as pool:
            answers = dict(pool.map(answer, questions, chunksize=20))
    if asked.what == "keep":
        with gzip.open(asked.file, "wt", encoding="utf-8") as kept:
            json.dump(answers, kept)
        print(f"{len(answers)} answers kept")
        return 0
    with gzip.open(asked.file, "rt", encoding="utf-8") as kept:
        return compare(json.load(kept), answers, asked.most)


def questions_of(work: Path, only: str) -> list[tuple[str, list[str]]]:
    """(name, arguments of `kb`) of everything that is asked."""
    found: list[tuple[str, list[str]]] = []
    sets = {
        "samples": own,
        "ms": ms,
        "cre": cre,
        "hotsos": hotsos,
        "kubeprom": kubeprom,
        "gettext": gettext,
        "foreign": foreign,
    }
    for name, questions in sets.items():
        if only in name and (name == "samples" or SHARED.is_dir()):
            found += [(f"{name}/{key}", arguments) for key, arguments in questions(work)]
    return found


def own(work: Path):
    for path in sorted([*ROOT.glob("articles/*/*/samples/**/*.txt"), *ROOT.glob("articles/*/*/outputs/**/*.txt")]):
        shown = path.relative_to(ROOT).as_posix()
        yield shown, ["--kb", "articles", "diagnose", shown]
    for path in sorted(ROOT.glob("examples/*.txt")):
        yield f"examples/{path.name}", ["--kb", "articles", "diagnose", f"examples/{path.name}"]
    yield (
        "examples/both",
        ["--kb", "articles", "diagnose", "examples/pool-failover.txt", "examples/test-netconnection.txt"],
    )


def labelled(name: str, base: str | Path):
    for line in (SHARED / "eval" / name / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        yield case["id"], ["--kb", str(base), "diagnose", "--text", case["text"]]


def ms(work: Path):
    return labelled("ms", SHARED / "data" / "ms-articles")


def foreign(work: Path):
    return labelled("foreign", "articles")


def kubeprom(work: Path):
    return labelled("kubeprom", SHARED / "eval" / "kubeprom" / "markdown")


def hotsos(work: Path):
    return labelled("hotsos", SHARED / "eval" / "hotsos" / "articles")


def cre(work: Path):
    run(["import", "cre", str(SHARED / "data" / "cre"), "--to", str(work / "cre")])
    return labelled("cre", work / "cre")


def gettext(work: Path):
    folder = work / "gettext"
    folder.mkdir()
    for line in (SHARED / "eval" / "gettext" / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        (folder / f"{article['id']}.md").write_text(article["text"], encoding="utf-8")
    return labelled("gettext", folder)


def answer(question: tuple[str, list[str]]) -> tuple[str, object]:
    name, arguments = question
    status, out, told = run([*arguments, "--format", "json"])
    try:
        said = {key: value for key, value in json.loads(out).items() if key not in VOLATILE}
    except json.JSONDecodeError:
        said = {"printed": out[:2000], "told": told[:2000]}
    return name, {"status": status, **said}


def run(arguments: list[str]) -> tuple[int, str, str]:
    from kb.cli import run as kb

    out, told = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
        status = kb(arguments)
    out.flush()
    return status, out.buffer.getvalue().decode("utf-8"), told.getvalue()


def compare(before: dict, after: dict, most: int) -> int:
    both = [name for name in after if name in before]
    differ = {name: fields(before[name], after[name]) for name in both if before[name] != after[name]}
    for name, what in list(differ.items())[:most]:
        print(f"{name}: {', '.join(what)}; {short(before[name])} -> {short(after[name])}")
    if len(differ) > most:
        print(f"... and {len(differ) - most} more")
    print(f"{len(both)} compared, {len(differ)} differ; {len(before) - len(both)} gone, {len(after) - len(both)} new")
    return 1 if differ else 0


def fields(one: dict, other: dict) -> list[str]:
    return [key for key in sorted({*one, *other}) if one.get(key) != other.get(key)]


def short(said: dict) -> str:
    causes = said.get("causes") or [{}]
    return f"{said.get('verdict', '?')} {causes[0].get('id', '-')} {causes[0].get('probability', '')}"


if __name__ == "__main__":
    sys.exit(main())
