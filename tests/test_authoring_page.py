"""docs/authoring.md is run: its article of five minutes works, and the draft that it begins with is what kb new makes."""

import re
from datetime import date

import pytest

NAME = "orders-warm-up-failed"
REFUSED = "nc: connect to 10.20.1.7 port 5432 (tcp) failed: Connection refused\n"
NO_ANSWER = "nc: connect to 10.20.1.7 port 5432 (tcp) timed out: Operation now in progress\n"


@pytest.fixture(scope="module")
def section(root):
    page = (root / "docs" / "authoring.md").read_text(encoding="utf-8")
    return page.split("## An article in five minutes\n")[1].split("\n## ")[0]


def block(section, kind):
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    return found


def test_the_article_has_nothing_that_lint_minds(section, base):
    from kb.authoring.linting.lint import lint

    store = base(orders_warm_up_failed=block(section, "markdown"))
    assert store.faults() == ()
    assert lint([store.article(NAME)], date(2026, 11, 25)) == []


@pytest.mark.parametrize(("output", "cause"), [("", "database-down"), (REFUSED, "database-down")])
def test_the_error_of_the_page_leads_to_its_cause(section, base, output, cause):
    from diagnose.pipeline import diagnose, paste

    store = base(orders_warm_up_failed=block(section, "markdown"))
    found = diagnose(paste(block(section, "text") + output), store)
    assert (found.verdict, found.causes[0].id) == ("likely", f"{NAME}/{cause}")
    check = found.causes[0].checks[0]
    assert check.missing == ()
    assert any("10.20.1.7 5432" in command.command for command in check.commands)


def test_what_the_check_prints_decides_between_the_causes(section, base):
    from diagnose.pipeline import diagnose, paste

    store = base(orders_warm_up_failed=block(section, "markdown"))
    text = "10:14:02 FATAL orders: warm-up failed after 3 attempts: dial tcp 10.20.1.7:5432: i/o timeout\n"
    found = diagnose(paste(text + NO_ANSWER), store)
    assert found.causes[0].id == f"{NAME}/port-blocked"


def test_the_draft_holds_what_the_page_says(section):
    from kb.authoring.drafting.draft import draft

    made = draft(NAME, block(section, "text").split("\n"))
    assert made.uses == ("signal:connection-refused", "check:tcp-port")
    assert made.front["status"] == "draft"
    assert len(made.front["causes"]) == 1
