"""What a check measured: the case's target, another one, or a default that nobody named."""

from io import BytesIO

import pytest

from diagnose.checks.targets import nearest_mount, same_host, same_path
from diagnose.inputs.sources import open_inputs
from diagnose.options import Options
from diagnose.pipeline import diagnose

FULL = """\
---
id: volume-full
title: The spool cannot be written, no room is left
applies_to: [{product: Spooler}]
params:
  path: {type: path, default: /, ask: a folder on the full filesystem}
  server: {type: host, ask: the server of the spool}
  port: {type: port, default: 7070}
signals:
  full: {contains: the spool has no room left to write}
  remote: {regex: 'spool of (?P<server>[\\w.-]+) is away'}
symptoms: [full, remote]
causes:
  - id: filled
    title: The filesystem is full
    likelihood: common
    evidence:
      - {check: room.full, supports: decisive}
      - {check: room.ok, refutes: decisive}
      - {check: drive.full, supports: decisive}
  - id: blocked
    title: The port is blocked
    likelihood: common
    evidence:
      - {check: tcp.failed, supports: decisive}
      - {check: tcp.connected, refutes: decisive}
checks:
  drive:
    title: How much room has the drive?
    commands: {cmd: 'fsutil volume diskfree C:'}
    outcomes: {full: {contains: 'Total free bytes : 0'}, some: {contains: 'Total free bytes'}}
    cost: {seconds: 1}
  room:
    title: How much room has ${path}?
    parser: df
    commands: {bash: ['df -h ${path}', 'stat -f ${path}']}
    outcomes: {full: {contains: 'Available: 0'}, ok: {contains: 'Available: 9'}}
    cost: {seconds: 60}
  tcp:
    title: Does ${server} answer on ${port}?
    probe: {tcp: ['${server}', '${port}']}
    commands: {powershell: 'Test-NetConnection -ComputerName ${server} -Port ${port}'}
    outcomes: {connected: {contains: 'TcpTestSucceeded : True'}, failed: {contains: 'TcpTestSucceeded : False'}}
---
The spool of the Spooler cannot be written.
"""
ERROR = "spoolerd: the spool has no room left to write\n"
AWAY = "spoolerd: the spool has no room left to write\nspoolerd: spool of srv07.contoso.com is away\n"
HEADER = "Filesystem      Size  Used Avail Use% Mounted on\n"
ROOT = "/dev/sda1        50G   12G   36G  25% /\n"
DATA = "/dev/sdb1        50G   50G     0 100% /data\n"


def reached(host):
    return f"ComputerName     : {host}\nRemoteAddress    : 10.1.1.9\nRemotePort       : 7070\nTcpTestSucceeded : True\n"


@pytest.fixture
def asked(base):
    store = base(volume_full=FULL)

    def run(*texts, **options):
        sources = [s for text in texts for s in open_inputs(["-"], BytesIO(text.encode()))]
        return diagnose(sources, store, Options(**options))

    return run


def weights(diagnosis, seen):
    return {c.id.partition("/")[2]: e.weight for c in diagnosis.causes for e in c.evidence if e.signal == seen}


def check(diagnosis, name):
    return next(c for cause in diagnosis.causes for c in cause.checks if c.id == name)


def test_a_check_of_a_mere_default_target_is_weak_evidence(asked):
    healthy = asked(ERROR, "$ df -h /\n" + HEADER + ROOT)
    assert weights(healthy, "room.ok")["filled"] == pytest.approx(-0.405, abs=0.001)
    assert healthy.ruled_out == ()
    assert check(healthy, "room").assumed == {"path": "/"}


def test_the_same_check_counts_in_full_where_the_reader_named_the_target(asked):
    healthy = asked(ERROR, "$ df -h /\n" + HEADER + ROOT, given={"path": "/"})
    assert weights(healthy, "room.ok")["filled"] < -3
    assert check(healthy, "room").assumed == {}


def test_an_output_of_a_target_that_somebody_named_counts_in_full_and_fills_the_parameter(asked):
    full = asked(ERROR, "$ df -h /data/spool\n" + HEADER + DATA)
    assert weights(full, "room.full")["filled"] > 3
    assert full.parameters["path"] == "/data/spool"
    assert any(c.command == "df -h /data/spool" for c in check(full, "room").commands)


def test_of_a_listing_the_row_that_holds_the_path_counts(asked):
    both = asked(ERROR, HEADER + ROOT + DATA, given={"path": "/data/spool/x"})
    assert check(both, "room").outcome == "full"
    turned = asked(ERROR, HEADER + DATA + ROOT, given={"path": "/data/spool/x"})
    assert check(turned, "room").outcome == "full"


def test_of_a_listing_without_a_known_path_a_full_row_counts_and_a_healthy_one_hardly(asked):
    boot = "/dev/sda2        1G   12M   900M   2% /boot\n"
    assert weights(asked(ERROR, HEADER + ROOT + DATA), "room.full")["filled"] > 3
    healthy = asked(ERROR, HEADER + boot + ROOT)
    assert check(healthy, "room").outcome == "ok"
    assert weights(healthy, "room.ok")["filled"] > -0.5


def test_a_full_filesystem_speaks_for_itself_at_the_default_too(asked):
    full = asked(ERROR, "$ df -h /\n" + HEADER + "/dev/sda1        50G   50G     0 100% /\n")
    assert weights(full, "room.full")["filled"] > 3


def test_an_output_of_another_path_does_not_count_and_is_said(asked):
    other = asked(ERROR, "$ df -h /\n" + HEADER + ROOT, given={"path": "/data/spool"})
    assert weights(other, "room.ok") == {}
    assert check(other, "room").unclear == "output of another path, /, not of /data/spool"


def test_a_command_that_no_recogniser_knows_is_held_to_its_target_too(asked):
    typed = "$ stat -f {}\nBlocks: Total: 10 Free: 9 Available: 9\n"
    assert weights(asked(ERROR, typed.format("/")), "room.ok")["filled"] == pytest.approx(-0.405, abs=0.001)
    given = {"path": "/data/spool"}
    assert weights(asked(ERROR, typed.format("/"), given=given), "room.ok") == {}
    assert weights(asked(ERROR, typed.format("/data"), given=given), "room.ok")["filled"] < -3


def test_an_answer_to_a_check_of_a_default_target_is_weak_too(asked):
    from diagnose.checks.answers import Answered

    answers = (Answered("volume-full", "room", "ok", "answered"),)
    assert weights(asked(ERROR, answers=answers), "room.ok")["filled"] > -0.5
    assert weights(asked(ERROR, answers=answers, given={"path": "/data"}), "room.ok")["filled"] < -3


def test_a_default_port_is_the_products_own_and_counts_in_full(asked):
    open_port = asked(AWAY, reached("srv07.contoso.com"))
    assert weights(open_port, "tcp.connected")["blocked"] < -3
    assert check(open_port, "tcp").assumed == {}


def test_an_output_of_another_host_moves_nothing_and_is_said(asked):
    other = asked(AWAY, reached("other99.contoso.com"))
    assert weights(other, "tcp.connected") == {}
    assert check(other, "tcp").unclear == "output of another host, other99.contoso.com, not of srv07.contoso.com"


def test_a_host_that_the_text_leaves_open_is_taken_from_the_output(asked):
    filled = asked(ERROR, reached("srv07.contoso.com"))
    assert filled.parameters["server"] == "srv07.contoso.com"
    assert check(filled, "tcp").missing == ()
    assert weights(filled, "tcp.connected")["blocked"] < -3


def test_the_next_check_runs_on_the_system_of_the_text_or_the_one_asked_for(asked):
    unix = "Jan 02 10:00:00 host systemd[1]: started\n" + ERROR
    assert asked(unix).next_check.check == "room"
    assert asked(ERROR, platform="linux").next_check.check == "room"
    assert asked(ERROR, platform="windows").next_check.check == "drive"
    assert "not linux" not in asked(unix).next_check.why


def test_a_check_for_another_system_comes_last_and_says_so(asked):
    skipped = frozenset({"volume-full/room"})
    step = asked(ERROR, platform="linux", skipped=skipped).next_check
    assert step.check in ("drive", "tcp")
    assert step.why.endswith("its commands are for windows, not linux")


@pytest.mark.parametrize(
    ("wanted", "host", "answer"),
    [
        ("srv07", "srv07.contoso.com", "same"),
        ("srv07.contoso.com", "SRV07", "same"),
        ("srv07.contoso.com", "srv07.fabrikam.com", "other"),
        ("srv07", "10.1.1.9", "unknown"),
    ],
)
def test_a_short_name_is_its_full_name_and_an_address_tells_nothing(wanted, host, answer):
    assert same_host(wanted, {"host": host}) == answer


def test_a_folder_above_or_below_is_the_same_but_the_root_is_not():
    assert same_path("/var/backup/x.tar", "/var/backup") == "same"
    assert same_path("/var", "/var/backup") == "same"
    assert same_path("/var/backup", "/") == "other"
    assert same_path("C:\\Data\\x", "c:\\data") == "same"
    assert nearest_mount("/var/backup/x", ["/", "/var", "/var/log"]) == "/var"
