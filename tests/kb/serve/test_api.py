"""The API: every call, its errors as problem details, large bodies as a stream, and its own description of all that."""

import json
import tarfile

import pytest

from kb.serve.bodies import SMALL

ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server. password=Sommer2026!\n"
TRACE = "Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001/Conf].\n"
SILENT = "  TCP    10.10.1.11:49822       10.20.1.12:9001        SYN_SENT        4712\n"
BLOCKED = "pool-failover-dcom-error/port-9001-blocked"
STREAM = {"content-type": "application/octet-stream"}


@pytest.fixture
def call(client):
    """Call the API: the path below /api/v1, and what is posted as JSON."""

    def run(path, body=None, **more):
        headers = {**client.bearer, **more.pop("headers", {})}
        if body is None and "content" not in more:
            return client.get(f"/api/v1{path}", headers=headers, **more)
        return client.post(f"/api/v1{path}", json=body, headers=headers, **more)

    return run


@pytest.fixture(scope="module")
def described(client):
    """Check an answer against the OpenAPI document."""
    from jsonschema import Draft202012Validator

    document = client.get("/openapi.json", headers=client.bearer).json()

    def check(answer, path, method):
        assert answer.status_code != 500
        responses = document["paths"][path][method]["responses"]
        content = responses[str(answer.status_code)]["content"]
        schema = content[answer.headers["content-type"].partition(";")[0]]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())
        return answer.json()

    return check


def test_the_loop(call, described):
    first = described(call("/diagnose", {"text": ERROR + TRACE}), "/api/v1/diagnose", "post")
    assert first["diagnosis"]["causes"][0]["id"] == BLOCKED
    assert "Sommer2026" not in str(first)
    second = described(call("/answer", {"handle": first["handle"], "text": SILENT}), "/api/v1/answer", "post")
    assert second["diagnosis"]["verdict"] == "confirmed"
    step = first["diagnosis"]["next_check"]
    chosen = {
        "handle": first["handle"],
        "outcomes": {f"{step['article']}/{step['check']}": step["shown"]["outcomes"][0]},
    }
    assert described(call("/answer", chosen), "/api/v1/answer", "post")["steps"][-1]["did"].startswith("answered ")


def test_reading(call, described):
    assert described(call("/search?q=failover"), "/api/v1/search", "get")["hits"][0]["id"] == "pool-failover-dcom-error"
    rows = described(call("/articles?product=lync"), "/api/v1/articles", "get")["articles"]
    assert rows
    read = described(
        call("/articles/pool-failover-dcom-error?target_fe=fe09.contoso.com&platform=linux"),
        "/api/v1/articles/{id}",
        "get",
    )
    assert "fe09.contoso.com" in read["checks"][0]["commands"][0]["command"]
    assert read["checks"][0]["commands"][0]["platform"] == "linux"
    code = described(call("/codes/0x800706BA"), "/api/v1/codes/{value}", "get")
    assert code["readings"][0]["reading"]["name"] == "RPC_S_SERVER_UNAVAILABLE"
    why = described(call("/why", {"article": "pool-failover-dcom-error", "text": ERROR}), "/api/v1/why", "post")
    assert why["reported"]
    assert "Sommer2026" not in str(why)
    assert described(call("/health"), "/api/v1/health", "get")["status"] == "ok"


def test_nothing_is_told_without_the_token(client):
    for token in ("", "Bearer ", "Bearer x", "Basic dDp0", "bearer " + "t" * 42):
        for path in ("/api/v1/health", "/openapi.json", "/api/v1/articles"):
            answer = client.get(path, headers={"authorization": token})
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/articles/no-such-article", 404),
        ("/articles/..%2f..%2fetc%2fpasswd", 404),
        ("/articles/pool-failover-dcom-error?target_fe=a;rm", 422),
        ("/articles/pool-failover-dcom-error?platform=beos", 422),
        ("/articles/pool-failover-dcom-error?platform=null", 422),
        ("/articles/pool-failover-dcom-error?platform=linux&platform=linux", 422),
        ("/search", 422),
        ("/search?q=a&limit=0", 422),
        ("/search?q=a&limit=x", 422),
        ("/codes/" + "9" * 300, 422),
        ("/nothing", 404),
    ],
)
def test_a_wrong_question_is_a_problem(call, path, status):
    answer = call(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"text":""}', 422),
        (b'{"text":1}', 422),
        (b'{"text":"x","path":"/etc/shadow"}', 422),
        (b'{"text":"x","top":0}', 422),
        (b'{"text":"x","platform":"beos"}', 422),
    ],
)
def test_a_body_that_does_not_fit_is_a_problem(call, described, body, status):
    answer = call("/diagnose", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    described(answer, "/api/v1/diagnose", "post")


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/plain; charset=application/json", "multipart/form-data; boundary=x", ""]
)
def test_another_type_of_body_is_refused(call, kind):
    assert call("/diagnose", content=b"{}", headers={"content-type": kind}).status_code == 415


@pytest.mark.parametrize(
    ("handle", "code"), [("x", "KB-E061"), ("kb9.a.b.c", "KB-E063"), ("kb1." + "a" * 300_000, "KB-E064")]
)
def test_a_bad_handle_has_its_code(call, handle, code):
    answer = call("/answer", {"handle": handle})
    assert answer.json()["code"] == code
    assert answer.status_code in (413, 422)


def test_4_mib_and_one_byte(call):
    head, tail = b'{"text":"', b'"}'
    whole = head + b"x " * ((SMALL - len(head) - len(tail)) // 2) + tail
    whole = whole.replace(b'"}', b" " * (SMALL - len(whole)) + b'"}')
    json_type = {"content-type": "application/json"}
    assert len(whole) == SMALL
    assert (
        call("/why", content=whole, headers=json_type).status_code == 422
    )  # read whole: what is missing is the article
    assert call("/why", content=whole + b" ", headers=json_type).status_code == 413
    pieces = (whole[at : at + 65536] for at in range(0, SMALL, 65536))
    assert call("/why", content=(*pieces, b" "), headers=json_type).status_code == 413


def test_a_streamed_log_has_the_answer_of_a_pasted_one(call):
    text = ERROR + TRACE
    pasted = call("/diagnose", {"text": text}).json()["diagnosis"]
    pieces = (text[at : at + 7].encode() for at in range(0, len(text), 7))
    streamed = call("/diagnose?name=a.log", content=pieces, headers=STREAM).json()["diagnosis"]
    assert [c["probability"] for c in streamed["causes"]] == [c["probability"] for c in pasted["causes"]]
    assert streamed["inputs"][0]["name"] == "a.log"


def test_an_archive_is_unpacked_as_it_comes(call, tmp_path):
    (tmp_path / "x.log").write_text(ERROR + TRACE)
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as made:
        made.add(tmp_path / "x.log", "x.log")
    answer = call("/diagnose?name=b.tar.gz", content=(tmp_path / "b.tar.gz").read_bytes(), headers=STREAM)
    assert answer.json()["diagnosis"]["causes"][0]["id"] == BLOCKED


def test_progress_comes_as_events(call):
    headers = {**STREAM, "accept": "text/event-stream"}
    answer = call("/diagnose", content=(ERROR + TRACE).encode(), headers=headers)
    events = [block.partition("\ndata: ") for block in answer.text.strip().split("\n\n")]
    assert [name for name, _, _ in events][-2:] == ["event: progress", "event: answer"]
    assert json.loads(events[-1][2])["diagnosis"]["causes"][0]["id"] == BLOCKED
    size = len(ERROR + TRACE)
    assert json.loads(events[-2][2]) == {"bytes": size, "of": size}


def test_an_upload_beyond_the_limit_is_refused_early(call, client, settings, serve_cache):
    from msgspec.structs import replace
    from starlette.testclient import TestClient

    from kb.serve.app import application
    from kb.serve.signing import OwnCounter

    small = application(replace(settings, max_upload=1000), OwnCounter(), print, print)
    with TestClient(small, base_url="http://127.0.0.1:8571") as other:
        headers = {**client.bearer, **STREAM}
        assert other.post("/api/v1/diagnose", content=b"x" * 1001, headers=headers).status_code == 413
        pieces = (b"x" * 100 for _ in range(11))
        assert other.post("/api/v1/diagnose", content=pieces, headers=headers).status_code == 413
        assert other.post("/api/v1/diagnose", content=b"x\n" * 500, headers=headers).status_code == 200


@pytest.mark.shared
def test_json_of_every_kind(call, shared):
    """Of a known suite: what is no JSON is 400, what is some is another shape than asked for."""
    with tarfile.open(shared / "data" / "hostile" / "jsontestsuite_parsing.tar.xz") as suite:
        samples = [(m.name.rpartition("/")[2], suite.extractfile(m).read()) for m in suite if m.isfile()]
    assert len(samples) > 300
    wrong = []
    for name, body in samples:
        status = call("/diagnose", content=body, headers={"content-type": "application/json"}).status_code
        fits = {"y": (422,), "n": (400,), "i": (400, 422)}.get(name[0], (400, 422))
        if status not in fits:
            wrong.append((name, status))
    assert wrong == []
