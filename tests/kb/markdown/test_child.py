"""Texts made to stall or empty a Markdown parser: each is answered in time and none of its words is lost."""

import time

import pytest

from kb.markdown import child as markdown_child
from kb.markdown.render import LARGEST, LIMIT, render, to_text, worst_case

FIRST, LAST = "firstword", "lastword"
# The kinds of commonmark/cmark test/pathological_tests.py; sizes at which they hurt here.
BOMBS = {
    "open brackets": "[" * 5000,
    "images in links": "![[]()" * 2000,
    "open tags": "<a " * 5000,
    "abbreviations": "".join(f"*[w{n}]: x\n\n" for n in range(3000)),
    "nested divs": '<div markdown="1">\n' * 1000,
    "CDATA": "<![CDATA[" * 300,
    "strong in em": "*a **a " * 1500 + "b" + " a** a*" * 1500,
    "em closers": "a_ " * 5000,
    "em openers": "_a " * 5000,
    "link closers": "a]" * 2000,
    "mismatched": "*a_ " * 5000,
    "multiples of three": "a**b" + "c* " * 5000,
    "links and em": "[ a_" * 1000,
    "bracket parenthesis": "[ (](" * 500,
    "hard link and em": "**x [a*b**c*](d)" * 20,
    "nested brackets": "[" * 400 + "a" + "]" * 400,
    "nested quotes": "> " * 3000 + "a",
    "quote runs": ">" * 20_000,
    "nested lists": "".join("  " * n + "* a\n" for n in range(300)),
    "code runs": "".join("e" + "`" * n for n in range(1, 200)),
    "unclosed links": "[a](<b" * 500,
    "unclosed comments": "</" + "<!--" * 500,
    "unclosed processing": "<?" * 5000,
    "unclosed declarations": "<!A " * 500,
    "unclosed fence": "```\n" * 3001,
    "tildes": "~~~ a\n" * 2000,
    "headings": "a\n=\n" * 1500,
    "definitions": "a\n:   b\n\n" * 1500,
    "tables": "a|b\n-|-\nc|d\n\n" * 700,
    "references": "".join(f"[r{n}]: u\n" for n in range(800)) + "[r1]" * 300,
    "long reference": "[r]: " + "u" * 5000 + "\n\n" + "[r] " * 600,
    "footnotes": "".join(f"[^{n}]\n\n[^{n}]: b\n\n" for n in range(300)),
    "entities": "&#x1;&amp" * 5000,
    "line breaks": "a  \n" * 5000,
    "escapes": "\\*" * 10_000,
    "attribute lists": "{: a=b }" * 3000,
    "blanks": " \t" * 30_000,
    "controls": "\x02wzxhzdk:0\x03\x00\ud800" * 2000,
    "swallowing script": "<script>\n" + "word " * 50,
    "swallowing style": "<div><style>\n" + "word " * 50,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.timed
def test_a_bomb_is_read_in_time_and_loses_no_word(name):
    body = f"{FIRST}\n\n{BOMBS[name]}\n\n{LAST}\n"
    if name == "unclosed fence":
        body = f"{FIRST}\n\n{BOMBS[name]}{LAST}\n"
    render("[" * 2000 + "x" * 40_000 if worst_case(body) > 10 else "x")  # the child's start is not what is measured
    started = time.monotonic()
    rendered = render(body)
    assert time.monotonic() - started < 3
    shown = to_text(rendered.html)
    assert FIRST in shown
    assert LAST in shown


def test_what_takes_too_long_is_shown_as_it_was_written_with_a_note():
    rendered = render("<b>[" + "[" * 6000)
    assert rendered.html == "<pre>&lt;b&gt;[" + "[" * 6000 + "</pre>"
    assert f"longer than {LIMIT:g} s" in rendered.note


def test_a_killed_child_is_replaced():
    slow = "[" * 20 + " word" * 8000
    assert not render(slow).note
    process = markdown_child.CHILD._process
    process.kill()
    process.wait()
    assert not render(slow).note
    assert markdown_child.CHILD._process.pid != process.pid


def test_a_child_that_dies_on_a_text_costs_only_that_text(monkeypatch):
    child = markdown_child.Child()
    try:
        assert "<p>a</p>" in child.convert("a", 5)
        monkeypatch.setattr(markdown_child, "_read", lambda stream, size: (_ for _ in ()).throw(EOFError))
        with pytest.raises(markdown_child.ChildError) as error:
            child.convert("b", 5)
        assert not error.value.late
        monkeypatch.undo()
        assert "<p>c</p>" in child.convert("c", 5)
    finally:
        child.close()


def test_without_a_child_the_text_is_shown_as_it_was_written(monkeypatch):
    child = markdown_child.Child()
    monkeypatch.setattr(markdown_child.sys, "executable", "")
    monkeypatch.setattr("kb.markdown.render.CHILD", child)
    rendered = render("[" * 3000 + " the words")
    assert "the words" in rendered.html
    assert "no Python" in rendered.note


def test_the_child_takes_nothing_from_the_current_directory(tmp_path, monkeypatch):
    (tmp_path / "markdown.py").write_text("raise SystemExit(9)\n")
    (tmp_path / "nh3.py").write_text("raise SystemExit(9)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    child = markdown_child.Child()
    try:
        assert "<strong>a</strong>" in child.convert("**a**", 10)
    finally:
        child.close()


def test_a_text_beyond_the_cap_is_cut_and_says_so():
    rendered = render("word " * (LARGEST // 4))
    assert len(rendered.html) < LARGEST + 100
    assert "KiB" in rendered.note


def test_usual_articles_need_no_child(monkeypatch):
    monkeypatch.setattr("kb.markdown.render.CHILD", None)
    body = "## Symptoms\n\n> Error `0x5` at [a](https://b.c)\n\n```powershell\nGet-X | Y\n```\n\n| a | b |\n|---|---|\n| 1 | *2* |\n\n"
    rendered = render(body * 40)
    assert not rendered.note
    assert rendered.html.count("<blockquote>") == 40
