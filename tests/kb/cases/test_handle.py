"""The handle of a case: there and back without loss, and one clear error for every text that is no handle of ours."""

import pytest
from msgspec.structs import replace

from kb.cases.case import Case, CaseAnswer, CaseExcerpt, CaseInput
from kb.cases.handle import DAMAGED, FOREIGN, MOST, OUTDATED, TOO_LARGE, HandleError, decode, encode

KEY, OTHER = b"k" * 32, b"o" * 32
CASE = Case(
    id="1" * 32,
    created="2026-11-29T10:00:00+00:00",
    kb="0.1.0",
    base="d" * 64,
    inputs=(
        CaseInput(
            name="-",
            time="2026-11-29T10:00:00+00:00",
            bytes=9,
            lines=2,
            whole=True,
            excerpts=(CaseExcerpt(1, "error ü\nend"),),
        ),
    ),
    answers=(CaseAnswer(time="2026-11-29T10:01:00+00:00", article="a", check="c", outcome="refused"),),
    skipped=("a/ping",),
    parameters={"host": "fe02.contoso.com"},
)


def code_of(text, key=KEY):
    with pytest.raises(HandleError) as caught:
        decode(text, key)
    assert str(caught.value).startswith("case handle: ")
    assert caught.value.way_out
    return caught.value.code


def test_a_case_comes_back_as_it_was():
    handle = encode(CASE, KEY)
    assert decode(handle, KEY) == CASE
    assert handle.isascii()
    assert not set(handle) & set(" \"'<>&+/")  # it stands in forms, headers and JSON as it is


@pytest.mark.parametrize(
    "text", ["", "x", "kb.", "kbx.a.b.c", "k\u0131b1.a.b.c", "kb\u00b2.a", "../etc", "{}", "a" * 5000]
)
def test_a_text_that_is_no_handle_is_foreign(text):
    assert code_of(text) == FOREIGN


def test_a_handle_of_another_key_is_foreign():
    assert code_of(encode(CASE, OTHER)) == FOREIGN


def test_a_handle_of_another_version_is_outdated():
    assert code_of(encode(CASE, KEY).replace("kb1.", "kb2.", 1)) == OUTDATED
    assert code_of(encode(replace(CASE, schema="kb.case/9"), KEY)) == OUTDATED


def test_every_changed_character_and_every_cut_is_damage():
    handle = encode(CASE, KEY)
    start = handle.index(".", 4) + 1
    for at in range(start, len(handle)):
        changed = handle[:at] + ("A" if handle[at] != "A" else "B") + handle[at + 1 :]
        assert code_of(changed) == DAMAGED
        assert code_of(handle[:at]) == DAMAGED
    assert code_of(handle + "A") == DAMAGED
    assert code_of(handle + ".A") == DAMAGED


def test_what_is_too_large_is_said_on_both_ways():
    import random

    pick = random.Random(7)
    noise = "".join(chr(pick.randrange(0x23, 0x5B)) for _ in range(400_000))
    item = replace(CASE.inputs[0], excerpts=(CaseExcerpt(1, noise),))
    with pytest.raises(HandleError) as caught:
        encode(replace(CASE, inputs=(item,)), KEY)
    assert caught.value.code == TOO_LARGE
    assert code_of("kb1." + "a" * MOST) == TOO_LARGE


def test_a_key_that_is_none_is_refused():
    with pytest.raises(ValueError, match="too short"):
        encode(CASE, b"short")
