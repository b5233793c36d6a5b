"""What an article uses of the library is written out as if its author had written it, and faults point at the use."""

import pytest

from kb.articles.parse import parse
from kb.library import files
from kb.library.library import Library

ARTICLE = """---
id: good-one
title: Something fails
params: {{server: {{type: host}}, number: {{type: port, default: '9001'}}, label: {{type: name}}}}
signals:
  failed: {{contains: the frobnicator could not be started}}
{signal}
symptoms: [failed]
causes:
  - id: off
    title: It is off
    evidence: [{{signal: failed, supports: strong}}, {{check: port.refused, supports: decisive}}]
checks:
  port:
    {check}
---
"""
USE = "use: tcp-port\n    with: {host: '${server}', port: '${number}'}"


@pytest.fixture(scope="module")
def library():
    return Library.shipped()


def read(check=USE, signal="", library=None):
    return parse("x/good-one/article.md", ARTICLE.format(check=check, signal=signal).encode(), library)


def test_a_check_of_the_library_is_the_check_of_the_article(library):
    article, faults = read(library=library)
    assert faults == ()
    check = article.problem.checks["port"]
    assert check.title == "Does ${server} accept a connection on TCP ${number}?"
    assert check.commands["powershell"] == ("Test-NetConnection -ComputerName ${server} -Port ${number}",)
    assert check.probe == {"tcp": ("${server}", "${number}")}
    assert list(check.outcomes)[:3] == ["name-error", "connected", "refused"]
    (use,) = article.uses
    assert (use.kind, use.part, use.name, use.shipped) == ("check", "port", "tcp-port", True)


def test_a_plain_value_stands_in_the_commands_as_its_shell_quotes_it(library):
    article, faults = read("use: tcp-port\n    with: {host: '${server}', port: 135}", library=library)
    assert faults == ()
    assert article.problem.checks["port"].commands["bash"][0] == "nc -vz -w 5 ${server} 135"
    article, faults = read(
        "use: disk-space\n    with: {path: '/srv/my data'}\n    outcomes: {refused: {contains: x}}", library=library
    )
    assert faults == ()
    assert article.problem.checks["port"].commands["bash"] == ("df -h '/srv/my data'",)


def test_what_the_article_says_itself_goes_before(library):
    article, faults = read(
        USE + "\n    title: Does it answer?\n    cost: {seconds: 3}\n    on: a Front End\n"
        "    commands: {bash: 'nc -vz ${server} ${number}', cmd: null}\n"
        "    outcomes: {timeout: null, refused: {contains: no thanks}, busy: {contains: too busy}}",
        library=library,
    )
    assert faults == ()
    check = article.problem.checks["port"]
    assert (check.title, check.on, check.cost.seconds, check.cost.privilege) == (
        "Does it answer?",
        "a Front End",
        3.0,
        "user",
    )
    assert set(check.commands) == {"powershell", "bash"}
    assert check.commands["bash"] == ("nc -vz ${server} ${number}",)
    assert list(check.outcomes) == ["busy", "name-error", "connected", "refused", "unreachable", "failed"]
    assert check.outcomes["refused"].contains == ("no thanks",)
    assert check.outcomes["refused"].regex == ()


def test_where_checks_run_is_said_once_and_goes_before_the_library(library):
    def places(check):
        text = ARTICLE.format(check=check, signal="").replace("checks:\n", "checks_on: the host ${server}\nchecks:\n")
        article, faults = parse("x/good-one/article.md", text.encode(), library)
        assert faults == ()
        return article.problem.checks["port"].on

    assert places(USE) == "the host ${server}"
    assert places(USE + "\n    on: the client") == "the client"
    assert places("title: x\n    commands: {bash: x}\n    outcomes: {refused: {contains: y}}") == "the host ${server}"
    assert read(library=library)[0].problem.checks["port"].on not in ("", "the host ${server}")


def test_a_signal_of_the_library_has_its_wordings_and_fills_parameters(library):
    article, faults = read(
        signal="  refused: {use: connection-refused, with: {host: '${server}', port: '${number}'}, contains: my own words}",
        library=library,
    )
    assert [f for f in faults if f.severity == "error"] == []
    signals = article.problem.signals
    assert signals["refused"].title == "the connection was refused"
    members = [signals[name] for name in signals["refused"].any]
    assert any("my own words" in member.contains for member in members)
    assert any("(?P<server>" in regex and "(?P<number>" in regex for member in members for regex in member.regex)
    assert not any("(?P<host>" in regex for member in members for regex in member.regex)


def test_captures_that_nobody_asked_for_are_not_captured(library):
    article, _ = read(signal="  refused: {use: connection-refused}", library=library)
    assert not any("(?P<" in regex for signal in article.problem.signals.values() for regex in signal.regex)


def test_a_signal_written_in_place_may_use_the_library_too(library):
    article, faults = read(signal="  both: {all: [failed, {use: connection-refused}]}", library=library)
    assert faults == ()
    assert article.problem.signals["both"].all == ("failed", "both.2")
    assert {(use.kind, use.part) for use in article.uses} == {("check", "port"), ("signal", "both.2")}
    article, faults = read(
        signal="  often: {contains: failed, count: 3, not: [{signal: {use: broken-pipe}, window: 5s}]}", library=library
    )
    assert faults == ()
    assert article.problem.signals["often"].not_[0].signal == "often.not1"
    assert article.problem.signals["often.not1"].title == "the other end has gone away"


FAULTS = [
    ("use: tcp-prt", ":15:10: the library has no check 'tcp-prt'; did you mean 'tcp-port'?"),
    ("use: zzzzzzzz", ":15:10: the library has no check 'zzzzzzzz'; kb list --checks shows all names"),
    ("use: [tcp-port]", ":15:10: 'use' is no name; name one check of the library"),
    ("use: tcp-port\n    with: {host: '${server}'}", ":16:11: 'tcp-port' wants a value 'port'; add it to with: port: ..."),
    (USE.replace("port: '", "prt: '"), ":16:36: 'tcp-port' has no value 'prt'; did you mean 'port'?"),
    (USE.replace("${server}", "${sever}"), ":16:18: unknown parameter 'sever'; did you mean 'server'?"),
    (USE.replace("'${number}'", "70000"), ":16:37: '70000' is not a number from 1 to 65535, digits only"),
    (USE.replace("'${number}'", "true"), ":16:37: the value 'port' is no text"),
    (USE.replace("'${number}'", "[1]"), ":16:37: the value 'port' is no text"),
    (USE.replace("${server}", "-x"), ":16:18: '-x' is not a host name"),
    (USE.replace("${number}", "${label}"), ":16:37: the parameter 'label' is a name, 'port' wants a port; declare it with type: port"),
    ("use: tcp-port\n    with: 9001", ":16:11: 'with' is not a mapping"),
    ("title: x\n    with: {port: 1}", ":16:11: 'with' gives values to nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "wanted"), FAULTS)
def test_a_wrong_use_is_one_fault_at_its_place(library, check, wanted):
    article, faults = read(check, library=library)
    assert article is None
    assert len(faults) == 1, faults
    assert wanted in str(faults[0])


def test_a_capture_that_is_not_there_and_one_that_fills_no_parameter_are_faults(library):
    for given, wanted in (
        ("{hst: '${server}'}", "captures no 'hst'; did you mean 'host'?"),
        ("{host: web01}", "write it as ${name}"),
    ):
        _, faults = read(signal=f"  r: {{use: connection-refused, with: {given}}}", library=library)
        assert len(faults) == 1
        assert wanted in str(faults[0])
        assert str(faults[0]).startswith("x/good-one/article.md:7:")


def made(folder, **texts):
    for name, text in texts.items():
        kind, _, called = name.partition("_")
        path = folder / "library" / f"{kind}s" / (f"{called}/check.yaml" if kind == "check" else f"{called}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Library.of_base(str(folder))


def test_a_base_s_own_library_wins_and_may_refine_what_ships(tmp_path):
    own = made(
        tmp_path,
        **{
            "check_tcp-port": "use: tcp-port\nwith: {host: '${host}', port: '${port}'}\ncommands: {bash: 'ours ${host} ${port}'}\n"
            "values: {host: {type: host}, port: {type: port}}\n"
        },
    )
    article, faults = read(library=own)
    assert faults == ()
    check = article.problem.checks["port"]
    assert check.commands["bash"] == ("ours ${server} ${number}",)
    assert check.commands["powershell"] == ("Test-NetConnection -ComputerName ${server} -Port ${number}",)
    assert not article.uses[0].shipped


def test_a_circle_of_uses_is_named(tmp_path):
    own = made(tmp_path, check_a="use: b\n", check_b="use: a\n", signal_c="use: [c]\n")
    _, (fault,) = read("use: a", library=own)
    assert "the check 'a' of the library uses itself; break the circle of uses" in str(fault)
    _, faults = read(signal="  s: {use: c}", library=own)
    assert "the library has no signal 'c'" in str(faults[0])  # its own name means the one below, and there is none


def test_two_files_of_one_name_are_named_and_what_uses_them_is_left_out(tmp_path):
    own = made(tmp_path, signal_x="wordings: [{text: some words}]")
    (tmp_path / "library" / "signals" / "x.yml").write_text("wordings: [{text: others}]", encoding="utf-8")
    own = Library.of_base(str(tmp_path))
    article, faults = read(signal="  s: {use: x}", library=own)
    assert article is None
    assert "two files of the name 'x'" in str(faults[0])
    assert "remove one of them" in str(faults[0])
    assert [f.what for file in files.in_library(str(tmp_path / "library")) for f in own.faults_at(file.path)]


def test_a_library_file_with_a_fault_is_named_by_what_uses_it(tmp_path):
    own = made(tmp_path, check_x="title: What?\ncommands: {bash: date}\noutcomes: {now: {regex: '(?=x)'}}\n")
    article, (fault,) = read("use: x", library=own)
    assert article is None
    assert "the check 'x' of the library has a fault: " in fault.what
    assert "check.yaml:3:" in fault.what
