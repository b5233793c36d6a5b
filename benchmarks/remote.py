"""Inputs by URI against a real S3 server on this machine: the same answer, bounded, nothing written, each trouble one line.

    pip install 'kb-diagnose[remote]' s3fs 'moto[server]'
    python benchmarks/remote.py [--mb 300]

Starts moto's server on loopback in a process of its own and gives `kb` what a user would: environment and URIs. Prints what
docs/scale.md says of it; ends with 1 where something is not as it says.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "examples" / "pool-failover.txt"
KEYS = {"AWS_ACCESS_KEY_ID": "made", "AWS_SECRET_ACCESS_KEY": "up", "AWS_DEFAULT_REGION": "us-east-1"}
# Runs kb, counts files opened for writing outside of its cache, and tells the largest size of the process.
COUNTED = """
import os, sys
written = []
def look(event, given):
    if event == "open" and given[0] and any(c in str(given[1] or "") for c in "wax+"):
        written.append(str(given[0]))
sys.addaudithook(look)
from kb.cli import run
code = run(sys.argv[1:])
cache = os.environ["XDG_CACHE_HOME"]
outside = [name for name in written if not name.startswith((cache, "/dev/"))]
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(f"MEASURED {int(peak) // 1024} {len(outside)} {outside[:3]}", file=sys.stderr)
sys.exit(code)
"""


class Server:
    """A server of S3 on a free port of loopback, and a client that fills it."""

    def __init__(self, *, keys: bool) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        env = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "3" if keys else "1000000"}
        program = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(program, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        import boto3

        given = {"aws_access_key_id": "made", "aws_secret_access_key": "up", "region_name": "us-east-1"}
        self.client = boto3.client("s3", endpoint_url=self.url, **given)
        self.client.create_bucket(Bucket="logs")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def kb(server: Server, work: Path, *words: str, **env: str) -> tuple[int, str, str, tuple[int, int]]:
    """Status, both outputs, and (MB of the process, files written outside of the cache)."""
    given = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": server.url, "AWS_EC2_METADATA_DISABLED": "true", **env}
    given["XDG_CACHE_HOME"] = str(work / "cache")
    ran = subprocess.run([sys.executable, "-c", COUNTED, *words], env=given, capture_output=True, text=True)
    found = re.search(r"MEASURED (\d+) (\d+)", ran.stderr)
    shown = "\n".join(line for line in ran.stderr.splitlines() if not line.startswith("MEASURED"))
    return ran.returncode, ran.stdout, shown, (int(found[1]), int(found[2])) if found else (0, -1)


def expect(what: str, true: bool, shown: str = "") -> None:
    print(f"{'ok  ' if true else 'FAIL'}  {what}{': ' + shown if shown else ''}", flush=True)
    expect.failed |= not true  # type: ignore[attr-defined]


expect.failed = False  # type: ignore[attr-defined]


def same_answers(server: Server, work: Path, mb: int) -> None:
    line = b"2026-11-29 10:00:00 INFO nothing of note happened in this part of the log\n"
    text = line * (mb * 1_000_000 // len(line)) + SAMPLE.read_bytes()
    path = work / "big.log"
    path.write_bytes(text)
    server.client.upload_file(str(path), "logs", "app/big.log")
    server.client.upload_file(str(SAMPLE), "logs", "app/one.txt")
    start = time.monotonic()
    code, far, _, (size, outside) = kb(server, work, "diagnose", "s3://logs/app/big.log", "--format", "json")
    seconds = time.monotonic() - start
    _, near, _, (usual, _) = kb(server, work, "diagnose", str(path), "--format", "json")
    same = code == 0 and far.replace("s3://logs/app/big.log", "X") == near.replace(str(path), "X")
    expect(f"{mb} MB by URI give the JSON that the file gives", same)
    expect(f"bounded: {size} MB of memory by URI, {usual} MB for the file; {seconds:.0f} s", size < 250)
    expect("nothing is written outside of the cache", outside == 0)
    for number in ("1", "2", "3"):
        part = str(work / f"{number}.kbpart")
        kb(server, work, "scan", "s3://logs/app/big.log", "--piece", f"{number}/3", "--to", part)
    _, parts, _, _ = kb(server, work, "diagnose", *(str(work / f"{n}.kbpart") for n in "123"), "--format", "json")
    expect("so do three pieces of it", parts == far)
    code, shown, _, _ = kb(server, work, "diagnose", "s3://logs/app/", "--brief")
    expect("a folder is one case", code == 0 and "9001" in shown)


def troubles(server: Server, work: Path) -> None:
    for what, words, env, wanted in (
        ("no such object", ["s3://logs/none.log"], {}, "no such object or folder in this bucket"),
        ("no such bucket", ["s3://nowhere/x.log"], {}, "no such bucket"),
        ("no server", ["s3://logs/app/one.txt"], {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "could not be read"),
        ("a driver is missing", ["gs://logs/x"], {}, "pip install gcsfs"),
        ("no credentials", ["s3://logs/app/one.txt"], {"AWS_ACCESS_KEY_ID": "", "HOME": str(work)}, "credentials"),
    ):
        code, _, shown, _ = kb(server, work, "diagnose", *words, "--format", "json", **env)
        expect(what, code == 2 and wanted in shown and "Traceback" not in shown, shown.splitlines()[0])


def changing(server: Server, work: Path) -> None:
    """The object is put anew while it is read through a stream that is held up."""
    given = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": server.url}
    code = """
import sys
from kb.remote.opened import open_named
(source,) = open_named(["s3://logs/app/big.log"])
chunks = iter(source.chunks); next(chunks)
print("open", flush=True); sys.stdin.readline()
try:
    for _ in chunks: pass
except Exception as error: print(error)
"""
    reader = subprocess.Popen(
        [sys.executable, "-c", code], env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    reader.stdout.readline()
    path = work / "big.log"
    path.write_bytes(b"x" + path.read_bytes()[1:])
    server.client.upload_file(str(path), "logs", "app/big.log")
    shown, _ = reader.communicate("\n")
    expect("an object that changes while it is read", "changed while it was read" in shown, shown.strip())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=int, default=300)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        server = Server(keys=False)
        try:
            same_answers(server, work, given.mb)
            troubles(server, work)
            changing(server, work)
        finally:
            server.close()
        server = Server(keys=True)
        try:
            code, _, shown, _ = kb(server, work, "diagnose", "s3://logs/x.log", "--format", "json")
            refused = code == 2 and "access was refused" in shown
            expect("credentials that are refused", refused, shown.splitlines()[0] if shown else "")
        finally:
            server.close()
    sys.exit(expect.failed)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
