"""Everything that CI checks after the tests, in the current environment: format, lint, types, articles, docs.

Usage: python .ci/check.py [--fix]. Prints one line a step; exits 1 if a step fails.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
FIX = "--fix" in sys.argv

STEPS = [
    ("format", [PYTHON, "-m", "ruff", "format", *([] if FIX else ["--check"]), "."]),
    ("lint", [PYTHON, "-m", "ruff", "check", *(["--fix"] if FIX else []), "."]),
    ("types", [PYTHON, "-m", "mypy"]),
    ("article lint", [PYTHON, "-m", "kb", "lint", "--kb", "articles"]),
    ("article self-test", [PYTHON, "-m", "kb", "test", "--kb", "articles"]),
]


def main() -> int:
    failed = []
    for name, step in STEPS:
        print(f"== {name}", flush=True)
        if subprocess.run(step, cwd=ROOT, check=False).returncode:
            failed.append(name)
    print("failed: " + ", ".join(failed) if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
