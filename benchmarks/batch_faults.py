"""`kb batch` on a bad day: workers killed, out of memory, a full disk, Ctrl-C, a second batch. Nothing lost, nothing twice?

    python benchmarks/batch_faults.py NOISE WORK [--cases 60] [--only killed ...]

NOISE is a folder of logs (*_2k.log of loghub), WORK a folder that is made. Linux; for the memory (a cgroup) and the disk
(a small tmpfs) as root, else those two are passed over. Prints a line a fault and ends with status 1 where one lost something.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CGROUP = Path("/sys/fs/cgroup/memory/kb-batch")
MEMORY = 180 << 20  # for three processes; the case that wants more has a dictionary of 128 MiB
DISK = "200k"
KILLS = 3
Answers = dict[str, object]


def heeding() -> None:
    """A shell gives what it runs in the background a Ctrl-C that is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Run:
    """One call of kb batch over a folder of cases."""

    def __init__(self, cases: Path, out: Path, *words: str, before: Callable[[], object] = heeding) -> None:
        self.out = out
        command = [sys.executable, "-m", "kb", "batch", str(cases), "--split-by", "*", "--to", str(out)]
        self.process = subprocess.Popen(
            [*command, "--jobs", "2", "--no-learned", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=before,
        )

    def workers(self) -> list[int]:
        """The processes that answer: children that were begun as workers, not the keeper of shared names."""
        own = self.process.pid
        try:
            children = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii").split()
            return [int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]
        except OSError:
            return []

    def answered(self) -> int:
        path = self.out / "answers.jsonl"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def running(self) -> Iterator[None]:
        while self.process.poll() is None:
            yield
            time.sleep(0.002)

    def ended(self) -> tuple[int, str]:
        out, said = self.process.communicate()
        return self.process.returncode, out + said


def answers(out: Path) -> Answers:
    """Case to diagnosis or error; AssertionError where one stands there twice."""
    found: Answers = {}
    for line in (out / "answers.jsonl").read_bytes().splitlines():
        answer = json.loads(line)
        assert answer["case"] not in found, f"{answer['case']} twice"
        found[answer["case"]] = answer["diagnosis"] or answer["error"]
    return found


def open_files(process: int) -> list[str]:
    try:
        return [os.readlink(one) for one in Path(f"/proc/{process}/fd").iterdir()]
    except OSError:
        return []


def check(told: str, wanted: Answers, found: Answers, failed: dict[str, str]) -> bool:
    """Whether `found` is what an undisturbed run gave, but for the `failed` cases with these words in their errors."""
    wrong = [case for case, answer in found.items() if answer != wanted.get(case) and case not in failed]
    wrong += wanted.keys() - found.keys()
    wrong += [case for case, words in failed.items() if words not in str(found.get(case))]
    print(f"{told}: {len(found)} cases, {len(failed)} reported, {len(wrong)} wrong or lost {sorted(wrong)[:3]}")
    return not wrong


def killed(cases: Path, work: Path, wanted: Answers) -> bool:
    """Workers killed wherever they are, one after another."""
    run, done, at = Run(cases, work / "killed"), 0, 5
    for _ in run.running():
        if done < KILLS and run.answered() >= at and (workers := run.workers()):
            os.kill(workers[done % len(workers)], signal.SIGKILL)
            done, at = done + 1, run.answered() + 5
    status, _ = run.ended()
    return check(f"{done} workers killed (status {status})", wanted, answers(run.out), {})


def deadly(cases: Path, work: Path, wanted: Answers) -> bool:
    """A case whose worker is killed as often as it is opened."""
    case = cases / "00007x.log"
    case.write_text("INFO all is well\n" * 500_000, encoding="utf-8")
    run, done = Run(cases, work / "deadly"), 0
    for _ in run.running():
        for worker in run.workers():
            if any(link.endswith(case.name) for link in open_files(worker)):
                os.kill(worker, signal.SIGKILL)
                done += 1
    status, _ = run.ended()
    case.unlink()
    told = f"a case whose worker was killed {done} times (status {status})"
    return check(told, wanted, answers(run.out), {str(case): "killed"})


def in_cgroup() -> None:
    (CGROUP / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")


def out_of_memory(cases: Path, work: Path, wanted: Answers) -> bool:
    """A case for which the kernel kills its worker, every time."""
    large = cases / "99998.log.xz"
    text = os.urandom(1 << 19).hex("\n", 64)
    chain = [{"id": lzma.FILTER_LZMA2, "dict_size": 128 << 20, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3}]
    large.write_bytes(lzma.compress(text.encode() * 150, filters=chain))
    try:
        CGROUP.mkdir(exist_ok=True)
        (CGROUP / "memory.limit_in_bytes").write_text(str(MEMORY), encoding="ascii")
    except OSError as error:
        print(f"out of memory: passed over ({error})")
        return True
    run = Run(cases, work / "memory", before=in_cgroup)
    status, said = run.ended()
    CGROUP.rmdir()
    large.unlink()
    told = f"out of memory (status {status})"
    return check(told, wanted, answers(work / "memory"), {str(large): "killed"}) and "1 failed" in said


def full_disk(cases: Path, work: Path, wanted: Answers) -> bool:
    out = work / "disk"
    out.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(out)], check=False).returncode:
        print("full disk: passed over (no tmpfs)")
        return True
    try:
        status, said = Run(cases, out / "answers").ended()
        kept = answers(out / "answers")
        print(f"full disk: status {status}, {len(kept)} kept, said: {said.strip()[-200:]}")
        subprocess.run(["mount", "-o", "remount,size=100m", str(out)], check=True)
        Run(cases, out / "answers", "--resume").ended()
        found = answers(out / "answers")
        return status == 2 and said.count("\n") == 1 and check("full disk, then --resume", wanted, found, {})
    finally:
        subprocess.run(["umount", str(out)], check=True)


def stopped(cases: Path, work: Path, wanted: Answers) -> bool:
    """Ctrl-C in the middle, a second batch meanwhile, then --resume."""
    out = work / "stopped"
    run, second = Run(cases, out), None
    for _ in run.running():
        if second is None and run.answered() >= 3:
            second = Run(cases, out, "--resume")
        elif second and (second.process.poll() is not None or run.answered() >= 20):
            os.killpg(run.process.pid, signal.SIGINT)
            break
    status, _ = run.ended()
    summary = json.loads((out / "summary.json").read_bytes())
    kept = answers(out)
    refused, said = second.ended() if second else (0, "")
    print(f"a second batch: status {refused}, said: {said.strip()}")
    print(f"Ctrl-C: status {status}, {len(kept)} kept, {summary['cases']} of {summary['asked']} summed up")
    Run(cases, out, "--resume").ended()
    right = (refused, said.count("\n"), status, summary["cases"]) == (2, 1, 130, len(kept))
    return check("Ctrl-C, then --resume", wanted, answers(out), {}) and right


FAULTS = {"killed": killed, "deadly": deadly, "memory": out_of_memory, "disk": full_disk, "stopped": stopped}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("noise", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--only", nargs="*", choices=FAULTS)
    given = parser.parse_args()
    work: Path = given.work
    shutil.rmtree(work, ignore_errors=True)
    cases = work / "bundles"
    batch.made(cases, given.cases, batch.noise(given.noise), 400)
    Run(cases, work / "plain").ended()
    wanted = answers(work / "plain")
    right = len(wanted) == given.cases
    for name in given.only or FAULTS:
        right &= FAULTS[name](cases, work, wanted)
    print("all as it should be" if right else "NOT as it should be")
    sys.exit(not right)


if __name__ == "__main__":
    main()
