"""Patterns on lines: few steps whatever the text, the same matches with RE2 and without."""

import re
import sys
import time

import pytest

from diagnose.scan import linear
from diagnose.scan.linear import compile_line, compile_linear, compile_text, runnable
from diagnose.scan.needed import needed_texts
from diagnose.scan.pattern_check import bounded

HOSTILE = r"zeb.*\d+.*\d+ crossing (?P<h>\w{1,20})"


@pytest.fixture(params=["re2", "re"])
def engine(request, monkeypatch):
    """Each engine in turn."""
    if request.param == "re2":
        pytest.importorskip("re2")
    else:
        monkeypatch.setattr(linear, "linear_engine", lambda: None)
    return request.param


def articles_patterns(root):
    sys.path.insert(0, str(root / "benchmarks"))
    try:
        from patterns import patterns_of
    finally:
        sys.path.pop(0)
    return list(patterns_of([root / "articles"]))


def test_every_shipped_pattern_is_bounded(root):
    """So each may run in the standard library alone."""
    found = articles_patterns(root)
    assert len(found) > 1500
    assert [name for name, regex, _ in found if not bounded(regex)] == []


def test_the_shipped_patterns_that_vary_most_are_quick_on_near_matches(root, engine):
    """Those of which benchmarks/patterns.py tries all: what it found, and the ones with the most steps."""
    from diagnose.scan.needed import parsed
    from diagnose.scan.pattern_check import steps

    sys.path.insert(0, str(root / "benchmarks"))
    try:
        from patterns import as_lines, near_matches
    finally:
        sys.path.pop(0)
    found = sorted(articles_patterns(root), key=lambda row: -steps(parsed(row[1])))[:12]
    for name, regex, caseless in found:
        compiled = compile_linear(regex, caseless)
        for text in list(near_matches(regex, 20_000))[::5]:
            start = time.process_time()
            for _ in compiled.finditer(as_lines(text, 20_000).encode()):
                pass
            assert time.process_time() - start < 0.5, (name, text[:80])


@pytest.mark.parametrize(
    "line",
    [
        "zeb" + "1" * 8300,
        "zeb 1 2 crossing " * 500,
        "zeb" + "1 " * 4000 + "crossing !",
    ],
)
def test_a_hostile_pattern_ends_at_once_or_is_not_run(engine, line):
    start = time.process_time()
    if runnable(HOSTILE):
        compile_line(HOSTILE).search(line.encode())
    assert runnable(HOSTILE) == (engine == "re2")
    assert compile_text(HOSTILE, True)("no such thing") is False
    assert time.process_time() - start < 0.5


def test_an_outcome_over_many_blank_lines_ends_at_once(engine):
    """As one that shipped once, over eighty lines of blanks."""
    regex = r"^\s*\S+\s+\d+\*\s+\d+\s+\d+"
    found = compile_text(regex, True)
    start = time.process_time()
    assert not found("$ quota -s\n" + (" " * 200 + "\n") * 80)
    assert found("$ quota -s\n     /dev/sda1  900* 800 1000\n")
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("regex", "data", "ends"),
    [
        (r"error (?P<code>\d+)", "x\nERROR 17 of\nerror x\nan Error 5\n", [10, 32]),
        (r"^at (?:one|two)$", "at one\nat three\nat two", [6, 22]),
        (r"a{2,3}b", "aab ab\naaab", [3, 11]),
        (r"é\s+x", "É x\né  x\n", [10]),
        (r"[^,]*, done", "a, b, done\nno", [10]),
        (r".*x|a", "aaaa\naax a\nb", [1, 8]),  # at every `a` to the end of the line would take a time like its square
    ],
)
def test_both_engines_find_the_same(engine, regex, data, ends):
    assert [found.end() for found in compile_linear(regex).finditer(data.encode())] == ends


def test_a_match_in_a_long_line_is_found(engine):
    line = b"x" * 70_000 + b" host db-17 refused " + b"y" * 70_000
    found = compile_line(r"host (?P<host>[\w-]+) refused").search(line)
    assert linear.named_groups(found) == {"host": b"db-17"}


@pytest.mark.parametrize(
    ("regex", "texts"),
    [
        (r"Fail \d+ (?:of|from) (?:the )?Disk", [(b"fail ",), (b"of", b"from"), (b" ",), (b"disk",)]),
        (r"\d+", []),
        (r"(?:a|\d) b", [(b" b",)]),
    ],
)
def test_what_a_match_needs_is_read_off_the_pattern(regex, texts):
    wanted = [group for group in texts if all(text.strip() for text in group)]
    assert needed_texts(regex) == wanted


def test_every_sample_line_gives_both_engines_the_same(root):
    """All patterns that find something in a sample, on every line of the samples."""
    pytest.importorskip("re2")
    module = linear.linear_engine()
    lines = sorted(
        {line for path in (root / "articles").rglob("samples/symptom/*.txt") for line in path.read_bytes().splitlines()}
    )
    text = b"\n".join(line for line in lines if len(line) < 1000)
    matches = 0
    for name, regex, caseless in articles_patterns(root)[::4]:
        plain = linear._Windows(regex, caseless)
        fast = linear._re2(module, regex, caseless)
        found = {line_of(text, m): linear.named_groups(m) for m in plain.finditer(text)}
        same = {}
        for match in fast.finditer(text):
            if b"\n" not in match.group():
                same.setdefault(line_of(text, match), linear.named_groups(match))
        assert found == same, name
        matches += len(found)
    assert matches > 50


def line_of(text, match):
    return text.count(b"\n", 0, match.start())


def test_the_prefilter_never_loses_what_the_library_finds(root):
    """Needed texts are needed: whatever `re` alone finds in the samples is found behind them."""
    texts = [path.read_bytes()[:20_000] for path in sorted((root / "articles").rglob("samples/symptom/*.txt"))[::6]]
    data = b"\n".join(texts)
    for name, regex, caseless in articles_patterns(root)[::11]:
        alone = re.compile(regex.encode(), re.MULTILINE | (re.IGNORECASE if caseless else 0))
        needed = needed_texts(regex)
        for line in {m.group() for m in alone.finditer(data) if b"\n" not in m.group()}:
            assert linear._holds_all(needed, line.lower(), 0, len(line)), name
