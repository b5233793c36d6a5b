"""Each format shows the same things: reasons, codes, what is left open, what was not read; and nothing that controls."""

from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from diagnose.diagnosis import Conflict, Line, Skipped
from diagnose.report import RENDERERS
from diagnose.report.style import Style

ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server.\n"
TRACE = "1207 TL_INFO(TF_COMPONENT) [2]1A40.0F3C::11/21/2026-09:14:31.204.00000a51 (PowerShell,ConfDirManagementClientFactory.Create:f.cs(112))(0000000002026B62)Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001].\n"
KINDS = pytest.mark.parametrize("kind", ["text", "markdown", "html"])
EVIL = "\x1b]52;c;aGk=\x07<script>alert(1)</script>`x`"


class Reader(HTMLParser):
    """Fails on a tag that is closed without having been opened; keeps the tags that there are."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def told(diagnosis, kind, **style):
    report = RENDERERS[kind](diagnosis, Style(**{"depth": "full", **style}), ())
    if kind == "html":
        reader = Reader(report)
        assert reader.open == []
        assert "script" not in reader.tags
    assert not any(ord(sign) < 32 and sign not in "\n\x1b" for sign in report)
    return report


@KINDS
def test_the_reasons_are_shown_where_they_are_asked_for(diagnosed, kind):
    diagnosis = diagnosed(ERROR + TRACE, explain=True)
    reasons = [part.because for part in diagnosis.causes[0].score.parts]
    assert reasons
    plain, explained = told(diagnosis, kind), told(diagnosis, kind, explain=True)
    shown = f"{diagnosis.causes[0].score.value:+.3f}"
    assert shown in explained
    assert shown not in plain
    assert len(explained) > len(plain)


@KINDS
def test_codes_and_lines_that_nothing_explains_are_named(diagnosed, kind):
    diagnosis = diagnosed(ERROR + TRACE + "error: the call failed with 0x800706BA\n")
    assert "0x800706BA" in told(diagnosis, kind)
    line = Line(source="-", line=7, quote=EVIL)
    report = told(replace(diagnosis, unexplained=(line,)), kind)
    assert "paste:7" in report
    assert "\x1b" not in report


@KINDS
def test_an_unknown_case_shows_what_may_be_related_and_no_checks(diagnosed, kind):
    diagnosis = diagnosed(ERROR + TRACE)
    unknown = replace(diagnosis, verdict="unknown", unknown=0.8, next_check=None)
    report = told(unknown, kind)
    assert "no known cause explains this" in report.lower()
    assert "ossibly related" in report
    assert diagnosis.causes[0].title not in report
    far = tuple(replace(article, probability=0.01) for article in diagnosis.articles)
    assert "ossibly related" not in told(replace(unknown, articles=far), kind)
    assert "UNKNOWN" in told(replace(unknown, articles=()), kind)


@KINDS
def test_an_unclear_answer_a_missing_value_and_a_default_are_said(diagnosed, kind):
    diagnosis = diagnosed(ERROR + TRACE)
    lead = diagnosis.causes[0]
    check = replace(
        lead.checks[0],
        unclear=f"the output ends early {EVIL}",
        missing=("port",),
        asks={"port": "the port"},
        assumed={"path": "/"},
    )
    report = told(replace(diagnosis, causes=(replace(lead, checks=(check,)),)), kind)
    assert "\x1b" not in report
    report = " ".join(report.split())
    assert "the output ends early" in report
    assert "the port" in report
    assert "is a default value" in report


def test_text_names_several_values_and_what_was_not_read(diagnosed):
    diagnosis = replace(
        diagnosed(ERROR + TRACE),
        conflicts=(Conflict(parameter="target_fe", values=("fe01", "fe02")),),
        skipped=(Skipped(path=f"core{EVIL}", reason="binary data", bytes_read=0),),
    )
    report = told(diagnosis, "text")
    assert "Several values for target_fe: fe01, fe02; the first is used (--param target_fe=...)" in report
    assert "Not read: core" in report
    assert "\x1b" not in report


def test_text_shows_how_often_and_the_lines_around_and_cuts_long_quotes(diagnosed):
    diagnosis = diagnosed(ERROR + TRACE)
    lead = diagnosis.causes[0]
    seen = replace(
        lead.evidence[0], quote="q" * 300, count=1200, at_least=True, last_line=9000, spread="..:#",
        first_time="09:14:31", last_time="10:02:00", context=("the line before", "the line after"),
    )  # fmt: skip
    report = told(replace(diagnosis, causes=(replace(lead, evidence=(seen,)),)), "text", width=80)
    assert "at least 1,200 lines, 09:14:31 to 10:02:00, last on line 9000  [..:#]" in report
    assert "| the line before" in report
    assert "q" * 60 in report
    assert "q" * 100 not in report


def test_colours_change_nothing_but_the_colours(diagnosed):
    import re

    diagnosis = diagnosed(ERROR + TRACE)
    painted = told(diagnosis, "text", colour=True)
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == told(diagnosis, "text")


@pytest.mark.parametrize(
    ("probability", "shown"), [(0, "0 %"), (0.004, "<1 %"), (0.6, "60 %"), (0.997, ">99 %"), (1, "100 %")]
)
def test_nothing_uncertain_is_called_certain(probability, shown):
    from diagnose.report.words import percent

    assert percent(probability) == shown
