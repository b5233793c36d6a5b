"""The command line as a user meets it: exit codes, messages, formats, bad input."""

import gzip
import json
import os
import subprocess
import sys

import pytest

ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server.\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def kb(root, home, cache_home):
    """Run kb in a process of its own; no traceback may ever show."""

    def run(*arguments, text="", env=None, cwd=None):
        given = {
            "HOME": str(home),
            "XDG_CACHE_HOME": str(cache_home),
            "LOCALAPPDATA": str(cache_home),
            "XDG_DATA_HOME": str(home / "data"),
            "APPDATA": str(home / "data"),
            "PYTHONPATH": str(root),
        }
        base = {k: v for k, v in os.environ.items() if k not in ("KB_PATH", "KB_DEBUG")}
        data = text if isinstance(text, bytes) else text.encode()
        done = subprocess.run(
            [sys.executable, "-m", "kb", *arguments], input=data, capture_output=True, env={**base, **given, **(env or {})},
            cwd=cwd or root, timeout=100, check=False,
        )  # fmt: skip
        done.out, done.err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in done.err
        assert done.returncode in (0, 1, 2, 130, 141)
        return done

    return run


def test_a_paste_on_standard_input_is_diagnosed(kb):
    done = kb("diagnose", text=ERROR)
    assert done.returncode == 0
    assert "pool-failover-dcom-error" in done.out


def test_json_has_the_fields_of_the_contract(kb):
    answer = json.loads(kb("diagnose", "--format", "json", text=ERROR).out)
    assert answer["schema"] == "kb.diagnosis/1"
    assert set(answer) >= {
        "verdict", "unknown", "causes", "articles", "next_check", "parameters", "codes", "unexplained", "inputs", "complete", "skipped"
    }  # fmt: skip
    cause = answer["causes"][0]
    assert set(cause) >= {"id", "article", "title", "probability", "verdict", "evidence", "checks", "remediation"}
    assert set(cause["evidence"][0]) >= {"signal", "supports", "weight", "source", "line", "quote"}
    assert set(cause["checks"][0]) >= {"id", "title", "outcome", "missing", "commands"}
    assert set(answer["inputs"][0]) >= {"name", "bytes", "lines", "error"}
    assert answer["inputs"][0]["error"] is None


@pytest.mark.parametrize("format_", ["markdown", "html", "text"])
def test_reports_are_complete_and_escape_what_came_from_the_input(kb, format_):
    hostile = ERROR + "error <script>alert(1)</script> \x1b]52;c;aGk=\x07 `x` [a](javascript:x)\n"
    out = kb("diagnose", "--format", format_, text=hostile).out
    assert "pool-failover-dcom-error" in out
    assert "\x1b" not in out
    if format_ == "html":
        assert "<script" not in out


def test_nothing_known_is_status_1_and_says_unknown(kb):
    done = kb("diagnose", text="all is well here\n")
    assert done.returncode == 1
    assert "UNKNOWN" in done.out


def test_an_empty_paste_is_no_error(kb):
    done = kb("diagnose", text="")
    assert done.returncode == 1
    assert "nothing to diagnose" in done.err


def test_an_unreadable_input_is_told_and_the_rest_is_used(kb, tmp_path):
    good = tmp_path / "good.txt"
    good.write_text(ERROR)
    done = kb("diagnose", str(good), str(tmp_path / "none.txt"))
    assert done.returncode == 2
    assert "pool-failover-dcom-error" in done.out
    assert "none.txt" in done.err
    assert "no such file" in done.err


def test_truncated_gzip_is_used_and_told(kb, tmp_path):
    path = tmp_path / "log.gz"
    data = gzip.compress((ERROR + os.urandom(90_000).hex()).encode())
    path.write_bytes(data[: len(data) * 2 // 3])
    done = kb("diagnose", str(path), "--format", "json")
    answer = json.loads(done.out)
    assert done.returncode == 2
    assert answer["complete"] is False
    assert answer["articles"][0]["id"] == "pool-failover-dcom-error"
    assert answer["skipped"][0]["bytes_read"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("diagnose", "--format", "yaml"), "yaml"),
        (("diagnose", "--colour"), "--colour"),
        (("diagnoze",), "did you mean 'diagnose'?"),
        (("show", "pool-failover-dcom-eror"), "did you mean 'pool-failover-dcom-error'?"),
        (("diagnose", "--encoding", "klingon"), "klingon"),
        (("diagnose", "--param", "port"), "NAME=VALUE"),
        (("diagnose", "--kb", "no-such-folder"), "no-such-folder"),
        (("diagnose", "--kb", "docs/decisions/none"), "none"),
    ],
)
def test_a_wrong_call_is_one_clear_line_and_status_2(kb, arguments, words):
    done = kb(*arguments, text=ERROR)
    assert done.returncode == 2
    assert words in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert len(done.err) < 400


def test_a_folder_without_articles_is_told(kb, tmp_path):
    done = kb("diagnose", "--kb", str(tmp_path), text=ERROR)
    assert done.returncode == 2
    assert "holds no articles" in done.err


def test_a_broken_article_is_a_warning_and_the_rest_goes_on(kb, tmp_path, root):
    import shutil

    shutil.copytree(root / "articles" / "lync", tmp_path / "lync")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "article.md").write_text(
        "---\nid: broken\ntitle: Broken\nsignals:\n  bad: {regex: '(['}\nsymptoms: [bad]\ncauses: [{id: c, title: C}]\n---\nText\n"
    )
    done = kb("diagnose", "--kb", str(tmp_path), text=ERROR)
    assert done.returncode == 0
    assert "broken" in done.err
    assert "article.md:5:" in done.err
    assert kb("diagnose", "--kb", str(tmp_path), "--strict", text=ERROR).returncode == 2


def test_binary_garbage_is_told_and_answered(kb):
    done = kb("diagnose", text=bytes(range(256)) * 50)
    assert done.returncode == 1
    assert "binary" in done.err


def test_a_closed_pipe_is_no_error(root, cache_home, needs_tool):
    command = f'"{sys.executable}" -m kb diagnose examples/pool-failover.txt --format json | head -c 10'
    done = subprocess.run(
        [needs_tool("bash"), "-c", command],
        capture_output=True,
        cwd=root,
        env={**os.environ, "XDG_CACHE_HOME": str(cache_home)},
        timeout=100,
        check=False,
    )
    assert done.stderr == b""


def test_without_a_home_the_answer_comes_from_memory(kb):
    env = {"HOME": "/nonexistent", "XDG_CACHE_HOME": "", "LOCALAPPDATA": ""}
    assert "pool-failover-dcom-error" in kb("diagnose", text=ERROR, env=env).out


def test_an_output_file_is_never_overwritten_unasked(kb, tmp_path):
    path = tmp_path / "report.html"
    assert kb("diagnose", "--format", "html", "--output", str(path), text=ERROR).returncode == 0
    assert "<html" in path.read_text(encoding="utf-8")
    done = kb("diagnose", "--output", str(path), text=ERROR)
    assert done.returncode == 2
    assert "exists" in done.err
    assert kb("diagnose", "--output", str(path), "--force", text=ERROR).returncode == 0


def test_a_given_parameter_fills_the_commands_and_a_wrong_one_is_refused(kb):
    done = kb("diagnose", "--param", "target_fe=fe07.fabrikam.example", "--platform", "windows", text=ERROR)
    assert "fe07.fabrikam.example -Port 9001" in done.out
    assert kb("diagnose", "--param", "target_fe=a;b", text=ERROR).returncode == 2


def test_a_given_parameter_that_no_article_of_the_answer_has_is_told_with_what_there_is(kb):
    done = kb("diagnose", "--quiet", "--param", "taget_fe=fe02.fabrikam.example", text=ERROR)
    assert done.returncode == 0
    assert "--param taget_fe: no article of this answer has such a parameter; pool-failover-dcom-error has" in done.err
    assert done.err.rstrip().endswith("did you mean 'target_fe'?")
    assert kb("diagnose", "--quiet", "--param", "target_fe=fe02.fabrikam.example", text=ERROR).err == ""


def test_many_inputs_with_one_reason_are_one_entry_for_people_and_all_of_them_in_json(kb, tmp_path):
    for number in range(20):
        (tmp_path / f"{number:02}.bin").write_bytes(bytes(range(256)) * 4)
        (tmp_path / f"{number:02}.gz").write_bytes(gzip.compress(ERROR.encode())[:-6])
    done = kb("diagnose", str(tmp_path))
    assert done.out.count("Not read:") == 2
    assert "20 inputs (--format json names all)" in done.out.replace("\n      ", " ")
    assert done.err.count("\n") == 3
    assert "kb: 40 of 40 inputs not fully read" in done.err
    assert len(json.loads(kb("diagnose", "--format", "json", str(tmp_path)).out)["skipped"]) == 40


def test_a_damaged_archive_is_one_input_however_much_of_it_is_damaged(kb, tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "whole.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.log", "".join(f"{ERROR[:-1]} {n * 7919}\n" for n in range(2000)))
    (tmp_path / "bad.zip").write_bytes((tmp_path / "whole.zip").read_bytes()[:1500])
    done = kb("diagnose", "--quiet", str(tmp_path / "bad.zip"))
    assert done.returncode == 2
    assert "inputs not fully read" not in done.err
    done = kb("diagnose", "--quiet", str(tmp_path / "bad.zip"), str(tmp_path / "none.log"))
    assert "kb: 2 of 2 inputs not fully read" in done.err


@pytest.mark.parametrize("text", [b" \n\t\r\n", " \n\n".encode("utf-16")])
def test_blanks_alone_are_told_as_an_empty_paste_is(kb, text):
    done = kb("diagnose", text=text)
    assert done.returncode == 1
    assert "nothing to diagnose: the input holds only blanks" in done.err


def test_a_field_that_does_not_exist_is_told_with_those_that_do(kb):
    done = kb("search", "foo:bar")
    assert done.returncode == 1
    assert "no such field 'foo'" in done.err
    assert "id, title, symptoms, causes, products, tags, body" in done.err
    assert "no such field 'titel'" in kb("search", "titel:failover", "pool").err
    assert kb("search", "net.tcp://fe01 failover").err == ""


def test_the_base_may_be_named_before_and_after_the_command(kb, root):
    before = kb("--kb", str(root / "articles"), "diagnose", text=ERROR)
    after = kb("diagnose", "--kb", str(root / "articles"), text=ERROR)
    by_environment = kb("diagnose", text=ERROR, env={"KB_PATH": str(root / "articles")})
    assert before.out == after.out == by_environment.out


def test_secrets_are_redacted_unless_asked(kb):
    text = ERROR.strip() + " password=Hunter2secret99\n"
    assert "Hunter2secret99" not in kb("diagnose", "--format", "json", text=text).out
    assert "Hunter2secret99" in kb("diagnose", "--format", "json", "--raw", text=text).out


def test_a_warm_diagnosis_imports_nothing_heavy(root, home, cache_home):
    code = (
        "import sys; from kb.cli import run; run(['diagnose', 'examples/pool-failover.txt', '--format', 'json']); "
        "print([m for m in ('whoosh', 'yaml', 'markdown', 'rich', 'nh3', 'jsonschema', 'asyncio') if m in sys.modules], file=sys.stderr)"
    )
    env = {**os.environ, "XDG_CACHE_HOME": str(cache_home), "HOME": str(home)}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, cwd=root, env=env, timeout=100, check=False
        )
    assert done.stderr.decode().strip() == "[]"


@pytest.mark.parametrize(
    "command", ["diagnose", "verify", "search", "show", "list", "code", "lint", "test", "schema", "index", "doctor"]
)
def test_every_command_has_help(kb, command):
    done = kb(command, "--help")
    assert done.returncode == 0
    assert "--kb" in done.out
    assert command in kb("--help").out


def test_code_lists_readings_and_the_articles_that_name_the_code(kb):
    done = kb("code", "18456", "4625", "08001", "0x800706BA")
    assert done.returncode == 0
    assert "sql-server-login-failed" in done.out
    assert "rpc-server-unavailable" in done.out
    assert "A logon failed" in done.out
    assert "sqlstate    08001" in done.out


def test_code_in_json_has_all_readings(kb):
    told = json.loads(kb("code", "--format", "json", "5", "503").out)
    assert told["5"][0]["name"] == "ERROR_ACCESS_DENIED"
    assert set(told["5"][0]) >= {
        "kind",
        "value",
        "name",
        "meaning",
        "key",
        "facility",
        "where",
        "why",
        "notations",
        "articles",
    }
    assert "errno" in {reading["kind"] for reading in told["5"]}
    assert "iis-application-pool-503" in told["503"][0]["articles"]
    assert [r["articles"] for r in told["503"] if r["kind"] == "win32"] == [[]]


def test_code_explains_one_of_kb_s_own(kb):
    done = kb("code", "kb-e014")
    assert done.returncode == 0
    assert "index was found damaged" in done.out


def test_code_says_what_it_tried_for_an_unknown_value(kb):
    done = kb("code", "ECONREFUSED", "5")
    assert done.returncode == 1
    assert "tried: Win32 error" in done.out
    assert "did you mean 'ECONNREFUSED'?" in done.out
    assert kb("code", "KB-E999").returncode == 1


def test_own_codes_are_those_of_the_docs(root):
    from kb.codes.own import own_codes

    rows = [
        line.strip("|\n ").split(" | ", 1)
        for line in (root / "docs/errors.md").read_text("utf-8").splitlines()
        if line.startswith("| KB-E")
    ]
    assert {code: meaning.casefold() + "." for code, meaning in rows} == {
        c: m.casefold() for c, m in own_codes().items()
    }


def test_the_second_reading_of_an_article_is_shown(kb, tmp_path):
    shown = kb("show", "disk-full", "--review")
    assert shown.returncode == 0
    assert shown.out.startswith("date: 20")
    told = json.loads(kb("show", "disk-full", "--review", "--format", "json").out)
    assert (told["article"], told["verdict"], told["overtaken"]) == ("disk-full", "signed", False)
    (tmp_path / "valve.md").write_text("# The valve does not open\n\n> The valve did not open\n", encoding="utf-8")
    missing = kb("show", "valve", "--review", "--kb", str(tmp_path))
    assert missing.returncode == 2
    assert "has no review.md beside it" in missing.err


def test_the_state_of_a_base_is_one_table(kb):
    done = kb("lint", "--health", "--kb", "articles")
    assert done.returncode == 0
    head, *rows, sums = done.out.splitlines()
    assert head.split()[:4] == ["article", "status", "reading", "age"]
    assert any(row.startswith("disk-full ") and " signed " in row for row in rows)
    assert sums.startswith(f"{len(rows)} articles")
    told = json.loads(kb("lint", "--health", "--format", "json", "--kb", "articles").out)
    assert len(told["articles"]) == len(rows)
