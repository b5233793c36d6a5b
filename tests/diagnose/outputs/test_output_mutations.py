"""Outputs as they arrive: cut, damaged, wrapped, repeated, shuffled. The state is the right one or none."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from output_sample import Sample, wrapped
from samples_first import SAMPLES as FIRST
from samples_second import SAMPLES as SECOND

from diagnose.outputs import OUTPUTS, STATES, claimed_lines, recognise
from diagnose.outputs.parsing.paste import Paste

SAMPLES = (*FIRST, *SECOND)
GENTLE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WEAKER = {"refused": "failed", "timeout": "failed"}  # the same said with less detail
WEAKER |= dict.fromkeys(("expired", "untrusted", "name-mismatch"), "tls-error")


def allowed(sample: Sample) -> set[str]:
    return sample.states | {""} | {WEAKER[state] for state in sample.states & WEAKER.keys()}


def states(text: str) -> set[str]:
    return {output.state for output in recognise(text.split("\n"))}


@GENTLE
@given(st.sampled_from(SAMPLES), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_stretch_of_an_output_has_its_state_or_none(sample: Sample, first: int, last: int) -> None:
    text = sample.text[first % len(sample.text) :]
    text = text[: last % (len(text) + 1)]
    assert states(text) <= allowed(sample)


@GENTLE
@given(st.sampled_from(SAMPLES), st.integers(24, 200), st.integers(0, 8), st.booleans())
def test_any_width_and_indentation_give_its_state_and_subject_or_none(
    sample: Sample, width: int, blanks: int, trimmed: bool
) -> None:
    truth = [(o.state, o.subject.items()) for o in recognise(sample.text.split("\n"))]
    lines = [" " * blanks + line for line in wrapped(sample.text, width).split("\n")]
    for output in recognise([line.rstrip() for line in lines] if trimmed else lines):
        about = output.subject.items()
        assert not output.state or any(
            output.state in (state, WEAKER.get(state)) and about <= subject for state, subject in truth
        ), output


@GENTLE
@given(st.sampled_from(SAMPLES), st.data())
def test_lost_and_doubled_lines_give_its_state_or_none(sample: Sample, data: st.DataObject) -> None:
    lines = sample.text.split("\n")
    kept = data.draw(st.lists(st.integers(0, 2), min_size=len(lines), max_size=len(lines)))
    assert states("\n".join(line for line, times in zip(lines, kept, strict=True) for _ in range(times))) <= allowed(
        sample
    )


@GENTLE
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_characters_give_its_state_or_none(sample: Sample, data: st.DataObject) -> None:
    characters = list(sample.text)
    for at in data.draw(st.lists(st.integers(0, len(characters) - 1), max_size=8)):
        characters[at] = data.draw(st.sampled_from(["", "?", "\ufffd", "~", " ", "\n"]))
    assert states("".join(characters)) <= allowed(sample)


@GENTLE
@given(st.sampled_from(SAMPLES), st.sampled_from(SAMPLES), st.integers(24, 120))
def test_an_output_after_another_keeps_its_state(one: Sample, other: Sample, width: int) -> None:
    text = f"{one.text}\n\n\n{other.text}"
    assert states(text) <= allowed(one) | allowed(other)
    assert states(wrapped(text, width)) <= allowed(one) | allowed(other)


WORDS = st.sampled_from(
    [line for sample in SAMPLES for line in sample.text.split("\n")]
    + ["", " ", "\t", "\r", "\x00", "\x1b[2J", "PS C:\\> "]
)


@GENTLE
@given(st.lists(st.one_of(WORDS, st.text(max_size=40)), max_size=30))
def test_no_text_raises_and_every_output_is_well_formed(lines: list[str]) -> None:
    found = recognise(lines)
    for output in found:
        assert 1 <= output.first <= output.last <= len(lines)
        assert output.state in STATES | {""}
        assert all(output.subject.values())
    assert len(claimed_lines(found)) == sum(output.last - output.first + 1 for output in found)


@GENTLE
@given(st.binary(max_size=300))
def test_bytes_that_are_no_text_raise_nothing(data: bytes) -> None:
    recognise(data.decode("utf-8", "surrogateescape").split("\n"))
    recognise(["nc: " + data.decode("latin-1")])


def seconds(lines: list[str]) -> float:
    start = time.process_time()
    recognise(lines)
    return time.process_time() - start


KEYWORDS = " ".join(line for sample in SAMPLES for line in sample.text.split("\n") if len(line) < 80)
HOSTILE = {
    "no outputs": ["2026-01-12 09:12:01 INFO com.contoso.App - all is well, request 4711 took 12 ms"] * 13_000,
    "rows of netstat": [f"  TCP    10.0.0.5:{1024 + i}  10.0.{i % 250}.1:443  ESTABLISHED  {i}" for i in range(5_000)],
    "cut rows": ["  TCP    10.0.0.5:1024  10.0.0.1:44"] * 25_000,
    "keys": ["TcpTestSucceeded : Maybe", "ComputerName : "] * 20_000,
    "warnings": ["WARNING: TCP connect to (10.0.0.12 : 9001) failed"] * 20_000,
    "commands": ["$ telnet fe02 9001 && nc -vz fe02 9001 && Test-NetConnection fe02 -Port 1"] * 13_000,
    "addresses": ["telnet: connect to address 10.0.0.1: Connection ref"] * 19_000,
    "dashes": ["---- ---- ----"] * 60_000,
    "one line": ["nc: connect to " * 70_000],
    "names": ["Connection to " + "a" * 240] * 4_000,
    "everything": [KEYWORDS] * (1_000_000 // len(KEYWORDS) + 1),
    "every line": [line for sample in SAMPLES for line in sample.text.split("\n")] * 60,
    "short lines": ["nc:"] * 250_000,
    "blanks": [" " * 1_000] * 1_000,
}


DENSE = {"keys", "every line", "short lines"}  # tens of thousands of outputs, or half a million lines


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timed
def test_a_megabyte_of_anything_is_read_in_bounded_time(name: str) -> None:
    lines = HOSTILE[name]
    assert min(seconds(lines), seconds(lines)) < (4 if name in DENSE else 1)


@pytest.mark.timed
def test_time_grows_with_the_text_and_not_faster() -> None:
    lines = HOSTILE["every line"]
    few = min(seconds(lines[: len(lines) // 4]) for _ in range(2))
    assert seconds(lines) < 4 * few * 2 + 0.1


@pytest.mark.parametrize("tool", OUTPUTS)
def test_every_tool_takes_an_empty_paste(tool: str) -> None:
    assert list(OUTPUTS[tool]([])) == []
    assert list(OUTPUTS[tool](["", "  "])) == []


@pytest.mark.parametrize("tool", OUTPUTS)
def test_a_command_with_empty_words_raises_nothing(tool: str) -> None:
    """As `dig ""`, which a longer campaign of benchmarks/campaign.py came upon."""
    called = {
        "openssl-s-client": "openssl s_client",
        "sc-query": "sc query",
        "docker": "docker ps",
        "kubectl": "kubectl get pods",
    }
    for words in ('""', "''", '"" ""', '"" x', 'x "" 80', '-c ""', '@ ""', '-- ""', '"', ":", "/", "-"):
        list(OUTPUTS[tool](Paste([f"$ {called.get(tool, tool)} {words}", "Connection refused"])))
