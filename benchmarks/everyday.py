"""What users wait for, each row beside its peer of the same run: CPU seconds of whole processes, medians, and the ratio.

Usage: python benchmarks/everyday.py [RUNS]. Rows: the first run ever, from a checkout and from an installed wheel (left out where
none can be built), the next one, one article edited, `kb --help`, `kb code`, `kb search`, a paste of 1.0 MB, a folder of 1,000 small files, and a log of which a fifth of the lines hits (real rules), against
`python -c "import click"`, for the log against `rg -n -f` with the same literals. Texts and rules are of ../shared where it is
present; rows without their data or tool are left out. Nothing is asserted. POSIX only: it asks the system for the CPU time of
its children.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from cold_start import ERROR
from scan import SHARED, background

ROOT = Path(__file__).resolve().parent.parent
KB = [sys.executable, "-m", "kb"]
LOG_MB = 64


def cpu(command: list[str], text: bytes = b"", where: Path = ROOT) -> float:
    """Seconds of CPU that a command took with all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=text, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=where, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def texts(folder: Path) -> None:
    """A paste of 1.0 MB, 1,000 files of some 4 KB and a log of LOG_MB, of blocks of lines with other digits."""
    chance = random.Random(5)
    lines = [line + b"\n" for line in background()]
    tables = [bytes.maketrans(b"0123456789", bytes(chance.sample(b"0123456789", 10))) for _ in range(50)]

    def block(count: int) -> bytes:
        start = chance.randrange(len(lines) - count)
        return b"".join(lines[start : start + count]).translate(chance.choice(tables))

    (folder / "paste.log").write_bytes(b"".join(block(60) for _ in range(200))[:1_000_000])
    (folder / "many").mkdir()
    for number in range(1000):
        (folder / "many" / f"{number:04}.log").write_bytes(block(20))
    with open(folder / "dense.log", "wb") as log:
        while log.tell() < LOG_MB * 1_000_000:
            log.write(block(chance.randint(40, 400)))


def rules(folder: Path) -> list[str]:
    """The literals of real rules, imported as a base into `folder`."""
    subprocess.run([*KB, "import", "cre", str(SHARED / "cre"), "--to", str(folder)], capture_output=True, check=True)
    import sqlite3

    subprocess.run([*KB, "--kb", str(folder), "index"], capture_output=True, check=True)
    (index,) = Path(os.environ["XDG_CACHE_HOME"]).glob("*/kb-*.sqlite")
    with sqlite3.connect(f"file:{index}?mode=ro", uri=True) as rows:
        return [regex for (regex,) in rows.execute("SELECT regex FROM pattern")]


def installed(folder: Path, text: bytes) -> float | None:
    """Seconds of CPU of a first run of a wheel that was built and installed into `folder`; None where that cannot be done."""
    pip = [sys.executable, "-m", "pip", "--quiet"]
    for step in (
        ["wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)],
        [
            "install",
            "--no-deps",
            "--no-index",
            "--find-links",
            str(folder),
            "--target",
            str(folder / "site"),
            "kb-diagnose",
        ],
    ):
        if subprocess.run([*pip, *step], capture_output=True, check=False).returncode:
            return None
    os.environ["PYTHONPATH"] = str(folder / "site")
    shutil.rmtree(folder / "cache", ignore_errors=True)
    first = cpu([*KB, "diagnose", "--format", "json"], text, folder)
    del os.environ["PYTHONPATH"]
    return first


def main(runs: int) -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "kb"), str(ROOT / "diagnose")], check=False)
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        os.environ["XDG_CACHE_HOME"] = str(work / "cache")
        os.environ["XDG_DATA_HOME"] = str(work / "data")
        texts(work)
        paste = ERROR.encode()
        rows: dict[str, tuple[float, str]] = {}
        peer = statistics.median(cpu([sys.executable, "-c", "import click"]) for _ in range(runs))

        def row(name: str, command: list[str], text: bytes = b"", times: int = runs) -> None:
            rows[name] = statistics.median(cpu(command, text) for _ in range(times)), "import click"

        if (SHARED / "cre").is_dir() and shutil.which("rg"):
            patterns = work / "patterns"
            patterns.write_text("\n".join(rules(work / "rules")) + "\n", encoding="utf-8")
            found = ["rg", "-a", "-n", "-i", "-j1", "-f", str(patterns), str(work / "dense.log")]
            scanned = [*KB, "--kb", str(work / "rules"), "diagnose", "--jobs", "1", "--format", "json"]
            scanned.append(str(work / "dense.log"))
            if subprocess.run(found, capture_output=True, check=False).returncode < 2:  # an old one refuses a pattern
                pairs = [(cpu(found), cpu(scanned)) for _ in range(runs)]
                rg = statistics.median(one for one, _ in pairs)
                rows[f"dense hits, {LOG_MB} MB"] = statistics.median(two for _, two in pairs), f"rg {rg:.2f} s"
            shutil.rmtree(work / "cache")
        if first := installed(work, paste):
            rows["first run ever, installed"] = first, "import click"
            shutil.rmtree(work / "cache")
        base = work / "base"
        shutil.copytree(ROOT / "articles", base)
        diagnose = [*KB, "--kb", str(base), "diagnose", "--format", "json"]
        row("first run ever, checkout", diagnose, paste, 1)
        row("kb diagnose", diagnose, paste)
        article = next(iter(sorted(base.glob("*/*/article.md"))))
        article.write_text(article.read_text(encoding="utf-8").replace("\ntitle: ", "\ntitle: Now "), encoding="utf-8")
        row("one article edited", diagnose, paste, 1)
        row("kb --help", [*KB, "--help"])
        row("kb code 5", [*KB, "--kb", str(base), "code", "5"])
        cpu([*KB, "--kb", str(base), "search", "connection refused"])
        row("kb search", [*KB, "--kb", str(base), "search", "connection refused"])
        row("paste of 1.0 MB", diagnose, (work / "paste.log").read_bytes())
        row("1,000 small files", [*diagnose, str(work / "many")], times=1)
        print(
            f"{len(list(base.glob('*/*/article.md')))} articles, {runs} runs, import click {peer * 1000:.0f} ms of CPU\n"
        )
        print("| what | CPU s | peer | ratio |\n|---|---|---|---|")
        for name, (seconds, beside) in rows.items():
            against = peer if beside == "import click" else float(beside.split()[1])
            print(f"| {name} | {seconds:.2f} | {beside} | {seconds / against:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
