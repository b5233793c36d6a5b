"""`kb new`: the draft of an article from an error text."""

import pytest

from kb.authoring.draft import draft
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


def test_fixed_texts_become_signals_and_what_varies_is_cut_out():
    signals = draft("lease-locked", ERROR.split("\n")).front["signals"]
    texts = [signal["contains"] for signal in signals.values() if "contains" in signal]
    assert texts == ["the lease table is locked by another epoch", "cannot obtain a lease for tenant"]


def test_codes_events_and_endpoints_are_found():
    text = ERROR + "Source: Service Control Manager\nEvent ID: 7031\n"
    front = draft("lease-locked", text.split("\n")).front
    kinds = {kind for signal in front["signals"].values() for kind in signal}
    assert kinds == {"contains", "code", "event", "regex"}
    assert front["params"]["host"]["type"] == "host"
    (regex,) = [signal["regex"] for signal in front["signals"].values() if "regex" in signal]
    assert regex.startswith("from (?P<host>")


def test_the_draft_is_a_base_that_finds_its_own_sample(new, tmp_path, capsys):
    source = tmp_path / "error.txt"
    source.write_bytes(ERROR.encode("utf-16"))
    code, _ = new("lease-locked", "--from", str(source))
    assert code == 0
    base = str(tmp_path / "base")
    run(["lint", "--kb", base])
    assert "(error)" not in capsys.readouterr().out
    assert run(["test", "--kb", base]) == 0
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
        assert run(["lint", "--kb", base]) == 0, capsys.readouterr().out
        assert run(["test", "--kb", base]) == 0


def test_a_draft_that_does_not_find_its_own_sample_is_told_to(new, monkeypatch):
    from kb.authoring import samples as testing

    monkeypatch.setattr(testing, "_symptom", lambda diagnosis, wanted: "is unknown (0.72)")
    code, printed = new("lease-locked", "--text", ERROR)
    assert code == 0
    assert "does not find its own sample yet, which is unknown (0.72)" in printed.err
