"""A server in this process over a small base: the articles of one domain, and one that attacks its reader."""

import pytest

TOKEN = "t" * 43
PORT = 8571
EVIL = """---
id: evil-article
title: Evil <script>alert(1)</script> "><img src=x onerror=alert(2)>
summary: <svg onload=alert(3)> zorkmid failure
params:
  host: {type: host, ask: "<b onclick=alert(4)>which</b> host"}
signals:
  zork: {contains: zorkmid failure in the quux}
symptoms: [zork]
causes:
  - id: one
    title: <iframe src=javascript:alert(5)>
    evidence:
      - {check: ping.refused, supports: strong}
checks:
  ping:
    title: Is ${host} <i onmouseover=alert(6)>there</i>?
    commands: {bash: 'nc -z ${host} 80'}
    outcomes:
      refused: {regex: refused}
---
# Evil <script>alert(7)</script>

[click](javascript:alert(8)) ![x](http://evil.example/x.png) <img src=http://evil.example/y.png onerror=alert(9)>

It says `zorkmid failure in the quux`.
"""


@pytest.fixture(scope="session")
def serve_roots(root, tmp_path_factory):
    """Two articles: few are read quickly."""
    folder = tmp_path_factory.mktemp("serve")
    seed = "lync/pool-failover-dcom-error"
    for place, text in ((seed, (root / "articles" / seed / "article.md").read_text("utf-8")), ("evil-article", EVIL)):
        (folder / place).mkdir(parents=True)
        (folder / place / "article.md").write_text(text, encoding="utf-8")
    return (str(folder),)


@pytest.fixture(scope="session")
def serve_cache(tmp_path_factory):
    """The folders of this process's user are the tests' own."""
    home = tmp_path_factory.mktemp("home")
    (home / "kb-diagnose").mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
            patch.setenv(name, str(home))
        yield home


@pytest.fixture(scope="session")
def settings(serve_roots):
    pytest.importorskip("starlette")
    from kb.serve.settings import Settings

    return Settings(roots=serve_roots, token=TOKEN, start="s", port=PORT, threads=2)


@pytest.fixture(scope="session")
def logged():
    """The lines of the log."""
    return []


@pytest.fixture(scope="session")
def noted():
    """What the owner is told."""
    return []


@pytest.fixture(scope="session")
def client(settings, logged, noted, serve_cache):
    """A client of the server that is not signed in; its bearer is in `client.bearer`."""
    from starlette.testclient import TestClient

    from kb.serve.app import application
    from kb.serve.signing import OwnCounter

    app = application(settings, OwnCounter(), noted.append, logged.append)
    with TestClient(app, base_url=f"http://127.0.0.1:{PORT}", raise_server_exceptions=True) as made:
        made.bearer = {"authorization": f"Bearer {TOKEN}"}
        yield made


@pytest.fixture
def page(client):
    """The same client with a browser's cookie and the field of its forms."""
    answer = client.post("/signin", files={"code": (None, TOKEN)}, follow_redirects=False)
    assert answer.status_code == 303
    client.form = client.get("/").text.split('name="form" value="')[1].split('"')[0]
    yield client
    client.cookies.clear()


@pytest.fixture(scope="module")
def port(settings, serve_cache):
    """A server in a thread of this process, on a free port; its patience for the head of a request is short."""
    import asyncio
    import threading
    import time

    import uvicorn
    from msgspec.structs import replace

    from kb.serve import server

    with pytest.MonkeyPatch.context() as patch, server.listening("127.0.0.1", 0) as sock:
        patch.setattr(server, "HEADERS_WITHIN", 0.3)
        patch.setattr(server, "_said", lambda line: None)
        number = sock.getsockname()[1]
        made = server.Making(replace(settings, port=number), server.OwnCounter())
        served = uvicorn.Server(server.config_of(made, 1))
        thread = threading.Thread(target=lambda: asyncio.run(served.serve([sock])), daemon=True)
        thread.start()
        while not served.started:
            time.sleep(0.01)
        yield number
        served.should_exit = True
        thread.join()
