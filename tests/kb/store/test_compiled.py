"""An edit compiles what it changed, and finds what a base compiled anew would find."""

import shutil

import pytest

from diagnose.scan.patterns import Amended
from kb.store import compiled

LINES = b"alpha one failed\nbeta two failed\ngamma three failed\ndelta four failed\nalpha five failed\n"
TEXT = """---
id: {id}
title: The {word} fails
signals: {signals}
symptoms: [failed]
causes: [{{id: off, title: It is off}}]
---
> the {word} engine could not be started
"""


def write(folder, name, word, signals=""):
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    signals = signals or f"{{failed: {{regex: '{word} (?P<what>\\w+) failed'}}}}"
    (place / "article.md").write_text(TEXT.format(id=name, word=word, signals=signals), encoding="utf-8")


def seen(store):
    """What each line shows, as owners know it."""
    hits = [(number, end) for number, end in store.lines.scan(LINES) if number]
    known = store.known({number for number, _ in hits})
    return sorted((known[number].regex, end, known[number].owners) for number, end in hits)


@pytest.fixture
def folder(tmp_path):
    for name, word in (("one", "alpha"), ("two", "beta"), ("three", "gamma")):
        write(tmp_path / "base", name, word)
    (tmp_path / "cache").mkdir(mode=0o700)
    return tmp_path / "base"


def changed(folder):
    write(folder, "one", "delta")


def removed(folder):
    shutil.rmtree(folder / "two")


def added(folder):
    write(folder, "four", "delta")


def conditioned(folder):
    """A condition on the pattern of another article: it wants every line of it."""
    signals = "{other: {regex: 'alpha (?P<what>\\w+) failed'}, failed: {sequence: [other, other]}}"
    write(folder, "four", "alpha", signals)


@pytest.mark.parametrize("edit", [changed, removed, added, conditioned], ids=lambda edit: edit.__name__)
def test_after_an_edit_the_same_is_found_as_in_a_base_compiled_anew(folder, opened_store, edit):
    cache = folder.parent / "cache"
    before = seen(opened_store([folder], cache))
    edit(folder)
    store = opened_store([folder], cache)
    assert isinstance(store.lines, Amended) or edit is conditioned
    assert seen(store) == seen(opened_store([folder], None)) != before
    assert seen(store.lines and opened_store([folder], cache)) == seen(store)


def test_an_edit_of_words_alone_compiles_nothing(folder, opened_store, monkeypatch):
    cache = folder.parent / "cache"
    opened_store([folder], cache)
    monkeypatch.setattr(compiled, "compile_patterns", lambda patterns: pytest.fail("compiled"))
    article = folder / "one" / "article.md"
    article.write_text(article.read_text(encoding="utf-8") + "\nMore words.\n", encoding="utf-8")
    assert not isinstance(opened_store([folder], cache).lines, Amended)


def test_many_edits_compile_all_patterns_again(folder, opened_store, monkeypatch):
    cache = folder.parent / "cache"
    opened_store([folder], cache)
    monkeypatch.setattr(compiled, "LEAST_CHANGED", 1)
    changed(folder)
    assert not isinstance(opened_store([folder], cache).lines, Amended)
