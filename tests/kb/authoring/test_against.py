"""`kb test --against`: what a change of a base changes, against a folder and against a git revision."""

import json
import subprocess

import pytest

from kb.authoring.against import LeadingAnswer, ReplayedText, right
from kb.cli import run

ARTICLE = """---
id: {id}
title: The {id} stopped
status: test
signals:
  stopped: {{contains: {text}}}
symptoms: [stopped]
causes:
  - {{id: worn, title: It is worn, evidence: [{{signal: stopped, supports: strong}}]}}
---
# The {id} stopped
"""
PUMP, VALVE = "pump rotor is blocked by debris", "valve seat does not close tightly"


@pytest.fixture
def homes(tmp_path, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("KB_PATH", raising=False)


@pytest.fixture
def made(tmp_path, homes):
    """Write a base of two articles with samples; the texts that they look for may be others."""

    def make(name, pump=PUMP, valve=VALVE):
        for article, text, sample in (("pump", pump, PUMP), ("valve", valve, VALVE)):
            folder = tmp_path / name / article
            for place in ("symptom", "cause/worn", "other"):
                (folder / "samples" / place).mkdir(parents=True, exist_ok=True)
            (folder / "article.md").write_text(ARTICLE.format(id=article, text=text), encoding="utf-8")
            (folder / "samples/symptom/first.txt").write_text(f"ERROR {sample}\n", encoding="utf-8")
            (folder / "samples/cause/worn/one.txt").write_text(f"FATAL {sample}, halting\n", encoding="utf-8")
            (folder / "samples/other/none.txt").write_text("all is well with the gauges\n", encoding="utf-8")
        return tmp_path / name

    return make


def against(capsys, base, *arguments):
    code = run(["test", "--kb", str(base), "--against", *map(str, arguments), "--format", "json"])
    printed = capsys.readouterr()
    assert code in (0, 1), printed.err
    return code, json.loads(printed.out)


def test_an_answer_that_a_change_breaks_is_worse_and_the_way_back_is_better(made, capsys):
    old, new = made("old"), made("new", valve="gasket leaks under pressure")
    code, found = against(capsys, new, old)
    assert (code, found["asked"], found["worse"], found["better"]) == (1, 6, 2, 0)
    flip = next(flip for flip in found["flips"] if flip["name"] == "valve/samples/cause/worn/one.txt")
    assert flip["promised"] == "valve/worn"
    assert (flip["before"]["article"], flip["before"]["cause"]) == ("valve", "valve/worn")
    assert (flip["before"]["verdict"] != "unknown", flip["after"]["verdict"]) == (True, "unknown")
    code, found = against(capsys, old, new)
    assert (code, found["worse"], found["better"]) == (0, 0, 2)


def test_the_text_form_names_what_was_promised_and_what_is_said_now(made, capsys):
    old, new = made("old"), made("new", valve="gasket leaks under pressure")
    assert run(["test", "--kb", str(new), "--against", str(old)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "worse   valve/samples/symptom/first.txt"
    assert lines[1] == "   promised: valve"
    assert lines[2].endswith("% -> unknown")
    assert lines[-1] == f"6 answers compared with {old}: 2 flip (2 worse, 0 better, 0 neither)"


def test_the_same_base_flips_nothing(made, capsys):
    code, found = against(capsys, made("new"), made("old"))
    assert (code, found["flips"]) == (0, [])


def test_samples_of_an_article_that_is_gone_are_asked_as_well(made, capsys):
    old, new = made("old"), made("new")
    for path in sorted((new / "valve").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    code, found = against(capsys, new, old)
    assert (code, {flip["name"].split("/")[0] for flip in found["flips"]}) == (1, {"valve"})


def test_only_the_samples_of_named_articles_are_asked(made, capsys):
    old, new = made("old"), made("new", valve="gasket leaks under pressure")
    assert against(capsys, new, old, "pump")[1]["asked"] == 3
    assert run(["test", "--kb", str(new), "--against", str(old), "pmup"]) == 2
    assert "did you mean 'pump'" in capsys.readouterr().err


def test_labelled_and_kept_cases_are_asked_as_well(made, tmp_path, capsys):
    old, new = made("old"), made("new", valve="gasket leaks under pressure")
    labelled, kept = tmp_path / "cases.jsonl", tmp_path / "kept.json"
    rows = [
        {"id": "a", "text": f"WARN {VALVE} at all", "expect": ["valve"]},
        {"id": "b", "text": f"NOTE {VALVE} at last", "expect": [], "kind": "negative-hard"},
    ]
    labelled.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert run(["diagnose", "--kb", str(old), "--text", f"INFO {VALVE} now", "--case", str(kept)]) == 0
    capsys.readouterr()
    _, found = against(capsys, new, old, "pump", "--cases", labelled, "--case", kept)
    effects = {flip["name"]: flip["effect"] for flip in found["flips"]}
    assert effects == {"cases.jsonl:a": "worse", "cases.jsonl:b": "better", str(kept): "neither"}


def test_a_resolved_case_promises_its_cause(made, tmp_path, capsys):
    old, new = made("old"), made("new", valve="gasket leaks under pressure")
    kept = str(tmp_path / "kept.json")
    assert run(["diagnose", "--kb", str(old), "--text", f"INFO {VALVE} now", "--case", kept]) == 0
    assert run(["resolve", kept, "--kb", str(old), "--cause", "valve/worn"]) == 0
    capsys.readouterr()
    _, found = against(capsys, new, old, "pump", "--case", kept)
    assert [(flip["effect"], flip["promised"]) for flip in found["flips"]] == [("worse", "valve/worn")]


def test_processes_answer_as_one_does(made, capsys):
    old, new = made("old"), made("new", valve="gasket leaks under pressure")
    for number in range(6):
        (new / f"pump/samples/symptom/more{number}.txt").write_text(f"{PUMP} {number}\n", encoding="utf-8")
    alone, many = against(capsys, new, old), against(capsys, new, old, "--jobs", 2)
    assert alone == many


UNKNOWN, PUMP_WORN = LeadingAnswer("unknown"), LeadingAnswer("likely", "pump", "pump/worn")


@pytest.mark.parametrize(
    ("promise", "answer", "told"),
    [
        ({"expect": ("pump",)}, PUMP_WORN, True),
        ({"expect": ("pump/worn",)}, PUMP_WORN, True),
        ({"expect": ("pump/dry",)}, PUMP_WORN, False),
        ({"expect": ("pump",)}, UNKNOWN, False),
        ({"expect": ("valve",), "acceptable": ("pump",)}, PUMP_WORN, None),
        ({"unwanted": "pump"}, PUMP_WORN, False),
        ({"unwanted": "valve"}, PUMP_WORN, True),
        ({"unwanted": "pump"}, UNKNOWN, True),
        ({"nothing": True}, UNKNOWN, True),
        ({"nothing": True}, PUMP_WORN, False),
        ({}, PUMP_WORN, None),
    ],
)
def test_right_is_what_the_promise_says(promise, answer, told):
    assert right(ReplayedText(name="x", **promise), answer) is told


# --- revisions --------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(made, tmp_path, needs_tool):
    """A base in a git repository, with a first commit under the tag v1."""
    git = needs_tool("git")

    def call(*arguments):
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run([git, "-C", str(tmp_path), *names, *arguments], check=True, capture_output=True)

    base = made("base")
    call("init", "--quiet")
    call("add", "base")
    call("commit", "--quiet", "-m", "first")
    call("tag", "v1")
    return base, call


def test_a_revision_is_compared_with_the_files_as_they_are(repository, made, capsys):
    base, _ = repository
    made("base", valve="gasket leaks under pressure")
    code, found = against(capsys, base, "v1")
    assert (code, found["against"], found["worse"]) == (1, "v1", 2)


def test_nothing_of_the_repository_is_run(repository, tmp_path, capsys):
    base, git = repository
    ran = tmp_path / "ran"
    git("config", "filter.evil.smudge", f"touch {ran}")
    git("config", "core.fsmonitor", f"touch {ran}")
    (tmp_path / ".gitattributes").write_text("*.md filter=evil export-ignore\n", encoding="utf-8")
    hook = tmp_path / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
    hook.chmod(0o755)
    git("-c", "core.fsmonitor=false", "add", ".gitattributes")
    git("-c", "core.fsmonitor=false", "commit", "--quiet", "-m", "attributes")
    ran.unlink(missing_ok=True)
    code, found = against(capsys, base, "HEAD")
    assert (code, found["flips"]) == (0, [])
    assert not ran.exists()


@pytest.mark.parametrize("name", ["v9", "--help", "v1^{tree}"])
def test_a_revision_that_does_not_exist_is_told(repository, capsys, name):
    base, _ = repository
    assert run(["test", "--kb", str(base), f"--against={name}"]) == 2
    assert "is no folder and no revision of the repository" in capsys.readouterr().err


def test_a_base_that_the_revision_lacks_is_told(repository, made, tmp_path, capsys):
    repository[1]("mv", "base", "moved")
    assert run(["test", "--kb", str(tmp_path / "moved"), "--against", "v1"]) == 2
    assert "has no articles at moved" in capsys.readouterr().err


def test_a_base_in_no_repository_is_told(made, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert run(["test", "--kb", str(made("alone")), "--against", "v1"]) == 2
    assert "is not in a git repository" in capsys.readouterr().err


def test_without_git_the_way_out_is_told(made, capsys, monkeypatch):
    monkeypatch.setattr("kb.authoring.revision.shutil.which", lambda _: None)
    assert run(["test", "--kb", str(made("base")), "--against", "v1"]) == 2
    assert "git: is not installed; install it, or name a folder" in capsys.readouterr().err


def test_the_library_of_the_revision_is_laid_beside_its_articles(repository, tmp_path, monkeypatch):
    from kb.authoring import revision

    base, git = repository
    shipped = tmp_path / "program" / "library"
    wording = shipped / "signals" / "gone.yaml"
    wording.parent.mkdir(parents=True)
    wording.write_text("title: old\nwordings: [{text: of the old release}]\n", encoding="utf-8")
    git("add", "program")
    git("commit", "--quiet", "-m", "library")
    wording.write_text("title: new\nwordings: [{text: of the next release}]\n", encoding="utf-8")
    monkeypatch.setattr(revision, "SHIPPED", str(shipped))
    there = revision.laid_out(base, "HEAD", tmp_path / "laid")
    assert (there / "library/signals/gone.yaml").read_text(encoding="utf-8").startswith("title: old")
    assert (there / "pump/article.md").read_bytes() == (base / "pump/article.md").read_bytes()


@pytest.mark.parametrize("path", [b"../x.md", b"a/../../x.md", b"/x.md", b"a\\x.md", b"C:x.md"])
def test_a_path_that_leads_outside_is_left_out(path):
    from kb.authoring.revision import _inside

    assert not _inside(path)
    assert _inside(b"a/b/x.md")


def test_cases_without_against_are_refused(made, capsys):
    assert run(["test", "--kb", str(made("base")), "--cases", "x.jsonl"]) == 2
    assert "--against" in capsys.readouterr().err
