"""The page without a script: sign in, the whole loop, reading; nothing of an input runs, nothing is written."""

import io
import os
import re
import sys
import zipfile
from html.parser import HTMLParser

import pytest

TOKEN = "t" * 43
ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server. password=Sommer2026!\n"
TRACE = "Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001/Conf].\n"
SILENT = "  TCP    10.10.1.11:49822       10.20.1.12:9001        SYN_SENT        4712\n"
OPEN = (
    "ComputerName     : fe02.fabrikam.example\nRemoteAddress    : 10.20.1.12\nRemotePort       : 9001\n"
    "InterfaceAlias   : Ethernet0\nSourceAddress    : 10.10.1.11\nTcpTestSucceeded : True\n"
)
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "'\"--></style></script><iframe src=javascript:alert(1)>",
    "{{7*7}}{% raw %}${7*7}",
    "</textarea><a href=javascript:alert(1) autofocus onfocus=alert(1)>",
)


class Seen(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.links, self.loaded = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.loaded += [value or "" for name, value in attrs if name in ("src", "action", "formaction")]


def harmless(text):
    """The page holds no element or address that an input could have brought."""
    seen = Seen(text)
    assert not seen.tags & {"img", "iframe", "object", "embed", "base", "style", "math", "audio", "video"}
    assert not [name for name in seen.attributes if name.startswith("on") or name == "style"]
    assert not [link for link in seen.links if not re.match(r"(/|#|http://|https://)(?!/)", link)]
    assert not [address for address in seen.loaded if not re.match(r"/(?!/)", address)]
    assert text.count("<script") == 1
    return text


def sent(page, path, files=(), **fields):
    parts = [("form", (None, page.form)), *((name, (None, value)) for name, value in fields.items()), *files]
    return page.post(path, files=parts)


def handle_of(answer):
    return re.search(r'name="handle" value="([^"]+)"', answer.text)[1]


def test_who_is_not_signed_in_sees_the_sign_in_page_alone(client):
    client.cookies.clear()
    for path, status in (("/", 200), ("/articles", 401), ("/search?q=dcom", 401), ("/codes?value=5", 401)):
        answer = client.get(path)
        assert (answer.status_code, "Sign in" in answer.text) == (status, True)
        assert "articles in use" not in answer.text
    for path in ("/diagnose", "/answer", "/export", "/link", "/signout"):
        assert client.post(path, files={"text": (None, ERROR)}).status_code == 401


def test_a_link_signs_in_once_and_sets_a_strict_cookie(client, settings):
    from kb.serve.signing import OwnCounter, Signing

    client.cookies.clear()
    code = Signing(settings, OwnCounter()).code()
    assert code in client.get(f"/signin?code={code}").text
    answer = client.post("/signin", files={"code": (None, code)}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.post("/signin", files={"code": (None, code)}).status_code == 403
    client.cookies.clear()


def test_a_form_of_another_session_is_refused(page):
    for form in ("", "x", page.form[::-1]):
        answer = page.post("/diagnose", files={"form": (None, form), "text": (None, ERROR)})
        assert answer.status_code == 403
    assert page.post("/diagnose", data={"form": page.form, "text": ERROR}).status_code == 415


def test_the_loop_from_error_to_proof(page):
    first = sent(page, "/diagnose", text=ERROR + TRACE)
    assert "LIKELY, NOT CONFIRMED" in first.text
    assert "Test-NetConnection -ComputerName fe02.fabrikam.example -Port 9001" in first.text
    assert "Sommer2026" not in first.text
    second = sent(page, "/answer", handle=handle_of(first), text=SILENT)
    assert "CONFIRMED" in second.text
    assert "After the fix, prove it" in second.text
    third = sent(page, "/answer", handle=handle_of(second), after_fix="1", text=OPEN)
    assert "proved" in third.text
    assert "Proof of the fix" in third.text
    again = sent(page, "/answer", handle=handle_of(first), text="")  # going back is an earlier handle
    assert "LIKELY, NOT CONFIRMED" in again.text


def test_outcomes_skips_and_values_are_buttons_and_fields(page):
    first = sent(page, "/diagnose", text=ERROR)
    handle = handle_of(first)
    check = re.search(r'name="skip" value="([^"]+)"', first.text)[1]
    assert f'name="skip" value="{check}"' not in sent(page, "/answer", handle=handle, skip=check).text
    outcome = re.search(r'name="outcome" value="([^"]+)"', first.text)[1]
    assert "answered" in sent(page, "/answer", handle=handle, outcome=outcome).text
    given = sent(page, "/answer", handle=handle, **{"value.target_fe": "fe09.contoso.com"})
    assert "-ComputerName fe09.contoso.com" in given.text
    wrong = sent(page, "/answer", handle=handle, **{"value.target_fe": "a b; rm"})
    assert wrong.status_code == 422
    assert "not a host name" in wrong.text


def test_logs_and_archives_are_read_with_the_text(page):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("trace.log", TRACE)
    files = [("file", ("e.log", ERROR.encode())), ("file", ("b.zip", packed.getvalue()))]
    answer = sent(page, "/diagnose", files)
    assert "LIKELY, NOT CONFIRMED" in answer.text
    assert "b.zip!trace.log" in answer.text


@pytest.mark.parametrize("form", ["markdown", "html", "text", "json", "case"])
def test_a_case_is_kept_as(page, form):
    handle = handle_of(sent(page, "/diagnose", text=ERROR + TRACE))
    answer = sent(page, "/export", handle=handle, format=form)
    assert answer.headers["content-disposition"].startswith('attachment; filename="kb-case.')
    assert "port-9001-blocked" in answer.text or "TCP 9001" in answer.text
    assert "Sommer2026" not in answer.text


def test_an_exported_case_is_a_file_that_kb_reads(page, tmp_path):
    from kb.cases.file import load

    handle = handle_of(sent(page, "/diagnose", text=ERROR + TRACE))
    (tmp_path / "c.json").write_text(sent(page, "/export", handle=handle, format="case").text, encoding="utf-8")
    assert load(str(tmp_path / "c.json")).diagnosis.verdict == "likely"


def test_nothing_of_an_input_becomes_a_part_of_the_page(page):
    text = "\n".join(f"{attack} error: zorkmid failure in the quux {attack}" for attack in ATTACKS)
    files = [("file", (f"{attack}.log", f"error {attack}\n".encode())) for attack in ATTACKS]
    first = sent(page, "/diagnose", files, text=text)
    assert "zorkmid" in harmless(first.text)
    harmless(sent(page, "/answer", handle=handle_of(first), text=text).text)
    attack = "".join(ATTACKS)[:190]
    for path, name in (("/search", "q"), ("/codes", "value"), ("/articles", "domain"), ("/signin", "code")):
        assert "alert" in harmless(page.get(path, params={name: attack}).text) or path == "/articles"
    harmless(page.get(f"/{attack}").text)
    harmless(sent(page, "/answer", handle=attack).text)
    harmless(sent(page, "/export", handle=handle_of(first), format=attack).text)


def test_an_article_is_shown_clean_and_filled_in(page):
    answer = page.get("/articles/evil-article", params={"host": "web1.example.com"})
    assert "nc -z web1.example.com 80" in harmless(answer.text)
    assert page.get("/articles/no-such").status_code == 404
    assert page.get("/articles/evil-article", params={"host": "a;b"}).status_code == 422


def test_articles_are_found_and_listed(page):
    assert "pool-failover-dcom-error" in page.get("/articles", params={"product": ""}).text
    assert "pool-failover-dcom-error" in page.get("/search", params={"q": "failover"}).text
    part = page.get("/search", params={"q": "failover", "part": "1"}).text
    assert part.lstrip().startswith("<ul")
    assert "RPC_S_SERVER_UNAVAILABLE" in page.get("/codes", params={"value": "0x800706BA"}).text
    assert "Unknown" in page.get("/codes", params={"value": "zzz"}).text


def test_an_empty_form_says_so(page):
    assert "nothing to diagnose" in sent(page, "/diagnose", text=" \n").text


def test_assets_are_known_by_their_content(page):
    names = re.findall(r'"(/assets/[^"]+\?v=[0-9a-f]{12})"', page.get("/").text)
    assert len(names) == 3
    for name in names:
        answer = page.get(name)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert page.get("/assets/..%2f..%2fapp.py").status_code == 404


WATCHED = []


def _watch(event, arguments):
    if WATCHED and event == "socket.connect":
        WATCHED.append(arguments[1])
    if WATCHED and event == "open":
        path, mode, flags = arguments
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            WATCHED.append(path)


def test_an_upload_is_written_and_sent_nowhere(page):
    sent(page, "/diagnose", text="x")  # the base is open
    sys.addaudithook(_watch)
    WATCHED.append("watching")
    try:
        large = (
            b"2026-11-29 10:00:00 all is well here and there\n" * 100_000
        )  # 4.7 MB: a spooling parser writes above 1
        answer = sent(page, "/diagnose", [("file", ("large.log", large))], text=ERROR)
        assert "large.log: 4,700,000 bytes" in answer.text
        assert WATCHED == ["watching"]
    finally:
        WATCHED.clear()
