"""One view, and every rendering of it tells the same facts; a cause stands in one place; a tie offers no fix."""

import html
import re

import pytest
from msgspec.structs import replace

from diagnose.report import RENDERERS
from diagnose.report.style import Style
from diagnose.report.text import MOST_LINES
from diagnose.view.make import view_of
from diagnose.view.quotes import centred
from diagnose.view.view import QuoteView

ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server.\n"
TRACE = "1207 TL_INFO(TF_COMPONENT) [2]1A40.0F3C::11/21/2026-09:14:31.204.00000a51 (PowerShell,ConfDirManagementClientFactory.Create:f.cs(112))(0000000002026B62)Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001].\n"
DISK = "cp: error writing '/var/lib/app/data.bin': No space left on device\n"
KINDS = ["text", "markdown", "html"]


def told(diagnosis, kind, **style):
    text = RENDERERS[kind](diagnosis, Style(**style), ())
    if kind == "html":
        text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return " ".join(re.sub(r"\\([\\`*_{}\[\]()<>#+!|~-])", r"\1", text).replace("\xa0", " ").split())


@pytest.mark.parametrize("kind", KINDS)
def test_all_renderings_tell_the_same_facts(diagnosed, kind):
    view = view_of(diagnosed(ERROR + TRACE))
    (problem,) = view.problems
    step = problem.next
    report = told(diagnosed(ERROR + TRACE), kind)
    facts = [problem.headline, problem.title, "60 %", step.check.facts, step.check.where]
    facts += [step.check.commands[0].text, *(o.then for o in step.outcomes), *(o.looks for o in step.outcomes)]
    facts += [
        problem.causes[1].title,
        "none of these",
        f"kb show {problem.article}",
        problem.lead.evidence[0].matched[-20:],
    ]
    assert len(step.outcomes) >= 2
    assert [fact for fact in facts if fact not in report] == []


@pytest.mark.parametrize("width", [80, 100])
def test_a_problem_has_one_screen_and_its_command_stands_whole_on_a_line(diagnosed, width):
    for text in (ERROR, ERROR + TRACE, DISK):
        diagnosis = diagnosed(text)
        lines = RENDERERS["text"](diagnosis, Style(width=width)).splitlines()
        assert len(lines) <= MOST_LINES
        if diagnosis.next_check:
            assert diagnosis.next_check.shown.commands[0].command in [line.strip() for line in lines]


def test_a_tie_names_no_leader_and_offers_no_fix(diagnosed):
    known = diagnosed(ERROR + TRACE)
    causes = tuple(replace(cause, probability=0.18, verdict="possible") for cause in known.causes[:3])
    tied = replace(known, causes=causes, problems=())
    (problem,) = view_of(tied).problems
    assert problem.headline == "NO CAUSE LEADS YET (three at 18 %)"
    assert not problem.fixable
    report = told(tied, "text")
    assert "IF CONFIRMED" not in report
    assert "FIX" not in report
    assert "RUN THIS NOW" in report


def test_a_missing_value_is_asked_for_before_the_command(diagnosed):
    diagnosis = diagnosed(ERROR)
    assert diagnosis.next_check.shown.missing
    lines = RENDERERS["text"](diagnosis, Style(width=80)).splitlines()
    command = next(n for n, line in enumerate(lines) if line.strip() == diagnosis.next_check.shown.commands[0].command)
    asked = [n for n, line in enumerate(lines) if f"--param {diagnosis.next_check.shown.missing[0]}=..." in line]
    assert asked
    assert asked[0] < command


def test_a_cause_is_never_both_possible_and_ruled_out(diagnosed):
    from diagnose.diagnosis import RuledOut

    known = diagnosed(ERROR + TRACE)
    out = known.causes[1]
    ruled = RuledOut(id=out.id, title=out.title, probability=0.01, evidence=())
    (problem,) = view_of(replace(known, ruled_out=(ruled,), problems=())).problems
    assert out.title not in [cause.title for cause in problem.causes]
    assert [cause.title for cause in problem.ruled_out] == [out.title]


@pytest.mark.parametrize("kind", KINDS)
def test_an_article_that_nobody_reviewed_says_so(diagnosed, kind):
    known = diagnosed(ERROR + TRACE)
    draft = replace(known, causes=tuple(replace(cause, status="test") for cause in known.causes), problems=())
    assert "not yet reviewed" in told(draft, kind)
    assert "not yet reviewed" not in told(known, kind)


def test_a_quote_is_centred_on_what_was_matched():
    quote = QuoteView("p:1", "a" * 100, "the match", "b" * 100)
    cut = centred(quote, 40)
    assert len(cut.text) == 40
    assert cut.matched == "the match"
    assert cut.before.startswith("...")
    assert cut.after.endswith("...")
    assert centred(QuoteView("p:1", "a", "x" * 100 + ":9001", ""), 40).text.endswith(":9001")


def test_unknown_names_the_line_most_like_an_error(diagnosed):
    for line in (
        "ORA-12514: TNS:listener does not currently know of service requested in connect descriptor",
        "The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 6BEFFBC33B4D2FF0",
        "kernel: nf_conntrack: nf_conntrack: table full, dropping packet",
        "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/run/mysqld/mysqld.sock' (2)",
    ):
        diagnosis = diagnosed(f"starting up\nread 12 rows\n{line}\nall done\n")
        named = " ".join(e.quote for cause in diagnosis.causes[:1] for e in cause.evidence)
        named += diagnosis.open_line.quote if diagnosis.open_line else ""
        assert line in named


def test_the_matched_part_of_a_line_travels_to_the_report(diagnosed):
    evidence = diagnosed(ERROR + TRACE).causes[0].evidence[0]
    assert evidence.quote[slice(*evidence.span)].endswith("net.tcp://fe02.fabrikam.example:9001")
