"""Wrapped, cut and framed text reads as it was before."""

import textwrap

import pytest

from diagnose.text.unwrap import joined, squeeze, squeezed

TRACE = (
    "15225 TL_INFO(TF_COMPONENT) [5]2154.11A8::05/21/2015-21:07:46.988.00003bc3 (PowerShell,Factory.Create:factory.cs(112))"
    "(0000000002026B62)Creating ConfDirManagement client for address [net.tcp://fe02.contoso.com:9001/x]."
)
MESSAGE = (
    "Unable to connect to the servers in pool pool01 due to a Distributed Component Object Model (DCOM) error. Verify that"
    " Front End service is running on servers in this pool."
)


@pytest.mark.parametrize("width", [24, 33, 40, 57, 79, 80, 100, 120])
def test_a_console_wrap_inside_words_is_joined_tight(width):
    lines = [TRACE[i : i + width] for i in range(0, len(TRACE), width)]
    assert "address [net.tcp://fe02.contoso.com:9001/x]" in joined(lines, tight=True).text.decode()


@pytest.mark.parametrize("width", [30, 48, 64, 80])
def test_a_wrap_at_words_is_joined_with_a_blank(width):
    lines = textwrap.wrap(MESSAGE, width)
    assert MESSAGE in joined(lines, tight=False).text.decode()


@pytest.mark.parametrize("width", [17, 29, 61])
def test_squeezed_text_does_not_know_where_it_was_wrapped(width):
    lines = [MESSAGE[i : i + width].strip() for i in range(0, len(MESSAGE), width)]
    assert squeeze(MESSAGE).encode() in squeezed(lines).text


def test_a_frame_before_the_lines_is_left_out():
    lines = [f"| {line}" for line in textwrap.wrap(MESSAGE, 60)]
    assert MESSAGE in joined(lines, tight=False).text.decode()
    assert squeeze(MESSAGE).encode() in squeezed(lines).text


def test_every_joined_byte_knows_its_line():
    lines = [TRACE[i : i + 50] for i in range(0, len(TRACE), 50)]
    reading = joined(lines, tight=True)
    assert reading.line_at(reading.text.index(b"ConfDirManagement")) == TRACE.index("ConfDirManagement") // 50


def test_records_of_a_log_are_not_joined():
    lines = [f"2026-11-21 10:00:0{i} worker {i} did its work and was content" for i in range(5)]
    assert joined(lines, tight=True).text.decode().splitlines() == lines


def test_an_empty_line_ends_a_message():
    assert b"\n" in squeezed(["Connection", "", "refused"]).text.strip()
