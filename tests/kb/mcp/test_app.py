"""Streamable HTTP as `kb serve --mcp` mounts it: by a raw client of 2025-06-18, behind the token."""

import json

import anyio
import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")

from kb.mcp.app import http_app
from kb.mcp.tools import Asked


async def _ask(question):
    raise AssertionError("nothing is to be asked of the articles")


def post(body, token="secret", **headers):
    """(status, JSON) of one request to the application."""

    async def main():
        app = http_app(_ask, Asked(b"k" * 32, lambda: "", lambda line: None), lambda given: given == "secret")
        data, sent = json.dumps(body).encode(), []
        usual = {
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
            "host": "127.0.0.1",
        }
        usual.update({"authorization": f"Bearer {token}", "mcp-protocol-version": "2025-06-18"}, **headers)
        scope = {
            "type": "http", "method": "POST", "path": "/mcp", "raw_path": b"/mcp", "query_string": b"", "root_path": "",
            "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
            "headers": [(name.encode(), value.encode()) for name, value in usual.items()],
        }  # fmt: skip
        messages = [{"type": "http.request", "body": data, "more_body": False}]

        async def receive():
            return messages.pop(0) if messages else await anyio.sleep_forever()

        async def send(message):
            sent.append(message)

        async with app.running():
            await app(scope, receive, send)
        whole = b"".join(message.get("body", b"") for message in sent)
        return sent[0]["status"], json.loads(whole) if whole else None

    return anyio.run(main)


def request(method, **params):
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def test_a_raw_client_of_2025_is_served():
    status, said = post(
        request("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "raw", "version": "1"})
    )
    assert status == 200
    assert said["result"]["protocolVersion"] == "2025-06-18"
    assert said["result"]["serverInfo"]["name"] == "kb"
    status, said = post(request("tools/list"))
    assert (status, len(said["result"]["tools"])) == (200, 7)
    assert said["result"]["tools"][0]["annotations"]["readOnlyHint"] is True


@pytest.mark.parametrize("token", ["", "Secret", "secret2"])
def test_nobody_else_is(token):
    assert post(request("tools/list"), token=token) == (401, None)


def test_what_is_no_request_is_refused():
    status, said = post({"no": "request"})
    assert status == 400
    assert "error" in said
    status, said = post(request("tools/call", name="rm", arguments={}))
    assert "no such tool" in said["error"]["message"]
