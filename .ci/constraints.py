"""Pins what CI runs with: installs kb with everything of the extra `dev` into a fresh environment, and writes the versions.

Usage: python .ci/constraints.py [FILE]; FILE is constraints.txt beside the README unless named. Names and versions only.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# What CI ran with: pip install --constraint constraints.txt '.[dev]'
# Written by: python .ci/constraints.py (Python {major}.{minor}, {platform}); do not edit by hand.
"""
NO_PINS = {"kb-diagnose", "pip", "setuptools", "wheel"}


def main() -> int:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "constraints.txt"
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
        free = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"{ROOT}[dev]"], env=free, check=True)
        listed = subprocess.run([python, "-m", "pip", "list", "--format", "json"], stdout=subprocess.PIPE, check=True)
    file.write_text(pins(json.loads(listed.stdout)), encoding="utf-8", newline="\n")
    return 0


def pins(installed: list[dict[str, str]]) -> str:
    """The file for what `pip list --format json` says."""
    kept = sorted((one["name"].lower(), one["version"]) for one in installed)
    rows = [f"{name}=={version}\n" for name, version in kept if name not in NO_PINS]
    head = HEAD.format(major=sys.version_info.major, minor=sys.version_info.minor, platform=sys.platform)
    return head + "".join(rows)


if __name__ == "__main__":
    sys.exit(main())
