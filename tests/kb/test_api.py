"""The public face: what docs/python-api.md shows runs, and says what the command line says."""

import json
import re

import pytest

import diagnose as core
from diagnose import Diagnosis, KbError, Options
from kb import api


def examples(root):
    return re.findall(r"```python\n(.*?)```", (root / "docs" / "python-api.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(5))
def test_every_example_of_the_page_runs(root, cache_home, monkeypatch, capsys, number):
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))
    monkeypatch.chdir(root)
    found = examples(root)
    assert len(found) == 5
    exec(compile(found[number], f"python-api.md, example {number + 1}", "exec"), {})
    assert number == 1 or capsys.readouterr().out.strip()


def test_the_answer_is_that_of_the_command_line(root, cache_home, monkeypatch, capsys):
    from kb.cli import run

    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))
    error = (root / "examples" / "pool-failover.txt").read_text(encoding="utf-8")
    assert run(["--kb", str(root / "articles"), "diagnose", "--text", error, "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    with api.open_base(root / "articles") as base:
        answer = api.diagnose(error, base=base, options=Options(top=5))
    assert isinstance(answer, Diagnosis)
    assert [(c.id, c.probability) for c in answer.causes] == [(c["id"], c["probability"]) for c in shown["causes"]]


def test_files_and_texts_are_one_case(root, shipped):
    answer = api.diagnose("nothing here", files=[root / "examples" / "pool-failover.txt"], base=shipped)
    assert answer.inputs[0].name == "-"
    assert len(answer.inputs) == 2


def test_search_and_show_agree(shipped):
    (first, *_) = api.search("failover dcom", base=shipped, limit=3)
    assert api.show(first.id, base=shipped).problem.id == first.id
    with pytest.raises(KbError, match="did you mean"):
        api.show("pool-failover-dcom-eror", base=shipped)


def test_all_public_names_are_there():
    for name in core.__all__:
        assert getattr(core, name) is not None
    assert set(core.__all__) <= set(dir(core))
    with pytest.raises(AttributeError):
        _ = core.nothing_of_that_name


def test_importing_the_face_costs_nothing_else():
    import subprocess
    import sys

    code = "import sys, diagnose; print([m for m in sys.modules if m.startswith('diagnose.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
