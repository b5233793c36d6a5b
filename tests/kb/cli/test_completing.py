"""What a shell is offered on Tab, and the lines that make it ask."""

import os
import shutil
import subprocess
import sys

import pytest

from kb.cli import run


@pytest.fixture
def offered(root, cache_home, tmp_path):
    """What is offered for a line, of which the last word is only begun."""

    def ask(*words, shell="bash"):
        lines = {"bash": " ".join(("kb", *words)), "powershell": "\n".join(("kb", *words))}
        env = {k: v for k, v in os.environ.items() if k != "KB_PATH"}
        env |= dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA"), str(cache_home))
        env |= dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "APPDATA"), str(tmp_path))
        env |= {"PYTHONPATH": str(root), "_KB_COMPLETE": f"{shell}_complete", "PYTHONIOENCODING": "utf-8"}
        env |= {"COMP_WORDS": lines[shell], "COMP_CWORD": str(len(words))}
        done = subprocess.run([sys.executable, "-m", "kb"], env=env, capture_output=True, timeout=100, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        return [line for line in done.stdout.decode().splitlines() if line]

    return ask


@pytest.mark.parametrize(
    ("words", "item"),
    [
        (("dia",), "plain,diagnose"),
        (("diagnose", "--for"), "plain,--format"),
        (("show", "disk-f"), "plain,disk-full"),
        (("show", "disk-full/ino"), "plain,disk-full/inodes-exhausted"),
        (("resolve", "--cause", "disk-full/ino"), "plain,disk-full/inodes-exhausted"),
        (("diagnose", "--param", "target_f"), "plain,target_fe="),
        (("why", "disk-f"), "plain,disk-full"),
        (("test", "disk-f"), "plain,disk-full"),
    ],
)
def test_commands_options_and_ids_are_offered(offered, shipped, words, item):
    assert item in offered(*words)


def test_powershell_gets_values_with_their_help(offered, shipped):
    assert [line.partition("\t")[0] for line in offered("show", "disk-f", shell="powershell")] == ["disk-full"]
    assert offered("show", "'disk-f'", shell="powershell")[0].startswith("disk-full\tNo space left on device")


def test_a_base_that_cannot_be_opened_offers_nothing(offered):
    assert offered("--kb", "/no/such/folder", "show", "d") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_has_its_lines(capsys, shell):
    assert run(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert f"_KB_COMPLETE={shell}_complete" in out.replace(" = '", "=").replace("'", "")
    program = shutil.which(shell)
    if program and shell != "powershell":
        done = subprocess.run([program, "-n"], input=out, text=True, capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")
