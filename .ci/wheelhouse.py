"""kb for machines without internet: a folder with all wheels and their hashes, built on one machine, installed on another.

    python .ci/wheelhouse.py build DIR            the wheels of kb, of what it needs and of the extras fast and evtx
    python .ci/wheelhouse.py install DIR VENV     a virtual environment from it; asks no index and no network

Wheels are for a system and a Python: build with the same system, processor and Python (3.11, 3.12, ...) as the machine has
that is to be installed. `install` needs nothing but the standard library. Exits 2 where DIR is not what it must be.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHAT = "[fast,evtx]"
LIST = "requirements.txt"


class Refused(Exception):
    """The folder is not what it must be; the message says why and what to do."""


def build(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder}: is not empty; name a folder that is new or empty")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([*pip, "--constraint", str(ROOT / "constraints.txt"), f"{ROOT}{WHAT}"], check=True)
    rows = sorted(requirements(folder.glob("*.whl")))
    (folder / LIST).write_text("".join(rows), encoding="utf-8", newline="\n")
    print(f"{len(rows)} wheels in {folder}; next: python .ci/wheelhouse.py install {folder} VENV")


def requirements(wheels: Iterable[Path]) -> Iterator[str]:
    """A line for each wheel: its name and version as its file is called, and its hash."""
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        yield f"{re.sub(r'[-_.]+', '-', name).lower()}=={version} --hash=sha256:{digest}\n"


def install(folder: Path, place: Path) -> None:
    if not (folder / LIST).is_file():
        raise Refused(f"{folder}: has no {LIST}; make it with: python .ci/wheelhouse.py build {folder}")
    venv.create(place, with_pip=True)
    programs = place / ("Scripts" if sys.platform == "win32" else "bin")
    offline(programs / ("python.exe" if sys.platform == "win32" else "python"), folder)
    print(f"installed: {programs / 'kb'}")


def offline(python: Path, folder: Path) -> None:
    """Install for `python` what the list names, from the folder alone."""
    # Neither settings of pip nor its environment may bring an index, a proxy or other wheels in.
    bare = {name: value for name, value in os.environ.items() if not name.upper().startswith("PIP_")}
    only = ["--no-index", "--find-links", str(folder), "--require-hashes", "-r", str(folder / LIST)]
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *only]
    subprocess.run(command, env={**bare, "PIP_CONFIG_FILE": os.devnull}, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="kb for machines without internet")
    jobs = parser.add_subparsers(dest="job", required=True)
    made = jobs.add_parser("build", help="make DIR with all wheels and their hashes")
    used = jobs.add_parser("install", help="make the virtual environment VENV from DIR, without network")
    for job in (made, used):
        job.add_argument("folder", metavar="DIR", type=Path)
    used.add_argument("place", metavar="VENV", type=Path)
    call = parser.parse_args()
    try:
        build(call.folder) if call.job == "build" else install(call.folder, call.place)
    except Refused as refused:
        print(f"wheelhouse: {refused}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as failed:
        print("wheelhouse: pip failed, see above", file=sys.stderr)
        return failed.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
