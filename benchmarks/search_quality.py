"""How often `kb search` brings the right article up first, and among the first three: labelled cases over a real base.

Usage: python benchmarks/search_quality.py [--cases FILE] [--articles FOLDER]
Imports the Markdown articles of FOLDER (default ../shared/data/ms-articles) and searches for the text of each case of
FILE (default ../shared/eval/ms/cases.jsonl) whose kind is `real` or `symptom`, and for each article's own title. Prints
a line a kind: cases, share found first (hit@1), share among the first three (hit@3). Asserts nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kb.evaluate.cases import read_cases
from kb.importers.markdown import read
from kb.importers.write import write
from kb.search.index import open_index
from kb.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.search.index import Index
    from kb.store.store import Store

    Question = tuple[str, tuple[str, ...]]  # a query, and the ids that answer it

SHARED = ROOT.parent / "shared"
KINDS = ("real", "symptom")


def questions(cases: Path, store: Store) -> Iterator[tuple[str, list[Question]]]:
    labelled = read_cases(str(cases))
    for kind in KINDS:
        yield kind, [(c.text, tuple(name.lower() for name in c.expect)) for c in labelled if c.kind == kind]
    yield "title", [(row.title, (row.id,)) for row in store.listing()]


def ranks(index: Index, asked: Iterable[Question]) -> list[int]:
    """For each question the place of the first right answer among the first three; 0 where there is none."""
    found = ([hit.id for hit in index.search(query, 3).hits] for query, _ in asked)
    return [
        next((place for place, name in enumerate(ids, 1) if name in right), 0)
        for ids, (_, right) in zip(found, asked, strict=True)
    ]


def main(cases: Path, articles: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(read(articles), Path(folder), "markdown")
        with (
            open_store([Path(folder)], None) as store,
            open_index(store.digests, store.documents, None) as index,
        ):
            print(f"{store.size} articles\n\nkind       cases   hit@1   hit@3")
            for kind, asked in questions(cases, store):
                places = ranks(index, asked)
                first, among = (sum(0 < place <= most for place in places) / max(len(places), 1) for most in (1, 3))
                print(f"{kind:<9}{len(places):7}{first:8.1%}{among:8.1%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=Path, default=SHARED / "eval" / "ms" / "cases.jsonl")
    parser.add_argument("--articles", type=Path, default=SHARED / "data" / "ms-articles")
    given = parser.parse_args()
    missing = [str(path) for path in (given.cases, given.articles) if not path.exists()]
    if missing:
        sys.exit(f"not there: {', '.join(missing)}; name others with --cases and --articles")
    main(given.cases, given.articles)
