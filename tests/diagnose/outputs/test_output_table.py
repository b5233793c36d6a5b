"""The table of tools: what it costs when there is nothing to recognise, and who gets a line that two want."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from samples_first import SAMPLES as FIRST
from samples_second import SAMPLES as SECOND

import diagnose.outputs
from diagnose.outputs import OUTPUTS, claimed_lines, recognise

LOG = "2026-01-12 09:12:01 INFO com.contoso.App - all is well, request 4711 took 12 ms\n" * 40
SHARED = Path(__file__).parents[3].parent / "shared"


def test_a_paste_without_outputs_imports_no_tool() -> None:
    code = (
        "import sys; from diagnose.outputs import recognise; recognise(sys.argv[1].splitlines());"
        "print(*[name for name in sys.modules if name.startswith('diagnose.outputs.')])"
    )
    done = subprocess.run([sys.executable, "-c", code, LOG], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["diagnose.outputs.base"]


@pytest.mark.timed
def test_a_paste_without_outputs_costs_less_than_a_millisecond() -> None:
    lines = LOG.splitlines()
    recognise(lines)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        assert recognise(lines) == []
        times.append(time.perf_counter() - start)
    assert min(times) < 0.001


@pytest.mark.shared
def test_the_story_of_the_seed_has_no_output_in_it() -> None:
    text = (SHARED / "seed" / "lync-pool-failover.txt").read_text(encoding="utf-8")
    assert recognise(text.split("\n")) == []


@pytest.mark.shared
def test_background_logs_have_no_output_in_them() -> None:
    for log in sorted((SHARED / "data" / "loghub").rglob("*.log")):
        assert recognise(log.read_text(encoding="utf-8", errors="replace").split("\n")) == [], log


def test_every_tool_has_a_sample() -> None:
    assert {sample.parser for sample in (*FIRST, *SECOND)} == set(OUTPUTS)


def test_every_tool_has_a_file_of_its_name() -> None:
    folder = Path(diagnose.outputs.__file__).parent
    files = {path.stem for path in folder.glob("*/*.py")}
    assert [tool for tool in OUTPUTS if tool.replace("-", "") not in files] == []


def test_lines_of_two_tools_go_to_the_first_of_the_table() -> None:
    lines = [
        "PS C:\\> Get-CsWindowsService",
        "",
        "Status   Name     ActivityLevel",
        "------   ----     -------------",
        "Running  RTCSRV",
    ]
    assert [output.parser for output in recognise(lines)] == ["get-cswindowsservice"]


def test_claimed_lines_are_counted_from_one() -> None:
    found = recognise(["text", "nc: connect to fe02 port 9001 (tcp) failed: Connection refused", "text"])
    assert claimed_lines(found) == {2}
    assert claimed_lines([]) == set()
