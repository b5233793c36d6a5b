"""A base of three articles and a place for its index."""

import pytest
from small_base import write


@pytest.fixture
def folder(tmp_path):
    for name, word in (("one", "alpha"), ("two", "beta"), ("three", "gamma")):
        write(tmp_path / "base", name, word)
    return tmp_path / "base"


@pytest.fixture
def cache(tmp_path):
    path = tmp_path / "cache"
    path.mkdir(mode=0o700)
    return path
