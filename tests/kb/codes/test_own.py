"""The codes of kb itself: each explained, in the order of the page."""

from kb.codes.own import own_codes


def test_every_own_code_has_its_meaning():
    known = own_codes()
    assert {"KB-E014", "KB-E070"} <= set(known)
    assert all(code.startswith("KB-E") and meaning.strip() for code, meaning in known.items())
