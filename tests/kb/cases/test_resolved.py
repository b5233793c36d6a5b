"""Resolved cases: written by several processes at once, read whatever happened to the file."""

import subprocess
import sys

from kb.cases.resolved import NAME, Resolved, append, counts, hashed, resolved_records


def record(case, cause="c", article="a"):
    return Resolved(time="2026-11-25T09:00:00+00:00", base="b", article=article, cause=cause, case=case)


def test_the_last_resolution_of_a_case_counts(tmp_path):
    for case, cause in (("1", "x"), ("2", "x"), ("1", "y"), ("3", "")):
        append(tmp_path, record(case, cause))
    assert counts(tmp_path) == {"a/": 1, "a/x": 1, "a/y": 1}


def test_a_torn_line_is_skipped_and_told_and_the_next_record_is_whole(tmp_path):
    append(tmp_path, record("1"))
    with open(tmp_path / NAME, "ab") as file:
        file.write(b'{"time":"2026-11-25T09:0')
    append(tmp_path, record("2"))
    told = []
    assert [r.case for r in resolved_records(tmp_path, told.append)] == ["1", "2"]
    assert told == ["resolved.jsonl: 1 damaged lines skipped; the rest counts"]


def test_bytes_that_are_no_text_are_skipped(tmp_path):
    (tmp_path / NAME).write_bytes(b"\xff\xfe\x00\n[[[[[\n{}\nnull\n" + b"[" * 100_000 + b"\n")
    append(tmp_path, record("1"))
    assert counts(tmp_path) == {"a/c": 1}


def test_no_folder_and_no_file_are_no_cases(tmp_path):
    assert counts(None) == {}
    assert counts(tmp_path / "absent") == {}


def test_several_processes_lose_no_record(tmp_path, root):
    code = (
        "import sys; from pathlib import Path; from kb.cases.resolved import Resolved, append\n"
        "for n in range(40): append(Path(sys.argv[1]), "
        "Resolved(time='t', base='b' * 64, article='a', cause='c' * 60, case=f'{sys.argv[2]}-{n}'))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(n)], cwd=root) for n in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    told = []
    assert len(resolved_records(tmp_path, told.append)) == 160
    assert told == []


def test_the_name_of_a_case_is_not_its_id():
    assert hashed("0123") != hashed("0124")
    assert "0123" not in hashed("0123")
