"""Reading that ends before its end, or leaves something out: what was read is used, and the rest is named."""

import io

import pytest

from diagnose.inputs.sources import open_inputs
from diagnose.scan.intake import Setup, read_all
from diagnose.scan.patterns import Pattern, compile_patterns, literal


@pytest.fixture(scope="module")
def matcher():
    return compile_patterns([Pattern(1, literal("connection refused"))])


class Interrupted(io.BytesIO):
    """Whoever reads is stopped by Ctrl-C once `left` reads are done."""

    def __init__(self, data, left):
        super().__init__(data)
        self.left = left

    def read(self, size=-1):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().read(size)


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_keeps_what_was_read_and_names_what_was_not(matcher, threads):
    data = b"10:00 connection refused\n" * 400_000
    read = read_all(open_inputs(["-"], Interrupted(data, 20)), matcher, Setup(threads=threads))
    assert read.stopped
    (skipped,) = read.skipped
    assert "stopped by Ctrl-C" in skipped.reason
    assert 0 <= sum(scan.lines for scan in read.scans) < 400_000


def test_an_input_that_is_not_there_is_named_and_the_others_are_read(matcher, tmp_path):
    (tmp_path / "app.log").write_bytes(b"connection refused\n")
    read = read_all(open_inputs([str(tmp_path / "gone.log"), str(tmp_path / "app.log")]), matcher, Setup(threads=1))
    assert [skipped.path for skipped in read.skipped] == [str(tmp_path / "gone.log")]
    assert [bool(item.error) for item in read.inputs] == [True, False]
    assert [scan.counts.get(1) for scan in read.scans] == [1]
