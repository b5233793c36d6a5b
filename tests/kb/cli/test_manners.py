"""First keystrokes: help, hints, names of options, times of day, what is written where."""

import sys

import pytest

ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server.\n"


@pytest.fixture
def kb(monkeypatch, capsys, tmp_path, cache_home):
    """Run kb in this process: gives its status, standard output and standard error."""
    from kb.cli import run

    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(cache_home))
    for name in ("XDG_DATA_HOME", "APPDATA", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("KB_PATH", raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        status = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_kb_alone_is_its_help(kb):
    status, out, err = kb()
    assert (status, err) == (0, "")
    assert "Find the cause:\n  diagnose" in out


def test_every_command_stands_in_one_group(kb):
    from kb.cli import COMMAND_GROUPS, COMMANDS

    grouped = [name for names in COMMAND_GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(COMMANDS)


def test_a_group_of_commands_alone_is_its_help_and_a_wrong_call(kb):
    status, out, err = kb("case")
    assert (status, out) == (2, "")
    assert "\n  show " in err


def test_the_options_of_diagnose_stand_in_groups(kb):
    _, out, _ = kb("diagnose", "--help")
    places = [out.index(f"\n{group}:\n") for group in ("Input", "Time", "Answer", "Case", "Probes", "Output", "Other")]
    assert places == sorted(places)
    assert out.index("\nTime:") < out.index("--around") < out.index("\nAnswer:")
    assert out.index("\nOther:") < out.index("--help")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("diagnose", "--fromat", "json"), "no such option --fromat; did you mean '--format'?"),
        (("list", "--prodct", "x"), "no such option --prodct; did you mean '--product'?"),
        (("diagnose", "--xyzzy"), "no such option --xyzzy (see: kb diagnose --help)"),
    ],
)
def test_a_misspelt_option_is_told_with_what_was_meant(kb, arguments, hint):
    status, _, err = kb(*arguments)
    assert status == 2
    assert hint in err


def test_old_names_of_options_are_understood_and_not_shown(kb, tmp_path):
    log = tmp_path / "a.log"
    log.write_text(ERROR)
    assert kb("diagnose", "-q", "--threads", "1", log)[0] == kb("diagnose", "-q", "--jobs", "1", log)[0] == 0
    assert "--threads" not in kb("diagnose", "--help")[1]
    assert "--failures" not in kb("eval", "--help")[1]


def test_a_text_where_a_file_is_expected_is_told_in_one_line(kb):
    status, out, err = kb("diagnose", "Connection refused")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert 'kb diagnose --text "Connection refused"' in err


def test_quiet_with_output_writes_the_file_and_nothing_else(kb, tmp_path):
    status, out, _ = kb("diagnose", "-q", "--text", ERROR, "--output", tmp_path / "report.txt")
    assert (status, out) == (0, "")
    assert "pool-failover-dcom-error" in (tmp_path / "report.txt").read_text()


def test_two_texts_are_both_taken(kb):
    _, out, _ = kb("diagnose", "--format", "json", "--text", "one", "--text", ERROR)
    assert out.count('"name": "-') == 2


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "app.log"
    lines = [f"2026-11-{day} {hour:02}:12:00 worker {hour} is idle" for day in (20, 21) for hour in range(10)]
    path.write_text("\n".join([*lines, "2026-11-21 09:14:31 " + ERROR]))
    return path


def test_a_bare_time_is_the_last_such_time_of_the_log(kb, log, tmp_path):
    assert kb("diagnose", "-q", "--around", "09:14", log)[0] == 0
    early = tmp_path / "early.log"
    early.write_text("2026-11-20 22:00:00 " + ERROR + "2026-11-21 09:14:31 the end\n")
    assert kb("diagnose", "-q", "--around", "22:00", early)[0] == 0
    assert kb("diagnose", "-q", "--since", "21:00", "--until", "23:00", early)[0] == 0


@pytest.mark.parametrize("packed", [False, True])
def test_a_range_without_a_line_says_what_the_log_covers(kb, log, tmp_path, packed):
    import gzip

    if packed:
        data, log = log.read_bytes(), tmp_path / "app.log.gz"
        log.write_bytes(gzip.compress(data))
    status, _, err = kb("diagnose", "-q", "--around", "12:30", log)
    assert status == 1
    assert "kb: 0 of 21 lines are in that range; the log covers 2026-11-20 00:12:00 to 2026-11-21 09:14:31 UTC\n" in err


def test_the_ends_of_a_large_utf_16_log_are_found(kb, tmp_path):
    log = tmp_path / "big.log"
    lines = [f"2026-11-20 08:{n % 60:02}:00 worker {n} is idle" for n in range(5000)]
    log.write_text("\n".join([*lines, "2026-11-21 09:14:31 the end", ""]), encoding="utf-16")
    err = kb("diagnose", "-q", "--since", "2027-01-01", log)[2]
    assert "0 of 5,001 lines are in that range; the log covers 2026-11-20 08:00:00 to 2026-11-21 09:14:31 UTC" in err


def test_imported_articles_are_listed_by_product(kb, tmp_path):
    for name, product in (("a", "Squid"), ("b", "Nginx"), ("c", "Squid")):
        (tmp_path / "base" / name).mkdir(parents=True)
        text = f"---\nid: {name}\ntitle: T {name}\nstatus: draft\napplies_to: [{{product: {product}}}]\nsignals: {{s: {{contains: boom {name} x}}}}\nsymptoms: [s]\n---\n"
        (tmp_path / "base" / name / "article.md").write_text(text)
    status, out, _ = kb("list", "--kb", tmp_path / "base")
    assert status == 0
    assert [line for line in out.splitlines() if line.endswith(":")] == ["Nginx:", "Squid:"]


def test_lint_and_test_take_folders_and_ids_alike(kb, root):
    assert kb("lint", "disk-full")[1].startswith("1 articles, 0 findings")
    folder = next((root / "articles").rglob("disk-full"))
    assert kb("lint", folder)[1].startswith("1 articles")
    alone, named = kb("test", folder), kb("test", "disk-full")
    assert alone[1].split()[0] == named[1].split()[0]
    assert kb("lint", "disk-ful")[2].count("did you mean 'disk-full'?") == 1


def test_standard_input_from_a_file_has_its_own_last_such_time(kb, log, monkeypatch):
    with log.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert kb("diagnose", "-q", "--around", "09:14")[0] == 0


def test_one_cause_is_shown_by_itself_with_blanks_for_values(kb):
    status, out, _ = kb("show", "pool-failover-dcom-error/port-9001-blocked")
    assert status == 0
    assert "TCP 9001 (ConfDirManagement) is blocked" in out
    assert "The Front End service is not running" not in out
    assert "-ComputerName <target_fe> -Port <port>" in " ".join(out.split())
    assert "${target_fe}" not in kb("show", "pool-failover-dcom-error")[1]
    assert "&lt;target_fe&gt;" in kb("show", "pool-failover-dcom-error", "--format", "html")[1]
    assert "did you mean 'port-9001-blocked'?" in kb("show", "pool-failover-dcom-error/port-9001-blokked")[2]


def test_a_folder_with_a_plus_is_added_to_the_shipped_articles(kb, tmp_path, root, monkeypatch):
    monkeypatch.setattr("kb.folders.shipped_articles", lambda: root / "articles" / "system")
    (tmp_path / "base" / "own").mkdir(parents=True)
    text = "---\nid: own\ntitle: Mine\nstatus: draft\nsignals: {s: {contains: boom own x}}\nsymptoms: [s]\n---\n"
    (tmp_path / "base" / "own" / "article.md").write_text(text)
    both = kb("list", "--kb", f"+{tmp_path / 'base'}")[1]
    alone = kb("list", "--kb", tmp_path / "base")[1]
    assert "  own  [draft]" in both
    assert "disk-full" in both
    assert "disk-full" not in alone


def test_an_import_without_a_place_goes_to_the_users_own_articles(kb, tmp_path, root, monkeypatch):
    monkeypatch.setattr("kb.folders.shipped_articles", lambda: root / "articles" / "system")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "one.md").write_text("# The frobnicator stops\n\n```\nfrob: 0x17 quux is missing\n```\n")
    status, _, _ = kb("import", "markdown", tmp_path / "notes")
    assert status == 0
    assert list((tmp_path / "home").rglob("article.md"))
    assert "The frobnicator stops" in kb("list")[1]


def test_doctor_shows_what_holds_and_why(kb, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    out = kb("doctor")[1]
    assert "(no such file: everything is as usual)" in out
    assert "colour    never (from NO_COLOR)" in out


def test_a_field_of_the_article_format_is_explained(kb):
    status, out, _ = kb("schema", "checks.on")
    assert (status, out.splitlines()[0]) == (0, "checks.on")
    assert kb("schema")[1].startswith("{")


def test_a_baseline_that_cannot_be_read_is_an_error(kb, log):
    status, out, err = kb("diagnose", log, "--baseline", "no-such.log")
    assert (status, out) == (2, "")
    assert "--baseline no-such.log: no such file" in err


def test_what_is_new_stands_first_where_nothing_is_known(kb, tmp_path):
    (tmp_path / "good.log").write_text("step 1 done\nstep 2 done\n")
    (tmp_path / "bad.log").write_text("step 3 done\nthe flux is gone\n")
    _, out, _ = kb("diagnose", "bad.log", "--baseline", "good.log")
    assert out.startswith("New against the baseline")
    assert "bad.log:2\n      the flux is gone" in out
    new = kb("diagnose", "bad.log", "--baseline", "good.log", "--format", "json")[1]
    assert '"new_lines": [\n    {' in new
    (tmp_path / "other.log").write_text("all of this differs\n")
    assert "no message in common" in kb("diagnose", "-q", "bad.log", "--baseline", "other.log")[2]
    assert "has every message" in kb("diagnose", "-q", "good.log", "--baseline", "bad.log", "--baseline", "good.log")[2]


def test_secrets_of_new_lines_are_hidden(kb, tmp_path):
    (tmp_path / "good.log").write_text("step 1 done\n")
    (tmp_path / "bad.log").write_text("step 2 done\nlogin with password=hunter2 failed\n")
    assert "hunter2" not in kb("diagnose", "bad.log", "--baseline", "good.log", "--format", "json")[1]
    assert "hunter2" in kb("diagnose", "bad.log", "--baseline", "good.log", "--raw")[1]
