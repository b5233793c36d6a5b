"""What the engine looks for in place of a pattern finds all that the pattern finds."""

import re

import pytest

from diagnose.scan.patterns import Pattern, compile_patterns, load_patterns
from kb.store.background import rate, rate_of_part
from kb.store.wider import wider


@pytest.mark.parametrize(
    ("regex", "instead"),
    [
        (r"\bquux engine (?P<n>\d+) is stuck", "quux engine "),
        (r"(?:quux engine|frobnicator) [0-9]+ on .* is quuxed", "quux engine|frobnicator"),
        (r"zorp: [A-Z]{1,60}$", r"zorp: [A-Z]{1,}$"),  # too short to look for by itself
        (r"failed to open .{0,60}\.conf", r"failed to open .{0,}\.conf"),  # said in many lines
        (r"a plain text", ""),
        (r"[a-z]+: gone", ""),
        (r"Überfluß der Größe \d", ""),  # the engine folds no case of these
    ],
)
def test_a_rare_text_else_no_large_bounds_else_itself(regex, instead):
    assert wider(regex) == instead


def test_a_text_that_is_cut_counts_as_the_commonest_word_that_it_is_of():
    assert rate_of_part("rror") >= rate("error") > rate("rror")
    assert rate_of_part("onnection refused") >= rate("connection refused")
    assert rate_of_part(" quuxed ") == rate(" quuxed ")


@pytest.mark.parametrize("caseless", [True, False])
def test_what_is_found_is_what_the_pattern_finds(caseless):
    regexes = [r"\bQuux engine (?P<n>\d+) is stuck", r"(?:quux engine|frobnicator) [0-9]+$", r"zorp: [A-Z]{1,30}"]
    lines = [
        b"Quux engine 5 is stuck",
        b"the QUUX ENGINE 5 IS STUCK",
        b"quux engine is stuck",
        b"a frobnicator 17",
        b"a frobnicator 17 and more; Quux engine 17",
        b"zorp: ABC",
        b"",
    ]
    patterns = [Pattern(n, regex, caseless, wider=wider(regex)) for n, regex in enumerate(regexes, 1)]
    assert all(pattern.wider for pattern in patterns)
    data = b"\n".join(lines) + b"\n"
    matcher = compile_patterns(patterns)
    for one in (matcher, load_patterns(matcher.dump())):
        seen = {(number, data.count(b"\n", 0, end - 1)) for number, end in one.scan(data)}
        assert seen == {
            (pattern.number, at)
            for pattern in patterns
            for at, line in enumerate(lines)
            if re.search(pattern.regex.encode(), line, re.IGNORECASE if caseless else 0)
        }
