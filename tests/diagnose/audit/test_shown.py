"""The audit in each format: whole, in the width, and with nothing of a report or a log that a reader's program obeys."""

import json

import pytest
from msgspec.structs import replace

from diagnose.audit.model import Audit, Checked, Rival, Shown
from diagnose.audit.shown import RENDERERS
from diagnose.diagnosis import InputRead
from diagnose.report.style import Style

EVIL = "<script>alert(1)</script> `x` [a](b) \x1b[31m \u202e **b**"
SHOWN = Shown(source=EVIL, line=7, quote=EVIL * 9)
CLAIMS = tuple(
    Checked(kind="message", line=3, claim=EVIL, about=EVIL, verdict=verdict, why=EVIL, shows=(SHOWN,))
    for verdict in ("contradicted", "absent", "not checkable", "reworded", *["supported"] * 12)
)
RIVAL = Rival(id="a/b", article="a", title=EVIL, probability=0.2, check="c", asks=EVIL, commands=("ping `x`",))
AUDIT = Audit(
    report=EVIL,
    inputs=(InputRead(name=EVIL, bytes=1, lines=1),),
    skipped=(),
    complete=False,
    claims=CLAIMS,
    counts={"contradicted": 1, "absent": 1, "not checkable": 1, "reworded": 1, "supported": 12},
    rivals=(RIVAL, replace(RIVAL, id="a/c")),
)


@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_nothing_from_outside_is_obeyed(name):
    text = RENDERERS[name](AUDIT, Style(width=80))
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "html":
        assert "<script" not in text
        assert "&lt;script&gt;" in text
    if name == "markdown":
        assert "\n- [a](b)" not in text
        assert "\\<script\\>" in text


def test_text_keeps_the_width_and_folds_what_needs_nobody():
    short = RENDERERS["text"](AUDIT, Style(width=80))
    assert max(map(len, short.split("\n"))) <= 80
    assert "1 contradicted and 1 absent of 16 claims".upper() in short
    assert "and 4 more: -v shows all" in short
    assert short.count("ping `x`") == 1, "the check of both rivals is told once"
    assert "more: -v" not in RENDERERS["text"](AUDIT, Style(width=80, depth="full"))


def test_json_is_the_value():
    made = json.loads(RENDERERS["json"](AUDIT, Style()))
    assert made["schema"] == "kb.audit/1"
    assert len(made["claims"]) == 16
    assert made["claims"][0]["shows"][0]["line"] == 7
