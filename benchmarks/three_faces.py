"""The seed's story (an error, the check that it names, that check's output) through the page, curl and MCP: the same cause?

Usage: python benchmarks/three_faces.py. Starts a server of its own; status 0 where every face leads with the same causes.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from serve_load import ROOT, Server

ERROR, OUTPUT = ROOT / "examples" / "pool-failover.txt", ROOT / "examples" / "test-netconnection.txt"


def curl(*arguments):
    command = ["curl", "--silent", "--fail-with-body", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, encoding="utf-8").stdout


def api(server):
    """By curl: the leading cause and its probability, before and after the output."""
    address = f"http://127.0.0.1:{server.port}/api/v1"
    token = ["--header", f"Authorization: Bearer {server.token}"]
    log = ["--header", "Content-Type: application/octet-stream", "--data-binary", f"@{ERROR}"]
    first = json.loads(curl(*token, *log, f"{address}/diagnose"))
    reply = json.dumps({"handle": first["handle"], "text": OUTPUT.read_text(encoding="utf-8")})
    second = json.loads(
        curl(*token, "--header", "Content-Type: application/json", "--data", reply, f"{address}/answer")
    )
    return [
        (a["diagnosis"]["causes"][0]["title"], round(100 * a["diagnosis"]["causes"][0]["probability"]))
        for a in (first, second)
    ]


def page(server, folder):
    """As a browser without a script has it."""
    address = f"http://127.0.0.1:{server.port}"
    jar = f"{folder}/jar"
    kept = ["--location", "--cookie", jar, "--cookie-jar", jar]
    home = curl(*kept, "--form", f"code={server.token}", f"{address}/signin")

    def sent(path, shown, *fields):
        form = re.search(r'name="form" value="([^"]+)"', shown)[1]
        return curl(
            *kept, "--form", f"form={form}", *(part for field in fields for part in ("--form", field)), address + path
        )

    first = sent("/diagnose", home, f"text=<{ERROR}")
    handle = re.search(r'name="handle" value="([^"]+)"', first)[1]
    second = sent("/answer", first, f"handle={handle}", f"text=<{OUTPUT}")
    return [
        (re.search(r"<h1>(.*?)</h1>", shown)[1], int(re.search(r'class="headline">[^<]*<b>\D*(\d+)', shown)[1]))
        for shown in (first, second)
    ]


def mcp():
    """Over standard input and output, without a library."""
    server = subprocess.Popen(
        [sys.executable, "-m", "kb", "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )

    def send(message):
        print(json.dumps({"jsonrpc": "2.0", **message}), file=server.stdin, flush=True)

    def ask(number, method, **params):
        send({"id": number, "method": method, "params": params})
        while (answer := json.loads(server.stdout.readline())).get("id") != number:
            pass
        return answer["result"]

    ask(1, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "example", "version": "1"})
    send({"method": "notifications/initialized"})
    first = ask(2, "tools/call", name="diagnose", arguments={"text": ERROR.read_text(encoding="utf-8")})
    handle = first["structuredContent"]["result"]["handle"]
    reply = {"handle": handle, "output": OUTPUT.read_text(encoding="utf-8")}
    second = ask(3, "tools/call", name="answer", arguments=reply)
    server.stdin.close()
    server.wait(20)
    causes = [answer["structuredContent"]["result"]["causes"][0] for answer in (first, second)]
    return [(cause["title"], round(100 * cause["probability"])) for cause in causes]


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(1, folder)
        try:
            told = {"page": page(server, Path(folder)), "curl": api(server), "mcp": mcp()}
        finally:
            server.stop()
    for face, (first, second) in told.items():
        print(f"{face:5} {first[1]} % {first[0]}, then {second[1]} % {second[0]}")
    return 0 if len({json.dumps(story) for story in told.values()}) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
