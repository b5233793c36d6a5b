"""`kb lint --health`: one row an article, and the sums."""

from datetime import date
from pathlib import Path

from kb.authoring.linting.health import health, table

TWINS = """      - {text: Clean it}
  - id: sand
    title: Sand
    evidence: [{signal: stuck, supports: weak}]
    remediation: [{text: Rinse it}]"""
CHECK = "{idle: {title: Idle, commands: {powershell: Get-Pump}, outcomes: {at-rest: {contains: at rest}}}}"


def test_a_row_tells_what_is_weak(store_of):
    store = store_of(steps=TWINS, checks=CHECK)
    (row,) = health(store, [store.article("valve-stuck")], date(2026, 11, 25))
    assert (row.status, row.reading, row.age, row.alike, row.checks, row.unrecorded) == ("test", "", None, 2, 1, 1)


def test_what_lies_beside_the_article_counts(store_of):
    store = store_of(checks=CHECK)
    article = store.article("valve-stuck")
    folder = Path(article.path).parent
    (folder / "outputs" / "idle" / "at-rest").mkdir(parents=True)
    (folder / "outputs" / "idle" / "at-rest" / "a.txt").write_text("at rest\n", encoding="utf-8")
    (folder / "review.md").write_text("date: 2026-11-20\nverdict: signed\n", encoding="utf-8")
    (row,) = health(store, [article], date(2026, 11, 25))
    assert (row.reading, row.age, row.outputs, row.unrecorded, row.rebuilt) == ("signed", 5, 1, 0, 1)
    (folder / "outputs" / "README.md").write_text("| idle | yes: pump 3 |\n", encoding="utf-8")
    (row,) = health(store, [article], date(2026, 11, 25))
    assert row.rebuilt == 0
    head, line, sums = table([row])
    assert head.split()[:4] == ["article", "status", "reading", "age"]
    assert line.split()[:4] == ["valve-stuck", "test", "signed", "5"]
    assert sums.startswith("1 articles")
