"""Which questions are planned, how fast they are asked, and what an answer says of a check."""

import time

import pytest

from diagnose.checks.answers import Answered
from diagnose.checks.outcomes import CheckReader
from diagnose.model import Check, Outcome, Param, Problem
from diagnose.probes import ProbeLimits
from diagnose.probes.plan import Planned, merged, plan_probes
from diagnose.probes.run import run_all

PROBLEM = Problem(
    id="p",
    title="P",
    params={"host": Param(type="host", ask="Which host?"), "port": Param(type="port")},
    checks={
        "a": Check(title="Does ${host} answer?", probe={"tcp": ("${host}", "${port}")}, outcomes={"failed": Outcome()}),
        "b": Check(title="Again", probe={"tcp": ("${host}", "${port}")}),
        "c": Check(title="A name", probe={"dns": ("${host}",)}),
        "d": Check(title="Unknown", probe={"ftp": ("${host}",)}),
        "e": Check(title="Changes something", probe={"tcp": ("${host}", "1")}, read_only=False),
    },
)


def test_the_same_question_is_planned_once_for_all_checks_that_ask_it():
    plan = plan_probes(PROBLEM, {"host": "fe02", "port": "80"})
    assert [(p.kind, p.arguments, p.checks) for p in plan.planned] == [
        ("tcp", ("fe02", "80"), ("p/a", "p/b")),
        ("dns", ("fe02",), ("p/c",)),
    ]
    assert plan.planned[0].title == "Does fe02 answer?"
    assert [(n.check, n.kind) for n in plan.not_runnable] == [("p/d", "ftp")]
    assert merged([plan, plan]) == plan


def test_a_check_without_its_values_is_named_with_what_is_missing():
    plan = plan_probes(PROBLEM, {"port": "80"}, ["a"])
    assert plan.planned == ()
    assert plan.not_runnable[0].missing == ("host",)
    assert "Which host?" in plan.not_runnable[0].why


@pytest.mark.parametrize("host", ["-x", "a;b", "$(x)", "127.1"])
def test_a_value_that_is_no_host_is_not_planned(host):
    assert plan_probes(PROBLEM, {"host": host, "port": "80"}, ["a"]).planned == ()


def test_no_more_than_sixteen_hosts_are_asked_and_the_others_are_told():
    planned = [Planned("tcp", (f"127.0.0.{n}", "1"), ("p/a",), "") for n in range(1, 21)]
    results = list(run_all(planned, ProbeLimits(per_second=1000, named=frozenset(p.host for p in planned))))
    assert [r.outcome for r in results[:16]] == ["refused"] * 16
    assert {r.detail for r in results[16:]} == {"not asked: more than 16 hosts"}


def test_probes_start_no_faster_than_the_limit():
    planned = [Planned("tcp", ("127.0.0.1", "1"), ("p/a",), "")] * 4
    start = time.monotonic()
    list(run_all(planned, ProbeLimits(per_second=20, named=frozenset({"127.0.0.1"}))))
    assert time.monotonic() - start >= 3 / 20


@pytest.mark.parametrize(("state", "outcome"), [("refused", "failed"), ("timeout", "failed"), ("connected", ""), ("", "")])  # fmt: skip
def test_a_state_is_the_outcome_of_its_name_or_one_with_less_detail(state, outcome):
    told = CheckReader(PROBLEM, {}, []).given([Answered("p", "a", state, "quote", why="why")])["a"]
    assert told.outcome == outcome
    assert bool(told.why) != bool(outcome)


def test_an_answer_for_another_problem_or_check_changes_nothing():
    assert (
        CheckReader(PROBLEM, {}, []).given([Answered("q", "a", "failed", ""), Answered("p", "z", "failed", "")]) == {}
    )


def test_a_clear_outcome_survives_an_unclear_answer():
    told = CheckReader(PROBLEM, {}, []).given(
        [Answered("p", "a", "refused", "one"), Answered("p", "a", "", "two", why="late")]
    )
    assert (told["a"].outcome, told["a"].quote) == ("failed", "one")
