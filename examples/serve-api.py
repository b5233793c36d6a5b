"""The seed's story through the HTTP API, with the standard library alone: python examples/serve-api.py

Needs `kb serve` running on this machine; KB_HOST and KB_TOKEN_FILE name another address and token.
"""

import json
import os
from http.client import HTTPConnection
from pathlib import Path

HERE = Path(__file__).parent
HOST = os.environ.get("KB_HOST", "127.0.0.1:8571")
DATA = os.environ.get("XDG_DATA_HOME") or os.environ.get("APPDATA") or Path.home() / ".local" / "share"
TOKEN = Path(os.environ.get("KB_TOKEN_FILE") or Path(DATA) / "kb-diagnose" / "serve.token").read_text().strip()


def ask(path: str, body: bytes, kind: str) -> dict:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind}
    connection = HTTPConnection(HOST)
    connection.request("POST", f"/api/v1{path}", body, headers)
    answer = connection.getresponse()
    told = json.load(answer)
    if answer.status != 200:
        raise SystemExit(f"{told['title']}: {told['detail']}")
    return told


first = ask("/diagnose?name=pool-failover.txt", (HERE / "pool-failover.txt").read_bytes(), "application/octet-stream")
print(f"{first['diagnosis']['verdict']}: {first['diagnosis']['causes'][0]['title']}")
print(f"run: {first['diagnosis']['next_check']['shown']['commands'][0]['command']}")

output = (HERE / "test-netconnection.txt").read_text(encoding="utf-8")
reply = json.dumps({"handle": first["handle"], "text": output}).encode()
second = ask("/answer", reply, "application/json")
print(f"{second['diagnosis']['verdict']}: {second['diagnosis']['causes'][0]['id']}")
