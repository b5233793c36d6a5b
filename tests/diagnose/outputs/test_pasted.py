"""Outputs in the forms in which people paste them: other options, sudo, translated headers, cut tables, several at once.

A file in pasted/ holds the forms of a tool: how they were made (`made: yes: with what`, or `made: no: rebuilt from what`), then of
each `@@ what is special`, a line `-> state key=value ...` for each output that is to be read (none: nothing), and the text.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnose.outputs import recognise

FOLDER = Path(__file__).parent / "pasted"
LEAST = 10


def forms() -> Iterator[tuple[str, str, list[tuple[str, dict[str, str]]], list[str]]]:
    for path in sorted(FOLDER.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("@@ ")[1:]:
            title, *lines = block.rstrip("\n").split("\n")
            count = next((i for i, line in enumerate(lines) if not line.startswith("-> ")), len(lines))
            states = [line[3:].split(" ") for line in lines[:count]]
            wanted = [(state, dict(pair.split("=", 1) for pair in pairs)) for state, *pairs in states]
            yield path.stem, title, wanted, lines[count:]


FORMS = list(forms())


@pytest.mark.parametrize(("tool", "title", "wanted", "lines"), FORMS, ids=[f"{f[0]}: {f[1]}" for f in FORMS])
def test_a_form_is_read_for_what_it_says(tool, title, wanted, lines):
    found = [o for o in recognise(lines) if o.state]
    assert [(o.parser, o.state) for o in found] == [(tool, state) for state, _ in wanted]
    for output, (_, pairs) in zip(found, wanted, strict=True):
        assert pairs.items() <= {**output.fields, **output.subject}.items()


def test_each_file_says_how_its_forms_were_made():
    firsts = {path.name: path.read_text(encoding="utf-8").split("\n", 1)[0] for path in FOLDER.glob("*.txt")}
    assert [name for name, first in firsts.items() if not first.startswith(("made: yes: ", "made: no: "))] == []


def test_each_tool_has_enough_forms():
    tools = [tool for tool, *_ in FORMS]
    assert {tool: tools.count(tool) for tool in tools if tools.count(tool) < LEAST} == {}
