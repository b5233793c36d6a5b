"""The safe subset of YAML: what it keeps as written, and nothing that raises or takes long."""

import tarfile
import time

import pytest

from kb.documents.yaml_subset import load_yaml


def test_what_yaml_1_1_would_change_stays_as_written():
    value = load_yaml("a: no\nb: 12:30\nc: 1.10\nd: 0x10\ne: true\n").value
    assert value == {"a": "no", "b": "12:30", "c": "1.10", "d": "0x10", "e": True}


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 100_000, "a: " + "{x: " * 5000, "- " * 50_000, "a: 1" + "0" * 5000, "%YAML 3\n---\na"]
)
@pytest.mark.timed
def test_hostile_yaml_is_refused_quickly(text):
    start = time.perf_counter()
    loaded = load_yaml(text)
    assert loaded.value is None or not loaded.mistakes
    assert time.perf_counter() - start < 5


@pytest.mark.shared
def test_the_yaml_test_suite_never_raises(shared):
    with tarfile.open(shared / "data" / "hostile" / "yaml_test_suite_src.tar.xz") as tar:
        for member in tar:
            if member.isfile():
                load_yaml(tar.extractfile(member).read().decode("utf-8", "replace"))
