"""Everything that CI checks, in the current environment; the one task runner of the project.

    python .ci/check.py                  all steps
    python .ci/check.py lint types       these steps
    python .ci/check.py --fix            format and lint mend what they can
    python .ci/check.py --list           the steps, with what each does

Prints one heading a step; exits 1 if a step fails, 2 where a step does not exist.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CI = ROOT / ".ci"


class Step(NamedTuple):
    """`command` is what follows `python`; `fix` is what it is where things are to be mended."""

    name: str
    what: str
    command: tuple[str, ...]
    fix: tuple[str, ...] = ()


STEPS = (
    Step("format", "code is formatted", ("-m", "ruff", "format", "--check", "."), ("-m", "ruff", "format", ".")),
    Step("lint", "ruff's rules", ("-m", "ruff", "check", "."), ("-m", "ruff", "check", "--fix", ".")),
    Step("types", "mypy, strict", ("-m", "mypy")),
    Step("articles", "kb lint has nothing to say of the shipped articles", ("-m", "kb", "lint", "--kb", "articles")),
    Step(
        "samples",
        "kb test: every sample and output of the articles",
        ("-m", "kb", "test", "--kb", "articles", "--jobs", str(os.cpu_count() or 1)),
    ),
    Step("against", "kb test --against the last release: no answer got worse", (str(CI / "against.py"),)),
    Step("links", "links between the pages lead somewhere; docs/README.md names every page", (str(CI / "links.py"),)),
    Step("coverage", "all tests but those of speed, with what they cover, branch by branch", (str(CI / "measure.py"),)),
)


def main() -> int:
    call = _call()
    if call.list:
        print("\n".join(f"{step.name:10} {step.what}" for step in STEPS))
        return 0
    failed = [step.name for step in STEPS if step.name in call.steps and not _passes(step, call.fix)]
    print("failed: " + ", ".join(failed) if failed else "all checks passed")
    return 1 if failed else 0


def _call() -> argparse.Namespace:
    names = [step.name for step in STEPS]
    parser = argparse.ArgumentParser(description="what CI checks", epilog="steps: " + ", ".join(names))
    parser.add_argument("steps", nargs="*", metavar="STEP", help="only these, in their usual order")
    parser.add_argument("--fix", action="store_true", help="let format and lint mend what they can")
    parser.add_argument("--list", action="store_true", help="name the steps and end")
    call = parser.parse_args()
    unknown = sorted(set(call.steps) - set(names))
    if unknown:
        parser.error(f"no step '{unknown[0]}'; there are {', '.join(names)}")
    call.steps = call.steps or names
    return call


def _passes(step: Step, fix: bool) -> bool:
    print(f"== {step.name}", flush=True)
    command = step.fix if fix and step.fix else step.command
    return not subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
