"""A change of a library is seen by the articles that use it, and by no others."""

import json
from io import BytesIO

import pytest

from diagnose.inputs.sources import open_inputs
from diagnose.pipeline import diagnose
from kb.cli import run
from kb.store.open import open_store

ARTICLE = """---
id: {id}
title: The {id} fails
params: {{server: {{type: host}}}}
signals: {{failed: {{contains: the {id} engine could not be started}}, more: {{use: stalls}}}}
symptoms: [failed, more]
causes: [{{id: off, title: It is off, evidence: [{{check: up.no, supports: strong}}]}}]
checks: {{up: {{use: up, with: {{host: '${{server}}'}}}}}}
---
"""
PLAIN = ARTICLE.replace("use: stalls", "contains: stalled").replace(
    "use: up, with: {{host: '${{server}}'}}", "title: up, outcomes: {{no: {{contains: off}}}}"
)
CHECK = "title: Is ${host} up?\nvalues: {host: {type: host}}\ncommands: {bash: 'CMD ${host}'}\noutcomes: {no: {contains: off}}\n"


@pytest.fixture
def base(tmp_path):
    for name, text in (("one", ARTICLE), ("two", PLAIN)):
        (tmp_path / "base" / name).mkdir(parents=True)
        (tmp_path / "base" / name / "article.md").write_text(text.format(id=name), encoding="utf-8")
    library = tmp_path / "base" / "library"
    (library / "checks" / "up").mkdir(parents=True)
    (library / "signals").mkdir()
    (library / "checks" / "up" / "check.yaml").write_text(CHECK.replace("CMD", "fping"), encoding="utf-8")
    (library / "signals" / "stalls.yaml").write_text(
        "wordings: [{text: the pump has stalled for good}]", encoding="utf-8"
    )
    return tmp_path / "base"


@pytest.fixture
def cache(tmp_path):
    path = tmp_path / "cache"
    path.mkdir(mode=0o700)
    return path


def counted(base, cache):
    """The store, and how many articles were read for it."""
    read = []

    class Building:
        def __init__(self, count):
            read.append(count)

        def __enter__(self): ...
        def __exit__(self, *_): ...

    return open_store([base], cache, building=Building), read


def test_a_changed_check_and_a_changed_wording_reach_the_article_that_uses_them(base, cache):
    store, read = counted(base, cache)
    assert store.faults() == ()
    assert store.article("one").problem.checks["up"].commands["bash"] == ("fping ${server}",)
    digest = store.documents_digest
    store.close()
    assert read == [2]
    (base / "library" / "checks" / "up" / "check.yaml").write_text(CHECK.replace("CMD", "ping -c 1"), encoding="utf-8")
    (base / "library" / "signals" / "stalls.yaml").write_text(
        "wordings: [{text: the pump stands still}]", encoding="utf-8"
    )
    store, read = counted(base, cache)
    assert read == [1]
    assert store.article("one").problem.checks["up"].commands["bash"] == ("ping -c 1 ${server}",)
    assert store.article("one").problem.signals["more"].contains == ("the pump stands still",)
    assert store.article("two").problem.checks["up"].title == "up"
    assert store.documents_digest != digest
    store.close()
    store, read = counted(base, cache)
    assert read == []
    store.close()


def test_a_wording_added_once_is_found_through_every_article_that_uses_it(tmp_path):
    """Also through those whose own signal takes in the shared one, and with a base's own refinement of what ships."""
    uses = (
        "{use: connection-refused}",
        "{contains: the relay hums, use: connection-refused}",
        "{use: unreachable-pump}",
    )
    for number, use in enumerate(uses):
        folder = tmp_path / "base" / f"a{number}"
        folder.mkdir(parents=True)
        text = f"---\nid: a{number}\ntitle: A\nsignals: {{s: {use}}}\nsymptoms: [s]\ncauses: [{{id: off, title: Off}}]\n---\n"
        (folder / "article.md").write_text(text, encoding="utf-8")
    signals = tmp_path / "base" / "library" / "signals"
    signals.mkdir(parents=True)
    (signals / "unreachable-pump.yaml").write_text(
        "use: connection-refused\nwordings: [{text: the relay is deaf to all}]", encoding="utf-8"
    )
    asked = b"zlib-pump: 4711 says that nobody is at home"

    def found():
        with open_store([tmp_path / "base"], None) as store:
            return {seen.id for seen in diagnose(open_inputs(["-"], BytesIO(asked)), store).articles}

    assert found() == set()
    (signals / "connection-refused.yaml").write_text(
        "use: connection-refused\nwordings: [{text: says that nobody is at home}]", encoding="utf-8"
    )
    assert found() == {"a0", "a1", "a2"}


def test_a_fault_in_a_library_file_is_told_and_leaves_out_what_uses_it_until_it_is_mended(base, cache):
    path = base / "library" / "checks" / "up" / "check.yaml"
    path.write_text(CHECK.replace("outcomes", "outcoms"), encoding="utf-8")
    store = open_store([base], cache)
    assert store.ids() == ["two"]
    told = [str(fault) for fault in store.faults()]
    assert any(line.startswith(f"{path}:4:1: unknown field 'outcoms'; did you mean 'outcomes'?") for line in told)
    assert any("one/article.md" in line.replace("\\", "/") and "has a fault" in line for line in told)
    store.close()
    path.unlink()
    store = open_store([base], cache)
    assert any("the library has no check 'up'" in str(fault) for fault in store.faults())
    store.close()
    path.write_text(CHECK, encoding="utf-8")
    store = open_store([base], cache)
    assert store.ids() == ["one", "two"]
    assert store.faults() == ()
    store.close()


SHARING = """---
id: {id}
title: The {id} fails
signals: {{failed: {{contains: the {id} engine could not be started}}, stalled: {{use: stalls}}}}
symptoms: [failed]
causes:
  - {{id: off, title: It is off, likelihood: common, evidence: [{{signal: failed, supports: weak}}]}}
  - {{id: jammed, title: It is jammed, likelihood: rare, evidence: [{{signal: stalled, supports: decisive}}]}}
---
"""


def sharing(folder, wording):
    """A base of three articles that use one wording of its library, each with the words of another language as a sample."""
    for name in ("pump", "press", "lathe"):
        samples = folder / name / "samples" / "cause" / "jammed"
        samples.mkdir(parents=True)
        (folder / name / "article.md").write_text(SHARING.format(id=name), encoding="utf-8")
        said = f"the {name} engine could not be started\nERROR: la bomba se ha parado del todo\n"
        (samples / "spanish.txt").write_text(said, encoding="utf-8")
    (folder / "library" / "signals").mkdir(parents=True)
    (folder / "library" / "signals" / "stalls.yaml").write_text(wording, encoding="utf-8")
    return folder


def test_a_wording_added_once_is_found_through_three_articles_and_one_taken_out_is_caught(
    tmp_path, monkeypatch, capsys
):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("KB_PATH", raising=False)
    english = "wordings:\n  - {text: the pump has stalled for good}\n"
    old = sharing(tmp_path / "old", english)
    new = sharing(tmp_path / "new", english + "  - {text: la bomba se ha parado del todo, lang: es}\n")

    def against(base, other):
        code = run(["test", "--kb", str(base), "--against", str(other), "--format", "json"])
        found = json.loads(capsys.readouterr().out)
        return code, found["better"], found["worse"], {flip["after"]["cause"] for flip in found["flips"]}

    assert against(new, old) == (0, 3, 0, {"pump/jammed", "press/jammed", "lathe/jammed"})
    assert against(old, new)[:3] == (1, 0, 3)
