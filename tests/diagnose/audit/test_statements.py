"""Reports as people write them, to statements: where each begins, what is code, what a quote keeps together."""

from hypothesis import given
from hypothesis import strategies as st

from diagnose.audit.reading.statements import MOST_STATEMENTS, statements_of

REPORT = """# Outage of *pool-b*

Summary: it **failed** at 09:14. The log says "No route. Really none" and
went on, e.g. with `a. B`. Then
nothing.

| When | What |
|:--|--:|
| 09:14:31 | `refused \\| reset` on **fe02** |

1. First
2. See [the log](https://example.com/x)

The excerpt:

```log
09:14 ERROR boo
```
> `quoted line`
Next one.
"""


def test_every_form_has_its_line_and_its_section():
    found = statements_of(REPORT)
    assert [(s.form, s.line, s.text) for s in found] == [
        ("heading", 1, "Outage of pool-b"),
        ("sentence", 3, "Summary: it failed at 09:14."),
        ("sentence", 3, 'The log says "No route. Really none" and went on, e.g. with `a. B`.'),
        ("sentence", 4, "Then nothing."),
        ("row", 9, "09:14:31. `refused | reset` on fe02"),
        ("sentence", 11, "First"),
        ("sentence", 12, "See the log"),
        ("heading", 14, "The excerpt"),
        ("code", 17, "09:14 ERROR boo"),
        ("sentence", 19, "`quoted line`"),
        ("sentence", 20, "Next one."),
    ]
    assert {s.section for s in found[:7]} == {"outage of pool-b"}
    assert found[4].heads == ("when", "what")
    assert (found[8].language, found[8].before) == ("log", "The excerpt")


def test_sentences_of_one_paragraph_are_one_block_and_know_the_one_before():
    first, second, other = statements_of("It said `a b c`.\nIt said so twice.\n\nElse.")
    assert first.block == second.block != other.block
    assert second.before == first.text


@given(st.text(alphabet=st.sampled_from("a|`~#*_-[]()<>!.\n \\\"'"), max_size=200))
def test_no_text_is_refused_and_no_line_made_up(text):
    lines = text.count("\n") + 1
    assert all(1 <= statement.line <= lines for statement in statements_of(text))


def test_a_long_report_is_bounded():
    assert len(statements_of("It was so.\n\n" * (MOST_STATEMENTS + 10))) == MOST_STATEMENTS
