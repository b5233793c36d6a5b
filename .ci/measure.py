"""What of diagnose/ and kb/ the tests run, branch by branch, the processes that they start included.

Measuring slows everything down, so the tests that bound their own time (mark `timed`) are left out.

Usage: python .ci/measure.py [what pytest takes]. Prints the report of coverage.py and exits 1 where a test fails or a module of
diagnose/ is covered by less than LEAST percent. On Windows and macOS the modules of other systems count as well: there
the figure is for information.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEAST = 90.0


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "coverage.json"
        reports = ["--cov-report=term:skip-covered", f"--cov-report=json:{kept}"]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-m",
            "not timed",
            "--timeout",
            "600",
            "--cov",
            *reports,
            *sys.argv[1:],
        ]
        failed = subprocess.run(command, cwd=ROOT, check=False).returncode
        weak = below(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else []
    print("\n".join(weak) if weak else f"no module of diagnose/ is below {LEAST:.0f} %")
    return 1 if failed or (weak and sys.platform == "linux") else 0


def below(measured: dict) -> list[str]:
    """The modules of diagnose/ that are covered by less than LEAST percent, the weakest first."""
    shares = {path.replace("\\", "/"): entry["summary"]["percent_covered"] for path, entry in measured["files"].items()}
    weak = sorted((share, path) for path, share in shares.items() if path.startswith("diagnose/") and share < LEAST)
    return [f"{path}: {share:.1f} %, at least {LEAST:.0f} % are asked for" for share, path in weak]


if __name__ == "__main__":
    sys.exit(main())
