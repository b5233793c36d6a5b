"""The answers of the shipped articles against those of the last release: which ones flip.

Usage: python .ci/against.py [what kb test --against takes]. Exits 1 where an answer got worse; says so and exits 0 where
there is no release to compare with.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TAGS = "v[0-9]*"


def main() -> int:
    tag = last_release(ROOT)
    if not tag:
        print("no release tag in this copy: nothing to compare with")
        return 0
    jobs = str(os.cpu_count() or 1)
    command = ["-m", "kb", "test", "--kb", "articles", "--against", tag, "--jobs", jobs, *sys.argv[1:]]
    return subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode


def last_release(root: Path) -> str:
    """The newest release tag that HEAD comes from; empty where there is none, or no repository."""
    git = shutil.which("git")
    if not git:
        return ""
    command = [git, "-C", str(root), "describe", "--tags", "--abbrev=0", "--match", TAGS]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
