"""Programs of the system that are not there, cannot be started or talk without end."""

import shutil
import subprocess
import sys

import pytest

from diagnose.probes import ProbeLimits
from diagnose.probes.base import Failed
from diagnose.probes.machine.process import MOST, output_of


def python(code):
    return (sys.executable, "-c", code)


def test_the_status_and_both_outputs_are_given_in_the_c_locale():
    code = "import os, sys; print(os.environ['LC_ALL'], flush=True); print('late', file=sys.stderr); sys.exit(3)"
    status, text = output_of(python(code), ProbeLimits(seconds=60))
    assert (status, text.split()) == (3, ["C", "late"])


def test_nothing_can_be_typed_into_it():
    assert output_of(python("import sys; print(repr(sys.stdin.read()))"), ProbeLimits(seconds=60))[1].strip() == "''"


def test_more_than_is_kept_is_cut():
    assert len(output_of(python(f"print('x' * {MOST + 1000})"), ProbeLimits(seconds=60))[1]) == MOST


def test_a_program_that_is_not_there_is_told():
    with pytest.raises(Failed) as failed:
        output_of(("no-such-program-of-kb", "show"), ProbeLimits())
    assert failed.value.answer == ("", "no-such-program-of-kb is not on this machine", "")


def test_a_program_that_cannot_be_started_is_told(monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", refuse)
    with pytest.raises(Failed) as failed:
        output_of(("systemctl", "show"), ProbeLimits())
    assert failed.value.answer.detail == "Permission denied"
