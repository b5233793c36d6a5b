"""The patterns of outcomes: which problems a text may answer, said without compiling one."""

import random

import pytest

from diagnose.checks.patterns import first_outcome, may_show, needs_of
from diagnose.model import Check, Outcome, Problem

OUTCOMES = {
    "open": Outcome(contains=("Port  IS open",), regex=(r"^Listen(?:ing|s) on\s+\[::\]:(\d+)",)),
    "closed": Outcome(regex=(r"(?:refused|reset) by \S{1,60}",), case=True),
    "odd": Outcome(regex=(r"Über\w+",)),
}
PROBLEM = Problem(id="p", title="P", checks={"c": Check(title="t", outcomes=OUTCOMES)})


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("port is\nopen now", True),
        ("LISTENING ON [::]:443", True),
        ("listens on every port", False),
        ("reset by peer", True),
        ("reset of peer", False),
    ],
)
def test_a_text_may_show_what_it_holds_the_words_of(text, may):
    needs = list(
        needs_of(Problem(id="p", title="P", checks={"c": Check(title="t", outcomes=dict([*OUTCOMES.items()][:2]))}))
    )
    assert may_show(needs, (text.lower(), " ".join(text.lower().split()))) == may


def test_without_a_text_that_can_be_told_in_any_case_a_pattern_decides():
    assert may_show(needs_of(PROBLEM), ("whatever",))


def test_every_recorded_output_may_show_what_it_shows(shipped, root):
    """And is of one of the problems that the base names for it."""
    outputs = sorted((root / "articles").glob("*/*/outputs/*/*/*.txt"))
    found = 0
    for path in random.Random(7).sample(outputs, 60):
        text = path.read_text(encoding="utf-8")[:20_000]
        name = path.parents[3].name
        checks = shipped.problems([name])[name].checks
        if any(first_outcome(check, text) for check in checks.values()):
            found += 1
            assert name in shipped.showing(text), path
    assert found > 30
