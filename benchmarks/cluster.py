"""A Dask cluster on this machine, its workers killed and starved: the same answer, nothing lost, nothing counted twice, how fast.

    pip install 'kb-diagnose[cluster]'
    python benchmarks/cluster.py WORK [--mb 1000] [--rounds 3] [--only same kill memory scheduler batch speed]

WORK is a folder that is made. Prints the figures of docs/scale.md; ends with 1 where an answer is another than that of one process.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from distributed import Client

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "examples" / "pool-failover.txt"
PORT = 18790
AT = f"tcp://127.0.0.1:{PORT}"
PARTS = ("same", "kill", "memory", "scheduler", "batch", "tls", "objects", "speed")
# The nannies of Dask have the allocator give back every page at once (64 KiB): that costs a scan two fifths more processor time.
ALLOCATOR = """
distributed:
  nanny:
    pre-spawn-environ:
      MALLOC_TRIM_THRESHOLD_: 33554432
      MALLOC_MMAP_THRESHOLD_: 33554432
"""
failed = False


def expect(what: str, true: bool, shown: str = "") -> None:
    global failed
    failed |= not true
    print(f"{'ok  ' if true else 'FAIL'}  {what}{': ' + shown if shown else ''}", flush=True)


class Cluster:
    """A scheduler and its workers, each with a nanny that starts it again."""

    def __init__(self, work: Path, workers: int, limits: tuple[str, ...] = ()) -> None:
        self.work = work
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._run("scheduler", "--host", "127.0.0.1", "--port", str(PORT), "--no-dashboard")
        for number in range(workers):
            limit = limits[number] if number < len(limits) else "0"
            self.workers.append(self._worker(number, limit))
        with self.client() as client:
            client.wait_for_workers(workers, timeout=120)

    def _worker(self, number: int, limit: str) -> subprocess.Popen[bytes]:
        given = ("--nthreads", "1", "--no-dashboard", "--memory-limit", limit)
        return self._run("worker", AT, *given, "--local-directory", str(self.work / f"worker{number}"))

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        with open(self.work / f"{words[0]}.log", "ab") as log:
            return subprocess.Popen([sys.executable, "-m", "dask", *words], stdout=log, stderr=log)

    @contextmanager
    def client(self) -> Iterator[Client]:
        with Client(AT, timeout=60) as client:
            yield client

    def pids(self) -> dict[str, int]:
        """The processes that do the work, below their nannies."""
        with self.client() as client:
            return dict(client.run(os.getpid))

    def cpu(self) -> float:
        """Seconds of processor time of all workers so far."""
        times = [psutil.Process(pid).cpu_times() for pid in self.pids().values()]
        return sum(one.user + one.system for one in times)

    def close(self) -> None:
        every = [child for one in self.workers for child in psutil.Process(one.pid).children(recursive=True)]
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        for child in every:
            if child.is_running():
                child.kill()


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "kb", *words]


def kb(*words: str) -> tuple[int, str, str]:
    ran = subprocess.run(command(*words), capture_output=True, text=True)
    return ran.returncode, ran.stdout, ran.stderr


def made(work: Path, mb: int) -> list[str]:
    """A large log with a sample in the midst of it, and a folder of small ones."""
    big, small = work / "big.log", work / "small"
    line = "2026-11-29 10:00:{:02} INFO worker {} nothing of note happened in this part of the log, request {} took 12 ms\n"
    small.mkdir(parents=True, exist_ok=True)
    if not big.exists() or big.stat().st_size < mb * 1_000_000:
        with open(big, "w", encoding="utf-8") as file:
            number, sampled = 0, False
            while file.tell() < mb * 1_000_000:
                file.write("".join(line.format(n % 60, n % 7, number + n) for n in range(20_000)))
                number += 20_000
                if not sampled and file.tell() > mb * 500_000:
                    file.write(SAMPLE.read_text(encoding="utf-8"))
                    sampled = True
    for number in range(40):
        text = line.format(1, 2, number) * 200 + (SAMPLE.read_text(encoding="utf-8") if number % 4 == 0 else "")
        (small / f"{number:02}.log").write_text(text, encoding="utf-8")
    return [str(big), str(small)]


def kept(folder: Path) -> int:
    return len(list(folder.glob("*.kbpart"))) if folder.is_dir() else 0


def begun(target: Path, inputs: list[str], parts: int) -> subprocess.Popen[str]:
    """A scan by the cluster that has so many parts already."""
    words = ("scan", *inputs, "--to", str(target), "--force", "--cluster", AT)
    process = subprocess.Popen(command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and kept(Path(f"{target}.parts")) < parts:
        time.sleep(0.05)
    return process


def answer(target: Path) -> str:
    return kb("diagnose", str(target), "--format", "json")[1]


def same(work: Path, inputs: list[str], near: str) -> None:
    for count in (1, 2, 4):
        cluster = Cluster(work, count)
        try:
            code, far, told = kb("diagnose", *inputs, "--format", "json", "--cluster", AT)
            expect(
                f"{count} workers answer as one process does, byte for byte", code == 0 and far == near, told.strip()
            )
        finally:
            cluster.close()


def kill(work: Path, inputs: list[str], near: str) -> None:
    cluster = Cluster(work, 2)
    target = work / "killed.kbpart"
    try:
        process = begun(target, inputs, 3)
        victim = next(iter(cluster.pids().values()))
        os.kill(victim, signal.SIGKILL)
        process.communicate()
        expect("a worker killed with SIGKILL in the middle: nothing lost, nothing twice", answer(target) == near)
        expect("its nanny began another", victim not in cluster.pids().values())
    finally:
        cluster.close()


def memory(work: Path, inputs: list[str], near: str) -> None:
    """One worker has hardly room for itself: it is ended and begun again, or paused for good with what it was given."""
    cluster = Cluster(work, 1)
    idle = psutil.Process(next(iter(cluster.pids().values()))).memory_info().rss
    cluster.close()
    target = work / "starved.kbpart"
    for share in (1.4, 1.6):
        (work / "worker.log").unlink(missing_ok=True)
        cluster = Cluster(work, 2, ("0", str(int(idle * share))))
        try:
            code, _, told = kb("scan", *inputs, "--to", str(target), "--force", "--cluster", AT)
            log = (work / "worker.log").read_text(errors="replace")
            ended, paused = log.count("exceeded"), log.count("Pausing worker")
            what = f"a worker with {idle * share / 1e6:.0f} MB, ended {ended} times, paused {paused} times: nothing lost or twice"
            expect(what, code == 0 and ended + paused > 0 and answer(target) == near, told.strip()[:200])
        finally:
            cluster.close()


def scheduler(work: Path, inputs: list[str], near: str) -> None:
    target = work / "lost.kbpart"
    shutil.rmtree(f"{target}.parts", ignore_errors=True)
    cluster = Cluster(work, 2)
    process = begun(target, inputs, 3)
    cluster.close()
    cluster = Cluster(work, 2)  # begun again at once
    process.communicate()
    expect(
        "a scheduler killed and begun again: the same call goes on", process.returncode == 0 and answer(target) == near
    )
    target.unlink(missing_ok=True)
    process = begun(target, inputs, 3)
    cluster.close()
    _, told = process.communicate()
    parts = kept(Path(f"{target}.parts"))
    expect("a scheduler killed for good", process.returncode == 2 and parts >= 3, told.strip().splitlines()[-1])
    cluster = Cluster(work, 2)
    try:
        code = kb("scan", *inputs, "--to", str(target), "--cluster", AT)[0]
        expect(f"the same command goes on from {parts} parts", code == 0 and answer(target) == near)
    finally:
        cluster.close()


def batch(work: Path) -> None:
    def answers(folder: Path) -> list[tuple[str, str]]:
        lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
        found = ((one["case"], one["diagnosis"]) for one in map(json.loads, lines))
        return sorted((case, json.dumps(diagnosis)) for case, diagnosis in found)

    near, far = work / "near", work / "far"
    for folder in (near, far):
        shutil.rmtree(folder, ignore_errors=True)
    words = ("batch", str(work / "small"), "--split-by", "*.log")
    kb(*words, "--to", str(near), "--jobs", "2")
    cluster = Cluster(work, 2)
    process = subprocess.Popen(
        command(*words, "--to", str(far), "--cluster", AT), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not (far / "answers.jsonl").exists():
        time.sleep(0.02)
    while process.poll() is None and len((far / "answers.jsonl").read_bytes().splitlines()) < 5:
        time.sleep(0.02)
    cluster.close()
    _, told = process.communicate()
    done = len((far / "answers.jsonl").read_bytes().splitlines())
    expect(
        f"a batch whose scheduler is killed ends after {done} of 40 cases",
        process.returncode == 2,
        told.strip()[-3000:],
    )
    cluster = Cluster(work, 2)
    try:
        code = kb(*words, "--to", str(far), "--resume", "--cluster", AT)[0]
        expect(
            "--resume answers the rest, each case once, as --jobs 2 does", code == 0 and answers(far) == answers(near)
        )
    finally:
        cluster.close()


def tls(work: Path, inputs: list[str], near: str) -> None:
    """A scheduler that takes certificates of one authority alone."""
    import trustme

    folder, other = work / "tls", work / "tls-other"
    for place in (folder, other):
        place.mkdir(exist_ok=True)
        authority = trustme.CA()
        made_out = authority.issue_cert("127.0.0.1", "localhost")
        authority.cert_pem.write_to_path(str(place / "ca.pem"))
        made_out.private_key_pem.write_to_path(str(place / "key.pem"))
        with open(place / "cert.pem", "wb") as file:
            file.writelines(blob.bytes() for blob in made_out.cert_chain_pems)
    certificates = (
        "--tls-ca-file",
        folder / "ca.pem",
        "--tls-cert",
        folder / "cert.pem",
        "--tls-key",
        folder / "key.pem",
    )
    words = [str(one) for one in certificates]
    at = f"tls://127.0.0.1:{PORT + 1}"
    given = ("--host", at, "--no-dashboard")
    processes = []
    with open(work / "tls.log", "ab") as log:
        for program in (["scheduler", *given], ["worker", at, "--nthreads", "1", "--no-dashboard", "--no-nanny"]):
            processes.append(subprocess.Popen([sys.executable, "-m", "dask", *program, *words], stdout=log, stderr=log))
    try:
        far = kb("diagnose", inputs[1], "--format", "json", "--cluster", at, "--cluster-tls", str(folder))
        expect(
            "TLS with certificates of its own",
            far[1] == kb("diagnose", inputs[1], "--format", "json")[1],
            far[2].strip(),
        )
        code, _, told = kb("diagnose", inputs[1], "--cluster", at, "--cluster-tls", str(other))
        expect("those of another authority are refused", code == 2 and "Traceback" not in told, told.strip())
        code, _, told = kb("diagnose", inputs[1], "--cluster", f"tcp://127.0.0.1:{PORT + 1}")
        expect("and so is none", code == 2 and "Traceback" not in told, told.strip())
    finally:
        for process in processes:
            process.kill()
            process.wait()


def objects(work: Path, inputs: list[str], near: str) -> None:
    """Inputs that no worker has: they read them of a store by themselves."""
    import remote

    server = remote.Server(keys=False)
    os.environ.update(remote.KEYS, AWS_ENDPOINT_URL=server.url, AWS_EC2_METADATA_DISABLED="true")
    size = 200_000_000
    with open(inputs[0], "rb") as file:
        file.seek(Path(inputs[0]).stat().st_size // 2 - size // 2)
        file.readline()
        (work / "cut.log").write_bytes(file.read(size))
    server.client.upload_file(str(work / "cut.log"), "logs", "app/cut.log")
    for name in ("00.log", "01.log"):
        server.client.upload_file(str(Path(inputs[1]) / name), "logs", f"app/{name}")
    cluster = Cluster(work, 2)
    try:
        code, far, told = kb("diagnose", "s3://logs/app", "--format", "json", "--cluster", AT)
        same = far == kb("diagnose", "s3://logs/app", "--format", "json")[1]
        expect("a folder of S3, its large object in pieces, read by two workers", code == 0 and same, told.strip())
    finally:
        cluster.close()
        server.close()


def speed(work: Path, inputs: list[str], rounds: int) -> None:
    """Wall and processor time against two threads of one process, in turn, start-up apart."""
    tiny = str(work / "small" / "01.log")
    (work / "dask.yaml").write_text(ALLOCATOR, encoding="utf-8")
    os.environ["DASK_CONFIG"] = str(work / "dask.yaml")
    cluster = Cluster(work, 2)
    try:
        figures: dict[str, list[tuple[float, float]]] = {"--jobs 2": [], "--cluster": []}
        for _ in range(rounds):
            for name, given in (("--jobs 2", ("--jobs", "2")), ("--cluster", ("--cluster", AT))):
                times = []
                for log in (tiny, inputs[0]):
                    before, workers = os.times(), cluster.cpu()
                    kb("scan", log, "--to", str(work / "speed.kbpart"), "--force", *given)
                    after = os.times()
                    own = after.children_user + after.children_system - before.children_user - before.children_system
                    times.append((after.elapsed - before.elapsed, own + cluster.cpu() - workers))
                figures[name].append((times[1][0] - times[0][0], times[1][1] - times[0][1]))
        size = Path(inputs[0]).stat().st_size / 1e6
        for name, rows in figures.items():
            walls, cpus = zip(*rows, strict=True)
            print(f"{size:.0f} MB, {name}: wall " + " ".join(f"{one:.1f}" for one in walls) + " s, processor "
                  + " ".join(f"{one:.1f}" for one in cpus) + " s")  # fmt: skip
        pairs = list(zip(*figures.values(), strict=True))
        wall, cpu = (statistics.median(far[at] / near[at] for near, far in pairs) - 1 for at in (0, 1))
        best = min(far[0] for _, far in pairs) / min(near[0] for near, _ in pairs) - 1
        what = f"overhead, median of {rounds} pairs: {wall:+.0%} of wall time, {cpu:+.0%} of processor time; of the best {best:+.0%}"
        expect(what, min(wall, best) <= 0.15)
    finally:
        cluster.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("--mb", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    given = parser.parse_args()
    work = given.work.absolute()
    inputs = made(work, given.mb)
    near = kb("diagnose", *inputs, "--format", "json")[1]
    for name in given.only:
        if name == "batch":
            batch(work)
        elif name == "speed":
            speed(work, inputs, given.rounds)
        else:
            runs = {
                "same": same,
                "kill": kill,
                "memory": memory,
                "scheduler": scheduler,
                "tls": tls,
                "objects": objects,
            }
            runs[name](work, inputs, near)
    sys.exit(failed)


if __name__ == "__main__":
    main()
