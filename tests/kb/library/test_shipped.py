"""The shipped library keeps its promises: recorded outputs are recognised, wordings are found, and silence acquits nobody."""

import re

import pytest

from diagnose.checks.patterns import first_outcome
from diagnose.commands.fill import fill, template_faults
from diagnose.model import Param
from diagnose.probes import fault_of
from diagnose.probes.plan import with_placeholders
from kb.authoring.linting.base import _seen
from kb.authoring.linting.dangerous import danger
from kb.authoring.samples import outcome_of
from kb.library.library import Library
from kb.library.testing import problem_of, run
from kb.store.open import open_store

LIBRARY = Library.shipped()
CHECKS = [file.name for file in LIBRARY.all() if file.kind == "check"]
SIGNALS = [file.name for file in LIBRARY.all() if file.kind == "signal"]
WANTED = """tcp-port dns-name ping route tls-certificate http-status proxy clock-offset process service listening-port
disk-space inodes memory-pressure file-exists file-permissions mount selinux-denials kernel-log journal-of-unit
package-version environment-variable container-state container-logs pod-state pod-events node-state pvc-state rbac-can-i
image-exists sql-connect-mssql sql-connect-postgresql sql-connect-mysql sql-connect-oracle sql-connect-redis
sql-connect-mongodb replication-state-postgresql free-connections-postgresql queue-lag-rabbitmq config-test-nginx
config-test-apache config-test-haproxy config-test-sshd git-remote ssh-verbose""".split()
SILENCE = ["", "\n", "0", "0\n", "\n\n\n", "True", "False", "{}", "[]", "null", "-"]
VALUES = {"host": "app07.example.com", "ip": "10.20.1.7", "port": "8080", "path": "/srv/data", "service": "appd", "user": "anna", "name": "shop"}  # fmt: skip


def check_of(name):
    return problem_of(LIBRARY.check(name)).checks[name]


def test_what_was_promised_is_there():
    assert set(WANTED) <= set(CHECKS)
    assert len(SIGNALS) >= 22


def test_every_recorded_output_is_its_outcome_and_every_wording_is_in_its_sample(shipped):
    tested = list(run(LIBRARY, LIBRARY.all(), lambda *asked: outcome_of(shipped, *asked)))
    assert len(tested) > 500
    assert [f"{path}: {what}" for path, what in tested if what] == []


@pytest.mark.parametrize("name", CHECKS)
def test_silence_and_the_command_itself_show_no_outcome(name):
    entry = LIBRARY.check(name)
    check = check_of(name)
    params = {key: Param(type=value.type) for key, value in entry.values.items()}
    values = {key: VALUES[value.type] for key, value in entry.values.items()}
    typed_in = [fill(line, params, values, shell)[0] for shell, lines in check.commands.items() for line in lines]
    prompts = [f"{prompt}{line}" for prompt in ("", "$ ", "admin@mon01:~$ ", "PS C:\\> ", "C:\\>") for line in typed_in]
    for text in (*SILENCE, *prompts, *(f"{line}\n0\n" for line in prompts)):
        assert first_outcome(check, text) == "", text


@pytest.mark.parametrize("name", CHECKS)
def test_commands_only_look_and_say_where_they_run(name):
    entry = LIBRARY.check(name)
    check = check_of(name)
    params = {key: Param(type=value.type) for key, value in entry.values.items()}
    assert check.read_only
    assert check.on
    assert check.cost.risk == "none"
    assert check.commands.keys() & {"powershell", "bash"}
    for shell, lines in check.commands.items():
        for line in lines:
            assert template_faults(line, params, shell) == ()
            assert not danger(line), line
            assert not re.search(r"2>\s*(?:/dev/null|\$null|nul)|SilentlyContinue", line, re.I), line
    for kind, arguments in check.probe.items():
        assert fault_of(kind, with_placeholders(problem_of(entry), arguments)) == ""


def test_commands_that_need_rights_say_so():
    for name in CHECKS:
        check = check_of(name)
        wants = any("sudo " in line for lines in check.commands.values() for line in lines)
        assert not wants or check.cost.privilege == "admin", name


def test_machine_paths_and_real_names_are_in_no_output():
    told = re.compile(r"/tmp/|/root/|\bfor vm\b|@vm\b|@(?:gmail|outlook)\.")
    for name in CHECKS:
        for path in (root_of(name) / "outputs").rglob("*.txt"):
            assert not told.search(path.read_text(encoding="utf-8")), path


def root_of(name):
    from pathlib import Path

    return Path(LIBRARY.check(name).path).parent


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    """A base with one article that uses every signal, its captures filling parameters."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "all").mkdir()
    signals = []
    for name in SIGNALS:
        captures = ", ".join(f"{key}: '${{a{key}}}'" for key in LIBRARY.signal(name).captures)
        signals.append(f"  s-{name}: {{use: {name}, with: {{{captures}}}}}")
    params = "params: {ahost: {type: host}, aport: {type: port}, apath: {type: path}, auser: {type: user}}\n"
    text = f"---\nid: all\ntitle: All\n{params}signals:\n" + "\n".join(signals)
    text += f"\nsymptoms: [{', '.join(f's-{name}' for name in SIGNALS)}]\ncauses: [{{id: off, title: Off}}]\n---\n"
    (folder / "all" / "article.md").write_text(text, encoding="utf-8")
    store = open_store([folder], None)
    assert [fault for fault in store.faults() if fault.severity == "error"] == []
    yield store, folder
    store.close()


@pytest.mark.parametrize("name", SIGNALS)
def test_the_scan_finds_every_wording_and_no_look_alike(every, name):
    store, folder = every
    article = store.article("all")
    entry = LIBRARY.signal(name)
    path = folder / f"{name}.txt"
    for wording in entry.wordings:
        path.write_text(wording.example + "\n", encoding="utf-8")
        assert f"s-{name}" in set(_seen(store, article, path)), wording
    for other in entry.others:
        path.write_text(other + "\n", encoding="utf-8")
        assert f"s-{name}" not in set(_seen(store, article, path)), other


def test_captures_are_what_the_wording_names(every):
    from diagnose.match.evidence import match
    from diagnose.scan.merging import scan_source
    from diagnose.text.blocks import blocks

    store, _ = every
    line = b"ssh: connect to host app07.example.com port 2222: Connection refused\n"
    found = match([scan_source("-", blocks([line]), store.lines)], store)
    facts = {fact for evidence in found.evidence for fact in evidence.facts}
    assert facts == {("ahost", "app07.example.com"), ("aport", "2222")}
