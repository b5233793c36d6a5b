"""Conditions of causes: met, broken, or not to be told."""

import pytest

from diagnose.model import Problem, Product, RootCause
from diagnose.rank.requirements import fits, unmet_of
from diagnose.scan.passages import Passage


def problem(**cause):
    return Problem(
        id="p",
        title="t",
        applies_to=(Product(product="Exchange"), Product(product="Lync Server")),
        causes=(RootCause(id="c", title="c", **cause), RootCause(id="other", title="o")),
    )


def text(*lines):
    return [Passage(source="-", first=1, lines=lines, quotes=lines)]


def broken(cause, lines=(), given=None):
    return "c" in unmet_of(problem(**cause), text(*lines), given or {})


@pytest.mark.parametrize(
    ("value", "wanted", "answer"),
    [
        ("2013", "2013", True),
        ("2013", "2016", False),
        ("15.0.1497", "15.0", True),
        ("15.1.2507", "15.0", False),
        ("2016", "2015 - 2019", True),
        ("2013", "2015 - 2019", False),
        ("1.27.3", ">= 1.27", True),
        ("1.9", ">= 1.27", False),
        ("1.9", "< 1.27", True),
        ("v1.27.3", "<= 1.27", True),
        ("Edge", "edge", True),
        ("Mailbox", "edge", False),
    ],
)
def test_a_value_fits_a_name_a_version_a_range_or_a_bound(value, wanted, answer):
    assert fits(value, wanted) is answer


def test_a_version_in_the_text_breaks_what_needs_another():
    cause = {"requires": {"version": ("2016", "2019")}}
    assert broken(cause, ["Exchange Server 2013 setup failed"])
    assert not broken(cause, ["Exchange Server 2019 setup failed"])
    assert not broken(cause, ["setup failed on port 2013"])


def test_what_cannot_be_told_changes_nothing():
    assert not broken({"requires": {"role": ("edge",)}}, ["some error"])
    assert not broken({"excludes": {"role": ("edge",)}}, ["some error"])
    both = ["Exchange Server 2013 and Exchange Server 2019 coexist"]
    assert not broken({"requires": {"version": ("2019",)}}, [*both, "Exchange Server 2019"])


def test_a_given_value_decides_over_the_text():
    cause = {"requires": {"version": ("2019",)}}
    assert broken(cause, ["Exchange Server 2019"], {"version": "2013"})
    assert not broken(cause, ["Exchange Server 2013"], {"version": "2019"})
    assert broken({"excludes": {"role": ("edge",)}}, given={"role": "Edge"})


def test_the_platform_is_read_off_the_text():
    linux = ["Nov 25 10:00:00 host systemd[1]: unit failed", "see /var/log/syslog"]
    assert broken({"requires": {"platform": ("windows",)}}, linux)
    assert broken({"excludes": {"platform": ("linux",)}}, linux)
    assert not broken({"requires": {"platform": ("linux",)}}, linux)


ARTICLE = """---
id: two-worlds
title: The frobnicator stops
signals: {stops: {contains: The frobnicator stopped unexpectedly today}}
symptoms: [stops]
causes:
  - {id: windows-only, title: A Windows service, likelihood: common, requires: {platform: windows}, evidence: [{signal: stops, supports: weak}]}
  - {id: linux-only, title: A unit, likelihood: common, requires: {platform: linux}, evidence: [{signal: stops, supports: weak}]}
---
# The frobnicator
"""


def test_a_broken_condition_moves_the_odds_and_says_why(base):
    from io import BytesIO

    from diagnose.inputs.sources import open_inputs
    from diagnose.pipeline import diagnose

    store = base(two_worlds=ARTICLE)

    def of(text):
        return diagnose(open_inputs(["-"], BytesIO(text.encode())), store)

    line = "The frobnicator stopped unexpectedly today\n"
    assert {c.probability for c in of(line).causes} == {of(line).causes[0].probability}
    linux = of("Nov 25 10:00:00 host systemd[1]: started\n" + line)
    assert linux.causes[0].id == "two-worlds/linux-only"
    (out,) = linux.ruled_out
    assert out.id == "two-worlds/windows-only"
    assert out.evidence[0].signal == "requires.platform"
    assert out.evidence[0].why == "needs platform windows; it is linux"
    assert out.evidence[0].line == 1


@pytest.mark.parametrize(
    "line",
    [
        "ii  exchange 2:15.2.1-0ubuntu0.20.04.1 amd64",
        "ii  exchange-common 2:15.2.1-0ubuntu1 all",
        "exchange:amd64 1:15.2.1-3",
        "exchange-15.2.1-1.el8.x86_64",
        "exchange==15.2.1",
        "User-Agent: exchange/15.2.1",
        "exchange: 15.2.1",
        "Exchange Server version 15.2.1",
    ],
)
def test_a_version_stands_as_people_and_packages_write_it(line):
    """FIELD.md, kind C11."""
    assert broken({"excludes": {"version": (">= 15.2",)}}, [line])
    assert not broken({"excludes": {"version": (">= 15.3",)}}, [line])
    assert not broken({"requires": {"version": ("15.2",)}}, [line])
