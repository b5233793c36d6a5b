"""Every sample, read as it stands and in every way in which people paste it."""

from __future__ import annotations

import pytest
from output_sample import PASTES, Sample, wrapped
from samples_first import SAMPLES as FIRST
from samples_second import SAMPLES as SECOND

from diagnose.outputs import OUTPUTS, STATES, Output, claimed_lines, recognise

SAMPLES = (*FIRST, *SECOND)
WIDTHS = (40, 50, 60, 80, 120)


def name(value: object) -> str:
    if isinstance(value, Sample):
        return f"{value.parser}: {value.text.strip().splitlines()[0][:40]}"
    return str(value)


def allowed(sample: Sample) -> set[str]:
    """Its states, none, and `failed` where that is the same said with less detail."""
    return sample.states | {""} | ({"failed"} if sample.states & {"refused", "timeout"} else set())


def read(text: str) -> list[Output]:
    return recognise(text.split("\n"))


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_an_output_is_recognised_with_its_state_and_subject(sample: Sample) -> None:
    found = [(output.parser, output.state, output.subject) for output in read(sample.text)]
    assert [(parser, state) for parser, state, _ in found] == [(sample.parser, state) for state, _ in sample.expected]
    for (_, _, subject), (_, expected) in zip(found, sample.expected, strict=True):
        assert expected.items() <= subject.items()


@pytest.mark.parametrize("paste", PASTES, ids=name)
@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_the_way_of_pasting_changes_nothing(sample: Sample, paste: str) -> None:
    plain = [(o.parser, o.state, o.subject) for o in read(sample.text)]
    assert [(o.parser, o.state, o.subject) for o in read(PASTES[paste](sample.text))] == plain


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_a_wrapped_output_has_the_same_state_and_no_other_subject(sample: Sample, width: int) -> None:
    plain = {(o.state, frozenset(o.subject.items())) for o in read(sample.text)}
    found = read(wrapped(sample.text, width))
    for output in found:
        assert not output.state or any(
            output.state == state and frozenset(output.subject.items()) <= subject for state, subject in plain
        ), output
    if width >= 60:
        assert [output.state for output in found] == [state for state, _ in sample.expected]


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_a_cut_output_has_its_state_or_none(sample: Sample) -> None:
    lines = sample.text.split("\n")
    for at in range(1, len(lines)):
        assert {o.state for o in recognise(lines[:at])} <= allowed(sample), lines[:at]
        assert {o.state for o in recognise(lines[at:])} <= allowed(sample), lines[at:]
        cut = [*lines[:at], lines[at][: len(lines[at]) // 2]]
        assert {o.state for o in recognise(cut)} <= allowed(sample), cut


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_an_output_stands_on_its_own_lines(sample: Sample) -> None:
    lines = ["before", "", *sample.text.split("\n"), "", "after"]
    found = recognise(lines)
    taken = claimed_lines(found)
    assert not taken & {1, len(lines)}
    assert len(taken) == sum(output.last - output.first + 1 for output in found)
    for output in found:
        assert output.text == "\n".join(lines[output.first - 1 : output.last])


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_states_are_of_the_vocabulary_and_an_empty_one_says_why(sample: Sample) -> None:
    for output in read(sample.text):
        assert output.parser in OUTPUTS
        assert output.state in STATES or (output.state == "" and output.why)
        assert output.state == "" or output.why == ""


@pytest.mark.parametrize("parser", sorted({sample.parser for sample in SAMPLES}))
def test_outputs_of_other_tools_are_left_alone(parser: str) -> None:
    for sample in SAMPLES:
        if sample.parser != parser:
            alone = [output for output in OUTPUTS[parser](sample.text.split("\n")) if output.state]
            assert not alone or {parser, sample.parser} <= {"get-service", "get-cswindowsservice"}, sample.text


def test_several_outputs_of_one_paste_come_in_order() -> None:
    samples = [sample for sample in SAMPLES if not sample.text.startswith(("nc:", "telnet:"))]
    found = read("\n\nand then\n\n".join(sample.text for sample in samples))
    assert [(o.parser, o.state) for o in found] == [(s.parser, state) for s in samples for state, _ in s.expected]
    assert [o.first for o in found] == sorted(o.first for o in found)
