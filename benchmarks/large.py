"""A base of 8,300 articles: what indexing, an edit, the first call after it, a search and a lint take.

Usage: python benchmarks/large.py [RUNS] [--whoosh]. The articles are the texts of ../shared/data/ms-corpus.jsonl.xz. CPU seconds of whole
processes, medians, beside `python -c "import click"` of the same run; memory is the peak. Then 200 articles are searched for in
process, by their title, words of it, a sentence of theirs and six words of theirs: how many are among the first ten, and the time.
`--whoosh` asks the other engine too, whose index takes a minute more. Nothing is asserted. POSIX only.
"""

from __future__ import annotations

import json
import lzma
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parent.parent)]
from everyday import KB, ROOT, cpu
from scan import SHARED

from kb.search import sqlite_engine, whoosh_engine
from kb.search.index import open_index
from kb.store.open import open_store

if TYPE_CHECKING:
    from kb.search.engine import Engine, SearchDoc
    from kb.store.store import Store

CORPUS = SHARED / "ms-corpus.jsonl.xz"
PASTE = b"The mailbox database could not be mounted: error 0x80004005, the database is in a dirty shutdown state\n" * 3
ASKED = 200


def base_of(corpus: Path, folder: Path) -> None:
    """The texts of `corpus` as plain Markdown articles in `folder`."""
    folder.mkdir()
    with lzma.open(corpus, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            article = json.loads(line)
            name = re.sub(r"[^a-z0-9]+", "-", article["id"].lower()).strip("-")[:80].strip("-")
            text = article["text"]
            titled = text if text.lstrip().startswith("#") else f"# {article['title']}\n\n{text}"
            (folder / f"{name}-{number}.md").write_text(titled, encoding="utf-8")


def indexed(base: Path) -> tuple[float, int]:
    """CPU seconds of `kb index`, and its peak memory in MB."""
    process = subprocess.Popen(
        [*KB, "--kb", str(base), "index"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, used = os.wait4(process.pid, 0)
    most = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) // 1_000_000
    return used.ru_utime + used.ru_stime, most


def questions(docs: list[SearchDoc], chance: random.Random) -> list[tuple[str, str]]:
    """(query, id) for each article."""
    asked = []
    for number, doc in enumerate(docs):
        title = doc.title.split()
        sentences = [line.strip() for line in doc.body.splitlines() if 40 < len(line.strip()) < 300] or [doc.title]
        words = [word for word in doc.body.split() if word.isalnum() and len(word) > 4] or title
        ways = (
            doc.title,
            " ".join(chance.sample(title, max(1, len(title) * 2 // 3))),
            chance.choice(sentences),
            " ".join(chance.sample(words, min(6, len(words)))),
        )
        asked.append((ways[number % 4], doc.id))
    return asked


def searched(store: Store, engine: Engine, folder: Path | None) -> str:
    """How well and how quickly known articles are found."""
    chance = random.Random(7)
    asked = questions([*store.documents(chance.sample(store.ids(), min(ASKED, store.size)))], chance)
    took, found, first = [], 0, 0
    with open_index(store.digests, store.documents, folder, engine) as index:
        for query, wanted in asked:
            start = time.process_time()
            ids = [hit.id for hit in index.search(query, 10).hits]
            took.append((time.process_time() - start) * 1000)
            found += wanted in ids
            first += ids[:1] == [wanted]
    took.sort()
    middle, late = took[len(took) // 2], took[int(len(took) * 0.99) - 1]
    return f"{found} of {len(asked)} among the first ten, {first} first; p50 {middle:.0f} ms, p99 {late:.0f} ms"


def main(runs: int, whoosh: bool) -> None:
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        os.environ["XDG_CACHE_HOME"] = str(work / "cache")
        base = work / "base"
        base_of(CORPUS, base)
        click = statistics.median(cpu([sys.executable, "-c", "import click"]) for _ in range(runs))
        kb = [*KB, "--kb", str(base)]
        seconds, megabytes = indexed(base)
        rows = {f"`kb index`, {megabytes} MB": seconds}
        diagnose, search = [*kb, "diagnose", "--format", "json"], [*kb, "search", "mailbox database dirty shutdown"]
        rows["`kb diagnose`, cold"] = statistics.median(cpu(diagnose, PASTE) for _ in range(runs))
        rows["`kb search`, cold"] = statistics.median(cpu(search) for _ in range(runs))
        rows["`kb lint`"] = cpu([*kb, "lint"])
        article = min(base.iterdir())
        article.write_text(article.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
        rows["one article edited, `kb diagnose`"] = cpu(diagnose, PASTE)
        rows["then `kb search`"] = cpu(search)
        print(f"{len(list(base.iterdir()))} articles, import click {click * 1000:.0f} ms of CPU\n")
        print("| what | CPU s | of import click |\n|---|---|---|")
        for name, taken in rows.items():
            print(f"| {name} | {taken:.2f} | {taken / click:.1f} |")
        cache = next((work / "cache").glob("*"))
        with open_store([base], cache) as store:
            print("\nsqlite:", searched(store, sqlite_engine, store.search_dir))
            if whoosh:
                print("whoosh:", searched(store, whoosh_engine, work / "whoosh"))


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--whoosh"]
    if not CORPUS.is_file():
        sys.exit(f"not there: {CORPUS}")
    main(int(given[0]) if given else 7, "--whoosh" in sys.argv)
