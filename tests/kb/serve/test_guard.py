"""What every request passes first, and what every answer carries."""

import json

import pytest

from kb.serve.guard import POLICY

OWN = {"host": "127.0.0.1:8571"}


@pytest.mark.parametrize("host", ["127.0.0.1:8571", "localhost:8571", "LOCALHOST:8571", "[::1]:8571"])
def test_its_own_names_are_answered(client, host):
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8571",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1.evil.example:8571",
        "127.0.0.1:8571@evil.example",
        "127.1:8571",
        "0x7f.1:8571",
        "[::ffff:127.0.0.1]:8571",
        "localhost.:8571",
        "",
    ],
)
def test_any_other_name_is_refused(client, host):
    answer = client.get("/", headers={"host": host, "x-forwarded-host": "127.0.0.1:8571"})
    assert answer.status_code == 421
    assert answer.json()["status"] == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:3000"},
        {"origin": "http://127.0.0.1:8571.evil.example"},
        {"origin": "https://127.0.0.1:8571"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"},
    ],
)
def test_a_page_of_somebody_else_is_refused_whatever_it_knows(client, headers):
    for method, path in (("POST", "/api/v1/diagnose"), ("GET", "/api/v1/health"), ("POST", "/signin")):
        answer = client.request(method, path, headers={**client.bearer, **headers})
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_link_from_elsewhere_reads_the_page(client):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=headers).status_code == 200
    assert client.post("/signin", headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "FOO"])
def test_other_methods_are_not_served(client, method):
    assert client.request(method, "/api/v1/diagnose").status_code == 405


@pytest.mark.parametrize("path", ["/", "/articles", "/api/v1/health", "/assets/kb.css", "/nothing", "/api/nothing"])
def test_every_answer_carries_the_policy(client, path):
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert len(headers["x-request-id"]) == 16


def test_the_policy_is_the_one_that_was_agreed():
    assert POLICY == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def test_a_request_is_one_line_without_what_was_asked(client, logged):
    del logged[:]
    answer = client.get("/api/v1/search", params={"q": "swordfish"}, headers=client.bearer)
    (line,) = logged
    told = json.loads(line)
    assert told["request"] == answer.headers["x-request-id"]
    assert (told["path"], told["status"]) == ("/api/v1/search", 200)
    assert "swordfish" not in line


def test_a_proxy_s_name_and_path_are_taken_where_the_owner_names_them(settings):
    from msgspec.structs import replace

    behind = replace(settings, trusted=("KB.example.org",), root_path="/kb")
    assert "kb.example.org" in behind.hosts
    assert behind.origins("kb.example.org") == ("http://kb.example.org", "https://kb.example.org")
    assert behind.origins("localhost:8571") == ("http://localhost:8571",)
