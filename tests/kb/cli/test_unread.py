"""Many inputs in JSON: counted together from a number on, named in full on demand."""

import json

import pytest

from kb.cli import run, unread


@pytest.fixture
def many(tmp_path, monkeypatch, base):
    monkeypatch.setattr(unread, "MOST_INPUTS", 5)
    article = "---\nid: x\ntitle: X fails\nsignals: {s: {contains: x failed at last}}\nsymptoms: [s]\n---\n> x failed at last\n"
    base(x=article)
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(9):
        (folder / f"{number}.log").write_text(f"line {number}\nx failed at last\n", encoding="utf-8")
    (folder / "gone.log").symlink_to(folder / "nowhere.log")
    return ["--kb", str(tmp_path / "base"), "diagnose", "--format", "json", str(folder)]


def test_more_inputs_than_are_listed_are_summed_up(many, capsys):
    run(many)
    inputs = json.loads(capsys.readouterr().out)["inputs"]
    run([*many, "-v"])
    whole = json.loads(capsys.readouterr().out)["inputs"]
    assert len(inputs) == 6 and len(whole) > 6
    assert inputs[-1]["name"] == f"{len(whole) - 5} more inputs (-v names all)"
    assert sum(item["lines"] for item in inputs) == sum(item["lines"] for item in whole)
    assert [i for i in whole if i.get("error")] == [i for i in inputs if i.get("error")]
