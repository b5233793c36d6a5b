"""Inputs by URI: found, read as files are, and what goes wrong; on the store in memory that fsspec has, and a web server."""

import gzip
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from diagnose.errors import InputError
from diagnose.scan import parts
from kb.ask import redactor_for
from kb.remote import drivers, failures, listing, redirects
from kb.remote.drivers import DRIVERS, Driver
from kb.remote.opened import is_uri, open_named
from kb.scale.batch_cases import cases_of

TEXT = b"fine\nerror: widget not found\n"


@pytest.fixture
def store(monkeypatch):
    """A store whose objects are set as in a dictionary: memory://logs/... ."""
    fsspec = pytest.importorskip("fsspec")
    monkeypatch.setitem(DRIVERS, "memory", Driver("fsspec", "fsspec", buckets=True))
    system = fsspec.filesystem("memory")
    yield lambda name, data: system.pipe(f"/logs/{name}", data)
    system.store.clear()
    system.pseudo_dirs[:] = [""]


@pytest.fixture
def kb(on_widgets):
    return on_widgets


def read(*names, limit=0):
    """(name, kind, bytes) of each source, or (name, what went wrong)."""
    made = []
    for source in open_named(names, limit=limit):
        if isinstance(source, InputError):
            made.append((source.where, source.what))
            continue
        try:
            made.append((source.name, source.kind, b"".join(source.chunks)))
        except InputError as error:
            made.append((source.name, error.what))
    return made


def test_an_object_a_folder_and_a_pattern_are_read_as_files_are(store):
    store("app/a.log", TEXT)
    store("app/b.log.gz", gzip.compress(TEXT))
    store("other.log", b"x\n")
    plain = ("memory://logs/app/a.log", "plain", TEXT)
    packed = ("memory://logs/app/b.log.gz", "gzip", TEXT)
    assert read("memory://logs/app/a.log") == [plain]
    assert read("memory://logs/app") == read("memory://logs/app/") == [plain, packed]
    assert read("memory://logs/*/b*") == [packed]
    assert read("memory://logs/none", "memory://logs/app/a.log") == [
        ("memory://logs/none", "no such object or folder in this bucket"),
        plain,
    ]
    assert read("memory://empty/x*") == [("memory://empty/x*", "holds nothing, or does not exist")]
    assert read("memory://logs/app/a.log", limit=5)[0][1].startswith("longer than --max-bytes 5")
    assert cases_of(["memory://logs"], "app/*.log") == ["memory://logs/app/a.log"]


def test_an_object_that_changes_while_it_is_read_is_told(store):
    store("a.log", TEXT * 40_000)
    (source,) = open_named(["memory://logs/a.log"])
    chunks = iter(source.chunks)
    next(chunks)
    store("a.log", TEXT * 40_001)
    with pytest.raises(InputError, match=r"changed while it was read; \d+ bytes before it were used; run it again"):
        list(chunks)
    with pytest.raises(InputError, match="changed while it was read"):
        source.again()


def test_pieces_of_an_object_answer_as_the_whole_file_does(kb, store, tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "RANGE", 1 << 21)
    text = b"a line that says nothing\n" * 200_000 + TEXT
    (tmp_path / "big.log").write_bytes(text)
    store("big.log", text)
    one = ("--jobs", "1")  # whoever opens an object in memory shares its place with all others
    for number in ("1", "2", "3"):
        kb("scan", "memory://logs/big.log", "--piece", f"{number}/3", "--to", f"{number}.kbpart", *one)
    made = kb("diagnose", "1.kbpart", "2.kbpart", "3.kbpart", "--format", "json")
    assert made == kb("diagnose", "memory://logs/big.log", "--format", "json", *one)
    assert made[1] == kb("diagnose", "big.log", "--format", "json")[1].replace("big.log", "memory://logs/big.log")


def test_what_is_missing_is_named(monkeypatch):
    assert read("ftp://x/y")[0][1] == "ftp:// is not read"
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    (found,) = open_named(["s3://b/k"])
    assert (found.what, found.way_out, found.code) == (
        "wants the extra remote",
        "pip install 'kb-diagnose[remote]'",
        "KB-E012",
    )
    monkeypatch.setitem(sys.modules, "fsspec", sys)
    (found,) = open_named(["s3://b/k"])
    assert (found.what, found.way_out) == ("wants the driver s3fs", "pip install s3fs")


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (PermissionError("Forbidden"), "access was refused (PermissionError)"),
        (type("NoCredentialsError", (Exception,), {})("Unable to locate credentials"), "no credentials (Unable to"),
        (type("Refused", (Exception,), {"status": 403})("at https://h/x?sig=abc now"), "refused (at https://h/x now)"),
        (type("HostKeyNotVerifiable", (Exception,), {})("x"), "the host is not in ~/.ssh/known_hosts"),
        (type("FileExpired", (OSError,), {})("x"), "changed while it was read"),
        (TimeoutError("no\x1b answer\nmore"), "could not be read (no\\x1b answer)"),
        (redirects.RedirectedError("leads to another place, http://h"), "leads to another place, http://h"),
    ],
)
def test_what_a_driver_raises_is_one_line(error, what):
    told = failures.told("s3://b/k", error)
    assert what in told.what
    assert told.way_out
    assert "bytes before" not in told.what
    assert failures.told("s3://b/k", error, 7).what.endswith("7 bytes before it were used")


def test_only_a_name_that_was_given_is_a_uri(kb, tmp_path, monkeypatch):
    def connected(uri):
        raise AssertionError(uri)

    for module in (drivers, listing):
        monkeypatch.setattr(module, "connected", connected)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "x.log").write_bytes(TEXT + b"see s3://bucket/key, https://host.example/x\n")
    code, printed, _ = kb("diagnose", "logs", "--text", "s3://bucket/other", "--format", "json")
    assert code == 0
    assert "widget-lost" in printed
    assert [is_uri(name) for name in ("s3://b", "./s3://b", "C:\\x", "a b://c", "://x", "-")] == [True] + [False] * 5


def test_who_may_read_is_not_in_a_name():
    hide = redactor_for(personal=False).redact_name
    assert "Hunter2x9" not in hide("https://me:Hunter2x9@h.example/x.log")
    assert "fe5f80f77d5fa3be" not in hide(
        "https://h.example/x.log?X-Amz-Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe28"
    )
    assert "c2lnbmVkLWJ5LW1l" not in hide("https://h.example/x.log?sv=2022-11-02&sp=r&sig=c2lnbmVkLWJ5LW1lLWFuZC1u%3D")
    assert hide("s3://bucket/app/x.log") == "s3://bucket/app/x.log"


def test_a_server_may_lead_to_another_place_of_its_own_alone():
    redirects.check("http://h.example/a", "http://h.example:81/b")
    redirects.check("http://h.example/a", "https://H.example/b")
    for target in ("http://other.example/a", "http://h.example/a", "file:///etc/passwd"):
        with pytest.raises(redirects.RedirectedError, match="leads to another place"):
            redirects.check("https://h.example/a", target)


def test_a_web_server_is_read_and_not_followed_to_another_host():
    pytest.importorskip("aiohttp")
    pytest.importorskip("fsspec")

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path != "/a.log":
                self.send_response(302)
                here = "127.0.0.1" if self.path == "/here" else "localhost"
                self.send_header("Location", f"http://{here}:{self.server.server_port}/a.log")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(TEXT)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(TEXT)

        do_HEAD = do_GET

        def log_message(self, *given):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        start = f"http://127.0.0.1:{server.server_port}"
        assert read(f"{start}/a.log", f"{start}/here") == [
            (f"{start}/a.log", "plain", TEXT),
            (f"{start}/here", "plain", TEXT),
        ]
        assert read(f"{start}/away") == [(f"{start}/away", "leads to another place, http://localhost")]
        server.shutdown()
