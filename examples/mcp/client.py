"""A client without any library: `python examples/mcp/client.py error.txt` asks `kb mcp` for the causes, a line a message."""

import json
import subprocess
import sys
from pathlib import Path


def main() -> None:
    server = subprocess.Popen(["kb", "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def send(message: dict[str, object]) -> None:
        print(json.dumps({"jsonrpc": "2.0", **message}), file=server.stdin, flush=True)

    def ask(number: int, method: str, **params: object) -> dict:
        send({"id": number, "method": method, "params": params})
        while (answer := json.loads(server.stdout.readline())).get("id") != number:
            pass  # a notification
        return answer["result"]

    me = {"name": "example", "version": "1"}
    ask(1, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=me)
    send({"method": "notifications/initialized"})
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    result = ask(2, "tools/call", name="diagnose", arguments={"text": text})
    found = result["structuredContent"]["result"]
    for cause in found["causes"]:
        print(f"{cause['probability']:5.0%}  {cause['title']}")
    for command in found["next"]["commands"][:1] if found["next"] else []:
        print(f"run: {command['command']}")
    server.stdin.close()
    server.wait(10)


if __name__ == "__main__":
    main()
