"""Paths that may not be looked at: the answer is unclear and says why."""

import shutil
from pathlib import Path

import pytest

from diagnose.probes import ProbeLimits, run_probe


@pytest.fixture
def refusing(monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    monkeypatch.setattr(Path, "lstat", refuse)


@pytest.mark.parametrize("kind", ["disk", "file"])
def test_a_path_that_may_not_be_looked_at_is_unclear(refusing, kind):
    result = run_probe(kind, ["/root/secret"], limits=ProbeLimits())
    assert (result.outcome, result.detail) == ("", "Permission denied")


def test_a_folder_and_an_old_file_are_told_by_kind_and_age(tmp_path):
    import os
    import time

    old = tmp_path / "old.log"
    old.write_bytes(b"x")
    os.utime(old, (0, time.time() - 10 * 86400))
    assert run_probe("file", [str(tmp_path)], limits=ProbeLimits()).detail.startswith("folder, ")
    assert run_probe("file", [str(old)], limits=ProbeLimits()).detail == "file, 1 bytes, changed 10 days ago"
