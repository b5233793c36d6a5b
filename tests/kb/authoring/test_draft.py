"""`kb new`: the draft of an article from an error text."""

import pytest

from kb.authoring.drafting.draft import draft
from kb.cli import run

ERROR = (
    "2026-11-21 09:14:31,204 ERROR [main] c.f.App - cannot obtain a lease for tenant 4711 from broker02.fabrikam.example:5672:"
    " the lease table is locked by another epoch (0x800706BA)\n"
    "\tat c.f.App.lease(App.java:112)\n"
    "2026-11-21 09:14:32,000 INFO [main] c.f.App - shutting down\n"
)


@pytest.fixture
def new(tmp_path, monkeypatch, capsys):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))

    def call(*arguments):
        code = run(["new", *arguments, "--to", str(tmp_path / "base")])
        return code, capsys.readouterr()

    return call


def drafted(text):
    return draft("lease-locked", text.split("\n")).front


def test_messages_are_drafted_whole_and_what_varies_becomes_a_pattern():
    (message,) = [signal["regex"] for name, signal in drafted(ERROR)["signals"].items() if name.startswith("cannot")]
    assert message == (
        r"cannot obtain a lease for tenant \d{1,20} from [\w.:-]{1,253}:"
        r" the lease table is locked by another epoch \(0x[0-9a-fA-F]{1,16}\)"
    )


def test_no_message_begins_or_ends_inside_parentheses():
    text = "2026-11-21 ERROR [store] cannot take lease orders-7 (held by node-b), giving up after 30 seconds\n"
    front = drafted(text)
    assert front["title"] == "cannot take lease ... (held by node-b), giving up after ... seconds"
    assert front["symptoms"] == ["cannot_take_lease"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Nov 29 10:11:12 web01 sshd[12]: error: kex_exchange_identification: Connection closed by remote host",
         "kex_exchange_identification: Connection closed by remote host"),
        ("2026/11/21 10:00:00 [crit] 12#12: *1 the worker cannot keep its promise", "the worker cannot keep its promise"),
        ("W1121 10:00:00.123456 7 lease.go:42] failed to renew the lease of tenant 7", "failed to renew the lease of tenant ..."),
        ("[2026-11-21T10:00:00Z] <error> tank pump failed to start", "tank pump failed to start"),
    ],
)  # fmt: skip
def test_what_a_program_writes_before_its_message_is_left_out(line, text):
    assert drafted(line)["title"] == text


def test_a_variable_part_of_another_occurrence_is_matched_too(base):
    from diagnose.pipeline import diagnose, paste
    from kb.importers.write import render

    made = draft("lease-locked", ERROR.split("\n"))
    store = base(lease_locked=render(made.front, made.body).decode())
    other = ERROR.replace("4711", "99").replace("broker02.fabrikam", "b.contoso").replace("0x800706BA", "0x80070005")
    found = diagnose(paste(other), store)
    assert found.articles[0].id == "lease-locked"
    assert found.verdict == "possible"


def test_codes_events_and_endpoints_are_found():
    front = drafted(ERROR + "Source: Service Control Manager\nEvent ID: 7031\n")
    kinds = {kind for signal in front["signals"].values() for kind in signal}
    assert kinds == {"code", "event", "regex"}
    assert front["params"]["host"]["type"] == "host"
    assert front["signals"]["endpoint"]["regex"].startswith("from (?P<host>")


def test_a_failure_that_the_library_knows_uses_its_wordings_and_checks():
    front = drafted("FATAL cannot warm the lease cache\nFATAL dial tcp 10.2.3.4:5432: connect: connection refused\n")
    with_ = {"host": "${host}", "port": "${port}"}
    assert front["signals"]["connection-refused"] == {"use": "connection-refused", "with": with_}
    assert front["checks"]["tcp-port"] == {"use": "tcp-port", "with": with_}
    assert front["params"]["port"] == {"type": "port", "ask": "the TCP port"}
    (cause,) = front["causes"]
    assert {"check": "tcp-port.refused", "supports": "strong"} in cause["evidence"]
    # What any program may say brings no article up where the text says something of its own.
    assert front["symptoms"] == ["cannot_warm_the"]


def test_a_message_is_cut_where_the_library_says_why_it_failed():
    front = drafted(
        "10:14 FATAL orders: warm-up failed after 3 attempts: dial tcp 10.2.3.4:5432: connect: connection refused"
    )
    own = front["signals"][front["symptoms"][0]]
    assert own == {"regex": r"warm-up failed after \d{1,20} attempts"}
    assert "connection-refused" in front["signals"]


def test_frames_of_a_stack_and_dates_are_no_messages():
    front = drafted(
        "2026-11-29T08:00:01.104Z [sync-7] ERROR c.f.Puller - Pull from partner feed 12 failed, retry in 300 s\n"
        "\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)\n"
        "Caused by: java.security.cert.CertificateExpiredException: NotAfter: Sat Nov 28 23:59:59 UTC 2026\n"
    )
    assert front["title"] == "Pull from partner feed ... failed, retry in ... s"
    assert list(front["signals"]) == ["pull_from_partner", "certificate-expired"]


def test_messages_keep_the_order_of_the_text():
    front = drafted(
        "ERROR cannot rotate the journal of tank 7\nFATAL tenancy epoch lease quorum gone, entering read-only mode\n"
    )
    assert front["title"] == "cannot rotate the journal of tank ..."


def test_a_text_of_a_failure_alone_has_it_as_symptom():
    assert drafted("nc: Connection refused")["symptoms"] == ["connection-refused"]


def test_without_a_known_failure_there_are_a_cause_and_a_check_to_fill_in(new, tmp_path, capsys):
    assert new("pump-stuck", "--text", "pump rotor is stuck and cannot turn")[0] == 0
    path = tmp_path / "base" / "pump-stuck" / "article.md"
    text = path.read_text(encoding="utf-8")
    assert text.count("fill in:") == 6
    assert run(["lint", "--kb", str(tmp_path / "base")]) == 0
    path.write_text(text.replace("status: draft", "status: test"), encoding="utf-8")
    capsys.readouterr()
    assert run(["lint", "--kb", str(tmp_path / "base")]) == 1
    assert "something is left to fill in" in capsys.readouterr().out


def test_every_fitting_check_and_its_outcomes_are_in_the_library():
    from kb.authoring.drafting.proposed import FITTING
    from kb.library.library import Library

    library = Library.shipped()
    for signal, fitting in FITTING.items():
        assert library.signal(signal).wordings
        for one in fitting:
            assert {one.shows, one.clears or one.shows} <= library.check(one.check).body["outcomes"].keys(), one


def test_every_failure_of_the_library_gives_a_draft_that_lint_accepts(base):
    from datetime import date

    from kb.authoring.drafting.proposed import FITTING
    from kb.authoring.linting.lint import lint
    from kb.importers.write import render
    from kb.library.library import Library

    articles = {}
    for name in FITTING:
        sample = next(w.example for w in Library.shipped().signal(name).wordings if w.example)
        made = draft(name, ["FATAL the lease table of the pump is gone for good", sample])
        assert f"signal:{name}" in made.uses
        articles[name.replace("-", "_")] = render(made.front, made.body).decode()
    store = base(**articles)
    assert store.faults() == ()
    assert lint(map(store.article, store.ids()), date(2026, 11, 25)) == []


def test_a_draft_is_possible_at_most(new, tmp_path, capsys):
    import json

    new("lease-locked", "--text", ERROR)
    path = tmp_path / "base" / "lease-locked" / "article.md"
    text = path.read_text(encoding="utf-8")
    capsys.readouterr()

    def verdict():
        run(["diagnose", "--kb", str(tmp_path / "base"), "--format", "json", "--text", ERROR])
        return json.loads(capsys.readouterr().out)["verdict"]

    assert verdict() == "possible"
    path.write_text(text.replace("status: draft", "status: test"), encoding="utf-8")
    assert verdict() == "likely"


def test_the_draft_is_a_base_that_finds_its_own_sample(new, tmp_path, capsys):
    source = tmp_path / "error.txt"
    source.write_bytes(ERROR.encode("utf-16"))
    code, _ = new("lease-locked", "--from", str(source))
    assert code == 0
    base = str(tmp_path / "base")
    run(["lint", "--kb", base])
    assert "(error)" not in capsys.readouterr().out
    assert run(["test", "--kb", base, "lease-locked"]) == 0
    assert capsys.readouterr().out.endswith("1 samples, 0 failures\n")
    assert run(["diagnose", "--kb", base, "--quiet", "--text", ERROR]) == 0


def test_secrets_do_not_reach_the_sample(new, tmp_path):
    new("lease-locked", "--text", ERROR + "password=hunter2hunter2")
    files = [path for path in (tmp_path / "base").rglob("*") if path.is_file()]
    assert files
    assert not any("hunter2hunter2" in path.read_text(encoding="utf-8") for path in files)


def test_nothing_is_written_over(new, tmp_path):
    assert new("lease-locked", "--text", ERROR)[0] == 0
    before = (tmp_path / "base/lease-locked/article.md").read_bytes()
    code, printed = new("lease-locked", "--text", "another error of no kind that is known")
    assert code == 2
    assert "exists" in printed.err
    assert (tmp_path / "base/lease-locked/article.md").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("../x", "--text", "boom"), "no valid id"),
        (("x", "--text", "  "), "is empty"),
        (("x", "--from", "/nowhere/x"), "No such file"),
        (("x",), "--from FILE or"),
    ],
)
def test_a_bad_call_says_what_to_do(new, arguments, told):
    code, printed = new(*arguments)
    assert code == 2
    assert told in printed.err


def test_a_text_in_which_nothing_is_telling_is_refused_with_what_to_give(new, tmp_path):
    for text in [
        "hello",
        "x",
        "…",
        "'",
        "a: b: c: d",
        "----",
        "[" * 400,
        "error 5",
        "ERROR 2026-11-21 09:14:31",
        "failed",
    ]:
        code, printed = new("odd", "--text", text)
        assert code == 2, text
        assert "give the whole message as it was printed" in printed.err
    assert not (tmp_path / "base").exists()


TELLING = [
    ERROR,
    "The pump service did not respond to the start request in a timely fashion. (1053)",
    "Event ID: 7031\nSource: Service Control Manager\n",
    "  File \"/srv/app/main.py\", line 41, in run\nKeyError: 'lease'\n",
    "Pumpe blockiert: Zugriff verweigert",
    "HRESULT 0x80070021",
    "\u202e# {title} %s could not be resolved by the resolver",
    "failed to fetch the manifest of tank:v2 from 192.0.2.7:5000 and 192.0.2.8:5000",
]


def test_a_draft_passes_lint_and_finds_its_own_sample(new, tmp_path, capsys):
    for number, text in enumerate(TELLING):
        code, printed = new(f"telling-{number}", "--text", text)
        assert (code, printed.err) == (0, ""), text
        base = str(tmp_path / "base" / f"telling-{number}")
        capsys.readouterr()
        assert run(["lint", "--kb", base]) == 0, capsys.readouterr().out
        assert run(["test", "--kb", base, f"telling-{number}"]) == 0
        capsys.readouterr()


def test_a_draft_that_does_not_find_its_own_sample_is_told_to(new, monkeypatch):
    from kb.authoring import samples as testing

    monkeypatch.setattr(testing, "_symptom", lambda diagnosis, wanted: "is unknown (0.72)")
    code, printed = new("lease-locked", "--text", ERROR)
    assert code == 0
    assert "does not find its own sample yet, which is unknown (0.72)" in printed.err


def test_a_path_that_the_message_names_fills_the_commands():
    made = draft("queue", ["FATAL cannot write the queue '/var/lib/shop/queue.db', nor /var/spool/shop/a"])
    (signal,) = made.front["signals"].values()
    assert signal["regex"] == r"cannot write the queue '(?P<path>[^']{1,80})', nor \S{2,250}"
    assert made.front["params"]["path"]["type"] == "path"
