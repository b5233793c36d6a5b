"""The token: made once, for its owner alone, refused where others could have read it."""

import os
import stat
import sys

import pytest

from diagnose.errors import KbError
from kb.service.secret import derived, handle_key, token


def test_it_is_made_once_and_private(tmp_path):
    place = tmp_path / "new" / "serve.token"
    made = token(place)
    assert token(place) == made
    assert len(made) >= 32
    if sys.platform != "win32":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files say nothing there")
def test_one_that_others_may_read_is_refused(tmp_path):
    place = tmp_path / "serve.token"
    token(place)
    os.chmod(place, 0o640)
    with pytest.raises(KbError, match="read by others"):
        token(place)


@pytest.mark.parametrize("text", ["", "short", "with blanks " * 9, "\u00fc" * 40])
def test_what_is_no_token_is_refused(tmp_path, text):
    place = tmp_path / "serve.token"
    place.write_text(text, encoding="utf-8")
    os.chmod(place, 0o600)
    with pytest.raises(KbError, match="serve"):
        token(place)


def test_keys_differ_by_token_and_purpose():
    assert len({handle_key("a"), handle_key("b"), derived("a", b"other")}) == 3
    assert handle_key("a") == handle_key("a")
