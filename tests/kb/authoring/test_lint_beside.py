"""Proofs, the list of outputs and the second reading: what lint says of the folder of a stable article."""

import re
from datetime import date
from pathlib import Path

import pytest

from kb.authoring import samples
from kb.authoring.linting.beside import made_of
from kb.authoring.linting.lint import lint

CHECK = "{idle: {title: Idle, commands: {powershell: Get-Pump}, outcomes: {'at-rest': {contains: at rest}, busy: {contains: busy}}}}"
STEP = "      - {text: Clean it, verify: idle.at-rest}"


@pytest.fixture
def stable(store_of):
    """A store with the article, stable, and these files beside it; and what lint says but for samples and outputs missing."""

    def make(files):
        store = store_of(steps=STEP, checks=CHECK, status="stable")
        article = store.article("valve-stuck")
        for name, text in files.items():
            path = Path(article.path).parent / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        said = [fault.what for fault in lint([article], date(2026, 11, 25))]
        return store, article, [what for what in said if not re.search(r"samples in|has no sample", what)]

    return make


REVIEW = {"review.md": "date: 2026-11-20\nverdict: signed\n\nall of it\n"}
OUTPUTS = {"outputs/idle/at-rest/a.txt": "at rest\n", "outputs/idle/busy/b.txt": "busy\n"}
LIST = {"outputs/README.md": "| output | made |\n|---|---|\n| idle/at-rest/a.txt, idle/busy | yes: pump 3 |\n"}


def test_with_both_sides_a_list_and_a_reading_there_is_nothing_to_say(stable):
    store, article, said = stable({**REVIEW, **OUTPUTS, **LIST})
    assert said == []
    assert made_of(article) == {"idle/at-rest/a.txt": "yes: pump 3", "idle/busy/b.txt": "yes: pump 3"}
    tested = samples.run(store, [article])
    assert (tested.samples, tested.proofs, tested.failures) == (2, 1, ())


def test_a_proof_needs_an_output_of_after_and_one_of_before(stable):
    _, _, said = stable({**REVIEW, **LIST, "outputs/idle/busy/b.txt": "busy\n"})
    assert said == ["no recorded output of check 'idle' shows 'at-rest', which verify waits for"]


def test_a_proof_that_only_succeeds_cannot_fail(stable):
    _, _, said = stable({**REVIEW, **LIST, "outputs/idle/at-rest/a.txt": "at rest\n"})
    assert said == ["every recorded output of check 'idle' shows 'at-rest': this proof cannot fail"]


def test_kb_test_reads_the_outputs_that_prove(stable):
    store, article, _ = stable({**REVIEW, **LIST, **OUTPUTS, "outputs/idle/busy/b.txt": "at rest, not busy\n"})
    failures = [failure.what for failure in samples.run(store, [article]).failures]
    assert failures[-1] == "verify idle.at-rest: every recorded output shows it, so the proof cannot fail"
    store, article, _ = stable({**REVIEW, **LIST, **OUTPUTS, "outputs/idle/at-rest/a.txt": "asleep\n"})
    failures = [failure.what for failure in samples.run(store, [article]).failures]
    assert failures[-1] == "verify idle.at-rest: no recorded output shows it, so the fix can never be proved"


def test_an_output_that_the_list_leaves_out_is_told(stable):
    _, _, said = stable({**REVIEW, **OUTPUTS, "outputs/README.md": "- `idle/at-rest/a.txt` made: yes\n"})
    assert said == ["outputs/README.md does not say how idle/busy/b.txt was made"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "stable, and no review.md beside it"),
        ("verdict: signed\n", "review.md has no line date:"),
        ("date: yesterday\nverdict: signed\n", "review.md has no line date:"),
        ("date: 2026-11-20\n", "review.md has no line verdict:"),
        ("date: 2026-11-20\nverdict: refused\n", "stable, and the second reader says refused"),
    ],
)
def test_a_stable_article_was_signed(stable, text, what):
    _, _, (said,) = stable({**OUTPUTS, **LIST, **({"review.md": text} if text else {})})
    assert said.startswith(what)


def test_a_reading_before_the_last_change_is_told(stable):
    _, article, _ = stable({**REVIEW, **OUTPUTS, **LIST})
    path = Path(article.path)
    path.write_text(
        path.read_text(encoding="utf-8").replace("status: stable", "status: stable\nmodified: 2026-11-21"),
        encoding="utf-8",
    )
    from kb.articles.parse import parse

    changed, faults = parse(str(path), path.read_bytes())
    assert faults == ()
    said = [fault.what for fault in lint([changed], date(2026, 11, 25))]
    assert "the second reading is of 2026-11-20, the article of 2026-11-21" in said
