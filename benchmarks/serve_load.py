"""`kb serve` under load: start-up, requests a second, p50 and p99, memory, none lost; a large upload; silent connections.

Usage: python benchmarks/serve_load.py [--clients 32] [--seconds 60] [--workers 2] [--upload MIB] [--silent N]

A server of its own on a free port, over the shipped articles. Of ten requests seven diagnose the seed's error, two search, one
reads an article. Figures go to docs/serve.md with their date.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
SEED = (ROOT / "examples" / "pool-failover.txt").read_text(encoding="utf-8")


class Server:
    """`kb serve` in a process of its own."""

    def __init__(self, workers, folder):
        self.token_file = Path(folder) / "token"
        command = [sys.executable, "-m", "kb", "serve", "--port", "0", "--workers", str(workers)]
        command += ["--token-file", str(self.token_file)]
        began = time.perf_counter()
        self.log = (Path(folder) / "log").open("w+")  # for as long as the server runs
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=ROOT)
        line = self.process.stdout.readline()
        self.said_after = time.perf_counter() - began
        self.port = int(line.partition("http://127.0.0.1:")[2].partition("/")[0])
        self.token = self.token_file.read_text().strip()

    def family(self):
        """The server and its workers: process numbers with their resident memory in KiB."""
        found = subprocess.run(["ps", "-eo", "pid,ppid,rss"], stdout=subprocess.PIPE, text=True, check=True).stdout
        rows = [tuple(map(int, row.split())) for row in found.splitlines()[1:]]
        family = {self.process.pid}
        for _ in range(3):
            family |= {pid for pid, parent, _ in rows if parent in family}
        return {pid: rss for pid, _, rss in rows if pid in family}

    def cpu(self):
        """Seconds of processor time that the server and its workers have used."""
        total = 0.0
        for pid in self.family():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return total

    def memory(self):
        """Resident memory of the server and its workers, in MiB: the sum, and the largest peak."""
        family = self.family()
        peaks = []
        for pid in family:
            try:
                status = Path(f"/proc/{pid}/status").read_text()
                peaks.append(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
            except OSError:
                continue
        return sum(family.values()) / 1024, max(peaks, default=0)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def request(server, method, path, body=b"", kind="application/json"):
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n"
    if body:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def answered(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    return int(head.split()[1]), await reader.readexactly(length)


async def client(server, number, until, took):
    kinds = {
        "diagnose": request(server, "POST", "/api/v1/diagnose", json.dumps({"text": SEED}).encode()),
        "search": request(server, "GET", "/api/v1/search?q=failover+dcom"),
        "article": request(server, "GET", "/api/v1/articles/pool-failover-dcom-error"),
    }
    mix = ["diagnose"] * 7 + ["search"] * 2 + ["article"]
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    at = number
    while time.perf_counter() < until:
        kind = mix[at % len(mix)]
        at += 1
        began = time.perf_counter()
        writer.write(kinds[kind])
        status, _ = await answered(reader)
        took[kind].append((time.perf_counter() - began, status))
    writer.close()


async def load(server, clients, seconds):
    took = {"diagnose": [], "search": [], "article": []}
    began = time.perf_counter()
    until = began + seconds
    await asyncio.gather(*(client(server, number, until, took) for number in range(clients)))
    return took, time.perf_counter() - began


async def once(server, data):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(data)
    got = await answered(reader)
    writer.close()
    return got


async def upload(server, mib):
    """A log of `mib` MiB as a streamed body; seconds and status."""
    piece = b"2026-11-29 10:00:00 INFO all is well here and there, nothing of note happened today\n" * 13_000
    piece = piece[: 1 << 20]
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = request(server, "POST", "/api/v1/diagnose?name=large.log")[:-2]
    head += f"Content-Type: application/octet-stream\r\nContent-Length: {mib << 20}\r\n\r\n".encode()
    began = time.perf_counter()
    writer.write(head)
    for _ in range(mib):
        writer.write(piece)
        await writer.drain()
    status, _ = await answered(reader)
    writer.close()
    return time.perf_counter() - began, status


async def silent(server, number):
    """Whether a request is answered, and how soon, while `number` connections say nothing."""
    held = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(number)]
    began = time.perf_counter()
    status, _ = await once(server, request(server, "GET", "/api/v1/health"))
    took = time.perf_counter() - began
    for _, writer in held:
        writer.close()
    return took, status


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--upload", type=int, default=0, metavar="MIB")
    parser.add_argument("--silent", type=int, default=0, metavar="N")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(asked.workers, folder)
        try:
            began = time.perf_counter()
            asyncio.run(once(server, request(server, "GET", "/api/v1/health")))
            started = server.said_after + time.perf_counter() - began
            print(f"start: {started:.2f} s to the first answer, {server.cpu():.2f} s of processor time")
            print(f"memory at rest: {server.memory()[0]:.0f} MiB ({asked.workers} workers)")
            before = server.cpu()
            took, seconds = asyncio.run(load(server, asked.clients, asked.seconds))
            everything = [one for kind in took.values() for one in kind]
            lost = sum(status != 200 for _, status in everything)
            print(
                f"{len(everything)} requests, {len(everything) / seconds:.1f} a second, {lost} lost; load average {os.getloadavg()[0]:.1f}"
            )
            used = (server.cpu() - before) * 1000 / max(1, len(everything))
            print(
                f"processor time: {used:.0f} ms a request, that is {2000 / used:.1f} requests a second on two free cores"
            )
            for kind, times in took.items():
                seen = [second * 1000 for second, _ in times]
                print(
                    f"  {kind}: {len(seen)}, p50 {median(seen):.0f} ms, p99 {quantile(seen, 0.99):.0f} ms, max {max(seen):.0f} ms"
                )
            total, peak = server.memory()
            print(f"memory after: {total:.0f} MiB, largest process at most {peak:.0f} MiB")
            if asked.upload:
                seconds, status = asyncio.run(upload(server, asked.upload))
                print(
                    f"upload of {asked.upload} MiB: {status}, {asked.upload / seconds:.0f} MiB/s, peak {server.memory()[1]:.0f} MiB"
                )
            if asked.silent:
                seconds, status = asyncio.run(silent(server, asked.silent))
                print(f"{asked.silent} silent connections: {status} in {seconds * 1000:.0f} ms")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
