"""Bounds left out of what is compiled, and made up for on the line."""

import re

import pytest

from diagnose.scan.linear import relaxed
from diagnose.scan.patterns import Pattern, compile_patterns, load_patterns


@pytest.mark.parametrize(
    ("regex", "wider"),
    [
        (r"a.{0,60}b", r"a.{0,}b"),
        (r"a\d{1,5}b.{2,200}?c", r"a\d{1,5}b.{2,}?c"),
        (r"\{1,90} [x{1,90}] []{1,90}] \[{1,90}", r"\{1,90} [x{1,90}] []{1,90}] \[{1,}"),
        (r"a{30}", r"a{30}"),
        (r"plain", r"plain"),
    ],
)
def test_large_bounds_go_and_nothing_else(regex, wider):
    assert relaxed(regex) == wider


def test_what_is_found_is_what_the_bounds_allow():
    regexes = [r"open .{1,30} failed", r"x[^y]{1,40}z", r"plain"]
    patterns = [Pattern(number, regex, wider=relaxed(regex)) for number, regex in enumerate(regexes, 1)]
    lines = [
        b"open it failed",
        b"OPEN " + b"a" * 31 + b" failed",
        b"open " + b"a" * 31 + b" open b failed",
        b"x plain",
        b"here z",
        b"x" + b"q" * 41 + b"z",
        b"xqz",
    ]
    data = b"\n".join(lines) + b"\n"
    matcher = compile_patterns(patterns)
    for one in (matcher, matcher.clone(), load_patterns(matcher.dump())):
        seen = {(number, data.count(b"\n", 0, end - 1)) for number, end in one.scan(data)}
        assert seen == {
            (pattern.number, at)
            for pattern in patterns
            for at, line in enumerate(lines)
            if re.search(pattern.regex.encode(), line, re.IGNORECASE)
        }
