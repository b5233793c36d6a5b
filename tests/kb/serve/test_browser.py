"""The page in a real browser: the whole loop, a quiet console, no request elsewhere, nothing of an input runs, no fault for
whoever cannot see it.
"""

import pytest

TOKEN = "t" * 43
ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server.\n"
TRACE = "Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001/Conf].\n"
SILENT = "  TCP    10.10.1.11:49822       10.20.1.12:9001        SYN_SENT        4712\n"
ATTACK = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"><svg/onload=alert(1)>'--></style></script>"
    "<iframe src=javascript:alert(1)></iframe><a href=javascript:alert(1) autofocus onfocus=alert(1)>x</a>"
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser(needs_tool):
    chromium = needs_tool("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def home(browser, port):
    """A signed-in page; what its console said, what it asked of others and what ran is in `home.wrong`."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.wrong = []
    own = f"http://127.0.0.1:{port}/"
    page.on("console", lambda message: page.wrong.append(message.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("dialog", lambda dialog: (page.wrong.append("a script ran"), dialog.dismiss()))
    page.on("request", lambda request: request.url.startswith(own) or page.wrong.append(request.url))
    page.goto(f"{own}signin")
    page.fill("#code", TOKEN)
    page.click("button.main")
    page.wait_for_selector("#text")
    yield page
    assert page.wrong == []
    context.close()


def accessible(page):
    from axe_playwright_python.sync_playwright import Axe

    # The policy of the page allows no script of others: what runs the rules is put in from outside of it.
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []


def test_the_whole_loop(home):
    accessible(home)
    home.fill("#text", ERROR + TRACE)
    home.click("text=Find the cause")
    home.wait_for_selector(".problem.likely")
    accessible(home)
    home.click(".copy >> nth=0")
    home.wait_for_selector("text=Copied")
    copied = home.evaluate("navigator.clipboard.readText()")
    assert copied == "Test-NetConnection -ComputerName fe02.fabrikam.example -Port 9001"
    home.fill("textarea[name=text]", SILENT)
    home.click("text=Rank again")
    home.wait_for_selector(".problem.confirmed")
    accessible(home)
    home.go_back()
    home.wait_for_selector(".problem.likely")
    for width in (360, 900, 1600):
        home.set_viewport_size({"width": width, "height": 800})
        assert home.evaluate("document.documentElement.scrollWidth") <= width


def test_search_as_you_type_an_article_and_a_large_upload(home, tmp_path):
    home.fill("#find", "failover")
    home.click(".live a >> nth=0")
    home.wait_for_selector("text=Your values")
    accessible(home)
    home.fill("input[name=target_fe]", "fe09.contoso.com")
    home.click("text=Fill in")
    assert "fe09.contoso.com" in home.inner_text("pre >> nth=0")
    home.click("text=Diagnose")
    log = tmp_path / "large.log"
    log.write_text("2026-11-29 10:00:00 nothing of note\n" * 40_000 + ERROR + TRACE, encoding="utf-8")
    home.set_input_files("input[type=file]", log)
    home.click("text=Find the cause")
    home.wait_for_selector(".problem.likely")
    assert home.inner_text(".place >> nth=0").startswith("large.log:")


def test_nothing_of_an_input_or_an_article_runs(home, tmp_path):
    log = tmp_path / "<img src=x onerror=alert(1)>.log"
    log.write_text(f"error {ATTACK}\n", encoding="utf-8")
    home.set_input_files("input[type=file]", log)
    home.fill("#text", f"{ATTACK} zorkmid failure in the quux {ATTACK}\n{ATTACK} error\n")
    home.click("text=Find the cause")
    home.wait_for_selector(".problem")
    home.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    home.goto(home.url.rpartition("/")[0] + "/articles/evil-article")
    home.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    for part in home.query_selector_all("main *:not(a[href^=http]):not(button):not(a)"):
        part.dispatch_event("mouseover")
    assert home.query_selector_all("main .text a[href]:not([href^=http])") == []
