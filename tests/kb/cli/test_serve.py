"""`kb serve` on the command line: what it refuses before it listens, and that other commands do not load it."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "others than this machine"),
        (["--trusted-host", "a/b"], "no host name"),
        (["--root-path", "kb/"], "no path"),
        (["--root-path", "/a//b"], "no path"),
        (["--max-upload", "lots"], "a size"),
        (["--port", "70000"], "70000"),
    ],
)
def test_a_wrong_call_is_one_clear_error(arguments, said, capsys):
    from kb.cli import run

    assert run(["serve", *arguments]) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1


def test_a_missing_extra_is_named(monkeypatch, capsys, tmp_path):
    from kb.cli import run

    for name in ("XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "kb.serve.server", raising=False)
    assert run(["serve"]) == 2
    assert "kb-diagnose[web]" in capsys.readouterr().err


def test_a_diagnosis_loads_nothing_of_the_server():
    """Nor of what it needs: `kb diagnose` starts no slower."""
    told = (
        "import sys, kb.cli, kb.cli.diagnosing.diagnose, kb.ask\n"
        "print([n for n in sys.modules if n.startswith(('kb.serve', 'kb.service', 'starlette', 'uvicorn', 'jinja2', 'anyio'))])"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
