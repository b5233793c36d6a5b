"""`kb verify` as a user meets it: the list, the consent, the probes, the ranking after them, the exit codes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from diagnose.checks.answers import Answered
from diagnose.errors import KbError
from diagnose.options import Options
from diagnose.probes.plan import Plan, Planned
from kb.probing import choose, plan_of

ARTICLE = """---
id: app-db
title: The application does not reach its database
params:
  db_host: {type: host, ask: Which database host?}
  port: {type: port, default: "5432"}
  service: {type: service, ask: Which service?}
signals:
  lost: {regex: 'APP-0042 cannot reach database (?P<db_host>\\S+):(?P<port>\\d+)'}
symptoms: [lost]
causes:
  - id: stopped
    title: The database does not run
    likelihood: common
    evidence:
      - {check: db.refused, supports: decisive}
      - {check: db.connected, refutes: decisive}
    remediation:
      - {text: Start it, verify: db.connected}
  - id: credentials
    title: The password is wrong
    likelihood: common
    evidence:
      - {check: db.connected, supports: strong}
      - {check: db.refused, refutes: decisive}
checks:
  db:
    title: Does ${db_host} answer on TCP ${port}?
    probe: {tcp: ['${db_host}', '${port}']}
    outcomes:
      connected: {contains: [succeeded]}
      refused: {contains: [Connection refused]}
  unit:
    title: Does ${service} run?
    probe: {service: ['${service}']}
    outcomes: {running: {contains: [is running]}}
---

# The application does not reach its database
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify")
    (folder / "base" / "app-db").mkdir(parents=True)
    (folder / "base" / "app-db" / "article.md").write_text(ARTICLE, encoding="utf-8")
    return folder


@pytest.fixture
def listener():
    """A port of this machine that accepts, and counts who came."""
    came, over = [], threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def accept():
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, peer = server.accept()
                    came.append(peer)
                    connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield SimpleNamespace(port=server.getsockname()[1], came=came)
        over.set()
        thread.join(5)


@pytest.fixture
def environment(root, folder):
    given = {"HOME": folder, "XDG_CACHE_HOME": folder / "cache", "LOCALAPPDATA": folder, "PYTHONPATH": root, "KB_PATH": folder / "base"}  # fmt: skip
    return {**os.environ, **{name: str(value) for name, value in given.items()}}


@pytest.fixture
def kb(root, environment):
    def run(*arguments, text=""):
        done = subprocess.run(
            [sys.executable, "-m", "kb", *arguments], input=text.encode(), capture_output=True, env=environment,
            cwd=root, timeout=60, check=False,
        )  # fmt: skip
        done.out, done.err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in done.err
        return done

    return run


def error(port, host="127.0.0.1"):
    return f"2026-01-12 09:12:01 ERROR APP-0042 cannot reach database {host}:{port}\n"


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_refused_port_confirms_the_cause(kb):
    port = closed_port()
    done = kb("verify", "--yes", "--target", "127.0.0.1", "--format", "json", text=error(port))
    answer = json.loads(done.out)
    assert done.returncode == 0
    assert (answer["verdict"], answer["causes"][0]["id"]) == ("confirmed", "app-db/stopped")
    (probe,) = answer["probes"]
    assert (probe["kind"], probe["arguments"], probe["outcome"]) == ("tcp", ["127.0.0.1", str(port)], "refused")
    assert (probe["address"], probe["checks"]) == ("127.0.0.1", ["app-db/db"])
    assert {check["id"]: check["outcome"] for check in answer["causes"][0]["checks"]} == {"db": "refused"}


def test_an_open_port_demotes_the_cause_and_proves_its_fix(kb, listener):
    done = kb("verify", "--yes", "--target", "127.0.0.1", "--format", "json", text=error(listener.port))
    answer = json.loads(done.out)
    assert done.returncode == 0
    assert answer["causes"][0]["id"] == "app-db/credentials"
    assert len(listener.came) == 1


def test_diagnose_with_verify_does_the_same(kb, listener):
    text = error(listener.port)
    given = ("--yes", "--target", "127.0.0.1", "--format", "markdown")
    one, other = kb("verify", *given, text=text), kb("diagnose", "--verify", *given, text=text)
    assert (one.returncode, other.returncode) == (0, 0)
    assert "tcp.connected" not in one.out
    assert "db.connected" in one.out
    assert "db.connected" in other.out


def test_a_probe_and_a_pasted_output_move_the_ranking_alike(kb):
    port = closed_port()
    pasted = f"nc: connect to 127.0.0.1 port {port} (tcp) failed: Connection refused\n"
    by_paste = json.loads(kb("diagnose", "--format", "json", "--text", pasted, "--text", error(port)).out)
    by_probe = json.loads(kb("verify", "--yes", "--target", "127.0.0.1", "--format", "json", "--text", error(port)).out)

    def odds(answer):
        return [(cause["id"], cause["verdict"], cause["probability"]) for cause in answer["causes"]]

    assert odds(by_probe) == odds(by_paste)


@pytest.mark.parametrize(
    "given",
    [(), ("--target", "127.0.0.1"), ("--yes",), ("--yes", "--target", "10.0.0.1"), ("--yes", "--target", "localhost")],
)
def test_without_consent_for_the_host_nothing_is_asked(kb, listener, given):
    done = kb("verify", *given, text=error(listener.port))
    assert done.returncode == 2
    assert listener.came == []


def test_where_nobody_can_be_asked_the_list_and_the_way_out_are_shown(kb, listener):
    done = kb("verify", text=error(listener.port))
    assert f"tcp 127.0.0.1 {listener.port}" in done.err
    assert "--yes --target 127.0.0.1" in done.err
    assert "The application does not reach its database" in done.out


def test_a_check_whose_value_is_missing_is_listed_with_how_to_give_it(kb):
    done = kb("verify", "--check", "unit", text=error(closed_port()))
    assert "cannot run: Which service? (--param service=...) [app-db/unit]" in done.err
    assert done.returncode == 2


def test_diagnose_alone_asks_nobody(kb, listener):
    assert kb("diagnose", text=error(listener.port)).returncode == 0
    assert listener.came == []
    assert kb("diagnose", "--yes", text=error(listener.port)).returncode == 2


def test_a_host_with_an_address_of_the_cloud_is_refused(kb):
    done = kb("verify", "--yes", "--target", "169.254.169.254", text=error(80, "169.254.169.254"))
    assert "not asked: 169.254.169.254 is a link-local address" in done.err
    assert done.returncode == 1


def test_an_unknown_error_has_nothing_to_verify(kb):
    assert kb("verify", "--yes", "--target", "127.0.0.1", text="nothing of interest\n").returncode == 1


def test_an_unknown_check_is_told_with_what_was_meant(kb):
    done = kb("verify", "--check", "dbb", text=error(closed_port()))
    assert done.returncode == 2
    assert "did you mean" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
@pytest.mark.parametrize(("reply", "came", "status"), [("y\n", 1, 0), ("n\n", 0, 2), ("\n", 0, 2)])
def test_on_a_terminal_it_asks_and_no_is_the_default(environment, root, folder, listener, reply, came, status):
    import pty

    path = folder / f"error-{listener.port}.log"
    path.write_text(error(listener.port), encoding="utf-8")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kb", "verify", str(path)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=root
    ) as process:
        os.close(theirs)
        os.write(ours, reply.encode())
        _, told = process.communicate(timeout=60)
    os.close(ours)
    assert b"Run these probes?" in told
    assert (process.returncode, len(listener.came)) == (status, came)


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_after_a_paste_that_ended_with_ctrl_d_it_still_asks(environment, root, listener):
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "kb", "verify"], stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=environment, cwd=root,
    ) as process:  # fmt: skip
        os.close(theirs)
        assert process.stderr
        assert b"press Enter after the paste" in process.stderr.readline()
        os.write(ours, error(listener.port).encode() + b"\x04")
        while b"tcp 127.0.0.1" not in process.stderr.readline():
            pass
        os.write(ours, b"y\n")
        process.communicate(timeout=60)
    os.close(ours)
    assert (process.returncode, len(listener.came)) == (0, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux drops what a full backlog has no room for")
def test_ctrl_c_gives_the_report_of_what_was_found(environment, root):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        at = server.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(at)
        given = ["--yes", "--target", "127.0.0.1", "--timeout", "10", "--text", error(at[1])]
        with subprocess.Popen(
            [sys.executable, "-m", "kb", "verify", *given], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=environment, cwd=root,
        ) as process:  # fmt: skip
            assert process.stderr
            while b"tcp 127.0.0.1" not in process.stderr.readline():
                pass
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            out, told = process.communicate(timeout=60)
        for one in waiting:
            one.close()
    assert process.returncode == 130
    assert b"stopped: 0 of 1 probes" in told
    assert b"The application does not reach its database" in out


def test_only_named_hosts_and_this_machine_are_chosen():
    plan = Plan((Planned("tcp", ("FE02", "80"), ("p/a",), ""),))
    assert [p.arguments[0] for p in choose(plan, ["fe02"]).run] == ["FE02"]
    assert choose(plan, ["fe01"]).run == ()
    assert choose(plan, ["fe01"]).left_out[0][1] == "not among --target; add --target FE02"


@pytest.mark.parametrize(
    ("probe", "fault"),
    [
        ("tcp: ['${db_host}', '${port}']", ""),
        ("tcp: ['${port}', '${db_host}']", "is not a host name"),
        ("tcp: ['${db_host}']", "tcp wants host port"),
        ("ftp: ['${db_host}']", "no probe of the kind 'ftp'"),
    ],
)
def test_lint_finds_probes_that_cannot_be_run(kb, tmp_path, probe, fault):
    (tmp_path / "app-db").mkdir()
    text = ARTICLE.replace("tcp: ['${db_host}', '${port}']", probe)
    (tmp_path / "app-db" / "article.md").write_text(text, encoding="utf-8")
    out = kb("lint", str(tmp_path)).out
    assert fault in out
    assert ("cannot be run" in out) == bool(fault)


def test_the_next_best_check_of_the_seed_is_planned_first(diagnosed, shipped):
    diagnosis = diagnosed(
        'Invoke-CsPoolFailOver : Could not find a compatible interface with the server "fe02.contoso.com".\n'
    )
    plan = plan_of(diagnosis, shipped.problems({c.article for c in diagnosis.causes}))
    told = [*(c for p in plan.planned for c in p.checks), *(n.check for n in plan.not_runnable)]
    assert told
    assert all("/" in name for name in told)
    with pytest.raises(KbError):
        plan_of(diagnosis, shipped.problems({c.article for c in diagnosis.causes}), ["no-such-check"])


def test_answers_are_part_of_the_options_and_alter_no_other_article(diagnosed):
    text = 'psql: error: connection to server at "10.0.0.9", port 5432 failed: Connection refused\n'
    name = "connection-refused-or-timed-out"
    before, after = diagnosed(text), diagnosed(text, answers=(Answered(name, "tcp", "connected", "it does"),))
    assert Options().answers == ()
    assert before.articles[0].parameters == after.articles[0].parameters != {}
    checks = [c for f in after.causes for c in f.checks if c.id == "tcp"]
    assert {c.outcome for c in checks} == {"connected"}


def test_it_says_from_which_machine_and_that_there_is_nothing_to_probe(kb):
    import platform

    done = kb("verify", text=error(closed_port()))
    assert f"from this machine ({platform.node() or 'no name'}): they tell what it reaches" in done.err
    done = kb("verify", text="all is well\n")
    assert "nothing to probe: no cause is known" in done.err


@pytest.mark.parametrize(
    ("on", "here"),
    [
        ("this machine", True),
        ("Any machine", True),
        ("${host}", True),
        ("the server (${host}.corp.example)", True),
        ("the server (app02)", False),
        ("the application server", False),
        ("any domain controller", False),
        ("", True),
    ],
)
def test_where_a_check_belongs_is_told_from_its_words_and_this_machine(on, here):
    from kb.probing import elsewhere

    check = SimpleNamespace(on=on)
    problem = SimpleNamespace(checks={"port": check})
    diagnosis = SimpleNamespace(articles=[SimpleNamespace(id="app-db", parameters={"host": "app01"})])
    found = elsewhere(diagnosis, {"app-db": problem}, "APP01.corp.example")
    assert (found == {}) is here


def test_an_answer_from_the_wrong_machine_counts_little(root, environment, folder, tmp_path):
    base = tmp_path / "base" / "app-db"
    base.mkdir(parents=True)
    text = ARTICLE.replace("    probe: {tcp:", "    on: the application server\n    probe: {tcp:", 1)
    assert text != ARTICLE
    (base / "article.md").write_text(text, encoding="utf-8")
    port = closed_port()

    def verified(*options):
        done = subprocess.run(
            [sys.executable, "-m", "kb", "verify", "--kb", str(base), "--yes", "--target", "127.0.0.1", *options],
            input=error(port).encode(), capture_output=True, env=environment, cwd=root, timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stderr.decode()

    status, said = verified("-q")
    assert status == 1
    assert "counts little from here: it belongs on the application server" in said
    status, said = verified("-q", "--here")
    assert status == 0
    assert "counts little" not in said
