"""No secret leaves by any way: reports of every format, cases, exports, drafts, names of files and messages about them."""

import json
import os
import random
import sys
from pathlib import Path

import pytest

from kb.ask import ask
from kb.cases.file import new_case, now
from kb.cases.resume import ask_case
from kb.cli import run

sys.path.insert(0, str(Path(__file__).parents[1] / "diagnose"))
from planted import PLANTED, leaks, planted

from diagnose.inputs.sources import open_inputs
from diagnose.options import Options

ERROR = "The RPC server is unavailable 0x800706BA"
ARTICLE = "articles/windows/rpc-server-unavailable"
FORMATS = ("text", "json", "markdown", "html")


@pytest.fixture
def called(monkeypatch, tmp_path, capfd):
    """Run kb in this process, in a folder of its own: (status, what it printed)."""
    for name in ("HOME", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def call(*arguments):
        status = run([str(argument) for argument in arguments])
        shown = capfd.readouterr()
        return status, shown.out + shown.err

    return call


@pytest.fixture(scope="module")
def one(root):
    """A base of the one article that the texts here are about."""
    from kb.store.open import open_store

    store = open_store([root / ARTICLE], None)
    yield store
    store.close()


def beside_errors(made):
    """A log in which every planted text stands between two errors, so that reports quote and cases keep it."""
    return "\n".join(f"{ERROR}\n{text}\n{ERROR}" for _, _, text in made)


def test_no_planted_secret_leaves_by_a_report_a_case_an_export_or_a_draft(called, root, tmp_path):
    made = planted(11, 2)
    assert len(made) >= 200
    Path("app.log").write_text(beside_errors(made), encoding="utf-8")
    over = ("--kb", root / ARTICLE)
    printed = [called(*over, "diagnose", "app.log", "--context", 9, "--format", format_)[1] for format_ in FORMATS]
    printed.append(called(*over, "diagnose", "app.log", "--case", "x.case")[1])
    printed += [called("case", "export", "x.case", "--format", format_)[1] for format_ in FORMATS]
    printed.append(Path("x.case").read_text(encoding="utf-8"))
    printed.append(called(*over, "why", "rpc-server-unavailable", "app.log")[1])
    printed.append(called("new", "drafted", "--from", "app.log")[1])
    printed += [path.read_text(encoding="utf-8") for path in Path("drafted").rglob("*") if path.is_file()]
    whole = "\n".join(printed)
    assert "[password-" in whole
    assert sorted({kind for kind, secret, _ in made if leaks(secret, whole)}) == []


@pytest.mark.parametrize("kind", PLANTED)
def test_no_secret_is_shown_by_a_quote_of_one_line(one, kind, tmp_path):
    """A report quotes single lines; what tells a secret may stand in another."""
    log = tmp_path / "app.log"
    for made, secret, text in planted(12, 1):
        if made != kind:
            continue
        alone = f"{text} {ERROR}" if "\n" not in text else text
        log.write_text(f"{ERROR}\n{alone}\n{ERROR}\n", encoding="utf-8")
        answer = ask(open_inputs([str(log)]), one, Options(context=12))
        assert not leaks(secret, json.dumps(answer_of(answer))), text


def answer_of(answer):
    from msgspec import to_builtins

    return to_builtins(answer)


def named_with_secrets():
    """File names that hold secrets, as exports and dumps have them."""
    dice = random.Random(3)
    for kind, (make, lines) in PLANTED.items():
        secret = make(dice)
        name = lines[0].format(secret).replace("\n", " ")
        if not set(name + secret) & set('/\\\n"<>|?*:') and len(name.encode()) < 200:
            yield kind, secret, name + ".log"
            yield kind, secret, f"web01_{name}.log"


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
def test_no_name_of_an_input_shows_a_secret(called, root):
    names = list(named_with_secrets())
    assert len(names) >= 60
    Path("logs").mkdir()
    for _, _, name in names:
        (Path("logs") / name).write_text(f"{ERROR}\n", encoding="utf-8")
        (Path("logs") / f"{name}.gz").write_bytes(b"\x1f\x8b\x08damaged")
    over = ("--kb", root / ARTICLE)
    printed = [called(*over, "diagnose", "logs", "--format", format_)[1] for format_ in FORMATS]
    printed.append(called(*over, "diagnose", "logs", "--case", "x.case")[1])
    printed.append(called(*over, "diagnose", *(name for _, _, name in names))[1])
    printed += [called("case", "show", name)[1] for _, _, name in names]
    printed += [called("new", "abc", "--from", name)[1] for _, _, name in names]
    printed += [called("diagnose", "--text", "x", "--param", name)[1] for _, _, name in names if "=" not in name]
    printed.append(Path("x.case").read_text(encoding="utf-8"))
    whole = "\n".join(printed)
    assert sorted({kind for kind, secret, _ in names if secret in whole}) == []
    shown = json.loads(printed[1].partition("\n{")[0] and "{" + printed[1].partition("{")[2].rpartition("}")[0] + "}")
    assert len({item["name"] for item in shown["inputs"]}) == len(shown["inputs"])


def test_the_same_file_has_one_name_in_every_place(one, tmp_path):
    log = tmp_path / "dump password=hunter2x9"
    log.write_text(f"{ERROR}\nlogin with password hunter2x9\n", encoding="utf-8")
    answer = ask(open_inputs([str(log)]), one, Options())
    name = f"{tmp_path}/dump password=[password-1]".replace("/", os.sep)
    assert [item.name for item in answer.inputs] == [name]
    assert {item.source for item in answer.causes[0].evidence} == {name}
    case, _ = ask_case(new_case(), open_inputs([str(log)]), one, Options(), now())
    case, _ = ask_case(case, open_inputs([str(log)]), one, Options(), now())
    assert [item.name for item in case.inputs] == [name, f"{name} (2)"]


PERSONS = ["bob.smith", "682003330", "90182012", "4012888888881881"]
TEXT = f"{ERROR}\nbob.smith@contoso.com S-1-5-21-1004336348-1177238915-682003330-512 +49 30 90182012 4012888888881881 {ERROR}\n"


def test_data_of_persons_stay_unless_they_must_go(called, root):
    Path("app.log").write_text(TEXT, encoding="utf-8")
    over = ("--kb", root / ARTICLE)
    plain = called(*over, "diagnose", "app.log", "--format", "json", "--case", "x.case")[1]
    assert all(piece in plain for piece in PERSONS)
    ways = [
        (*over, "diagnose", "app.log", "--redact", "personal"),
        (*over, "diagnose", "app.log", "--redact", "personal", "--case", "y.case"),
        (*over, "why", "rpc-server-unavailable", "app.log", "--redact", "personal"),
        *(("case", "export", "x.case", "--format", format_, "--redact", "personal") for format_ in FORMATS),
        ("new", "drafted", "--from", "app.log", "--redact", "personal"),
    ]
    shown = [called(*way)[1] for way in ways]
    shown += [
        path.read_text(encoding="utf-8") for path in (Path("y.case"), *Path("drafted").rglob("*")) if path.is_file()
    ]
    assert not any(piece in text for piece in PERSONS for text in shown)
    assert called(*over, "diagnose", "app.log", "--raw", "--redact", "personal")[0] == 2
