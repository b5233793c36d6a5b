"""Two hundred varied pastes: the right outcome or none, of the right check, and never a wrong one."""

from __future__ import annotations

from collections import Counter

import pytest
from varied import TEMPLATES, Varied, varied

from diagnose.checks.answers import outputs_in
from diagnose.checks.outcomes import CheckReader
from diagnose.checks.patterns import LESS
from diagnose.model import Check, Outcome, Param, Problem
from diagnose.scan.passages import Passage

PASTES = varied(200)
STATES = ("connected", "refused", "timeout", "unreachable", "failed", "name-error", "resolved", "running", "stopped", "start-pending")  # fmt: skip
OUTCOMES = {state: Outcome() for state in STATES}


def problem(paste: Varied) -> Problem:
    """A problem with the check that the paste answers, and others beside it that it does not."""
    port = paste.about.get("port", "9001")
    own = {
        "tcp": Check(title="", probe={"tcp": ("${host}", "${port}")}, outcomes=OUTCOMES),
        "tcp-elsewhere": Check(title="", probe={"tcp": ("${other}", "${port}")}, outcomes=OUTCOMES),
        "tcp-other-port": Check(title="", probe={"tcp": ("${host}", "1" + port[1:] if port[0] != "1" else "2" + port[1:])}, outcomes=OUTCOMES),
        "service": Check(title="", probe={"service": ("${service}",)}, outcomes=OUTCOMES),
        "other-service": Check(title="", probe={"service": ("Elsewhere",)}, outcomes=OUTCOMES),
        "name": Check(title="", parser="nslookup", probe={"dns": ("${host}",)}, outcomes=OUTCOMES),
    }  # fmt: skip
    kinds: dict[str, str] = {"host": "host", "other": "host", "port": "port", "service": "service"}
    return Problem(id="p", title="", params={n: Param(type=t) for n, t in kinds.items()}, checks=own)  # type: ignore[arg-type]


def outcomes(paste: Varied) -> dict[str, str]:
    """The outcome of every check that the paste answers."""
    about = paste.about
    # netstat shows no names: there the port decides, whatever name the check has.
    values = {"host": about.get("host", "fe02.contoso.com"), "other": "elsewhere.example", "port": about.get("port", "9001"), "service": about.get("service", "RTCSRV")}  # fmt: skip
    lines = tuple(paste.text.split("\n"))
    passage = Passage(source="-", first=1, lines=lines, quotes=lines)
    found = CheckReader(problem(paste), values, outputs_in([passage]), [passage]).answers()
    return {name: answer.outcome for name, answer in found.items()}


def wanted(paste: Varied) -> str:
    return {"service": "service"}.get(next(iter(paste.about)), "name" if paste.parser == "nslookup" else "tcp")


def verdict(paste: Varied) -> str:
    """right, less (the same with less detail), unclear, or what is wrong."""
    found = outcomes(paste)
    if wanted(paste) != "name" and found.get("name", "") == (
        "name-error" if paste.state == "name-error" else "resolved"
    ):
        del found["name"]  # a connection by name tells that the name resolves
    outcome = found.pop(wanted(paste), "")
    if paste.about.keys() == {"address", "port"}:
        found.pop("tcp-elsewhere", None)
    strays = {name: state for name, state in found.items() if state}
    if strays:
        return f"wrong: {strays}"
    if outcome in ("", paste.state, LESS.get(paste.state)):
        return {"": "unclear", paste.state: "right"}.get(outcome, "less")
    return f"wrong: {outcome}"


def test_two_hundred_varied_pastes_give_the_right_outcome_or_none(record_property: pytest.FixtureRequest) -> None:
    assert len(PASTES) == 200
    verdicts = [(paste, verdict(paste)) for paste in PASTES]
    figures = Counter(told.partition(":")[0] for _, told in verdicts)
    record_property("varied pastes", dict(figures))  # type: ignore[operator]
    print("200 varied pastes:", dict(figures))
    assert [(told, paste.parser, paste.state, paste.text) for paste, told in verdicts if told.startswith("wrong")] == []
    assert figures["right"] >= 180


def test_every_template_is_read_where_nothing_is_varied() -> None:
    for parser, state, shell, template in TEMPLATES:
        names = {"h": "fe02.contoso.com", "a": "10.0.0.12", "p": "9001", "s": "RTCSRV"}
        prompt = {"ps": "PS C:\\> ", "cmd": "C:\\>", "sh": "$ "}[shell]
        about = {k: names[s] for s, k in {"h": "host", "a": "address", "p": "port", "s": "service"}.items() if "{" + s in template}  # fmt: skip
        assert verdict(Varied(parser, state, about, prompt + template.format(**names))) == "right", (parser, state)
