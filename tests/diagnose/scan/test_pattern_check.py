"""Which patterns an article may hold, and why the others may not."""

import pytest

from diagnose.scan.pattern_check import LONGEST, bounded, faults


@pytest.mark.parametrize(
    "pattern", [r"error \d+", r"\(?(?:a|b)\)?", r"[(?=]x", r"^(?P<host>[\w.-]{1,253}):\d{1,5}$", r"\\1", "a+?b*c", r"(?i:x)"]
)  # fmt: skip
def test_patterns_of_linear_time_are_allowed(pattern):
    assert faults(pattern) == ()


@pytest.mark.parametrize(
    ("pattern", "column", "what"),
    [
        ("ab(?=c)", 3, "holds look-ahead"),
        ("(?<!a)b", 1, "holds look-behind"),
        ("(?>a)b", 1, "holds an atomic group"),
        (r"(a)b\1", 5, "holds a back-reference"),
        ("(?P<x>a)(?P=x)", 9, "holds a back-reference"),
        ("a++b", 2, "holds a possessive repeat"),
        ("a(?s:.)b", 2, "holds inline flags"),
        (r"\Afailed", 1, "holds an anchor that lines do not have; use ^ and $"),
        ("ab(c", 3, "is not a pattern: missing ), unterminated subpattern"),
        ("a*", 1, "matches the empty text, so every line"),
        ("(a+)+b", 1, "repeats a repeat without bound, such as (a+)+"),
        ("(a{40}){40}", 1, "repeats more than 1000 times"),
        ("x" * (LONGEST + 1), 1, f"is {LONGEST + 1} characters long; at most {LONGEST}"),
        ("(" * 500 + "a" + ")" * 500 + "(", 1001, ""),
    ],
)
def test_what_is_refused_is_told_with_its_place(pattern, column, what):
    (place, told), *_ = faults(pattern)
    assert told.startswith(what)
    assert place == column or not what


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        ("host (\\S+)", True),
        ("(a+)+", False),
        ("(a{40}){40}", False),
        ("a(", False),
        (".*a.*b.*c.*d.*", False),
        (r"zeb.*\d+.*\d+ crossing (?P<h>\w{1,20})", False),
        (r"zeb \d+ of \d+ crossing (?P<h>\w{1,20})", True),  # each piece ends where the next one begins
        (r"^\s*\d+\s+\d+\s+\w+: .{0,80} failed$", True),
        (r"job \w+\b.\w+\b.\w+\b.\w+\b", True),
        (r"\w+.\w+.\w+.\w+", False),
    ],
)
def test_the_standard_library_runs_only_what_cannot_run_away(pattern, allowed):
    assert bounded(pattern) == allowed


def test_a_pattern_without_a_telling_text_may_take_fewer_steps():
    """As one that shipped once: every line of a log would be looked at, four seconds for 100 KB of blanks."""
    columns = r"[01]\s+[0-6]\s+[0-7]\s+[01]\s"
    assert not bounded(rf"\sC?D?G?-?\s+{columns}")
    assert bounded(rf"\sC?D?G?-?\s+{columns}".replace(r"\s+", r"\s{1,8}"))
    assert bounded(rf"server\sC?D?G?-?\s+{columns}")
