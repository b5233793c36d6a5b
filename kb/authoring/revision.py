"""A base as it was at a git revision, laid into a folder: what `kb test --against REVISION` opens.

The files are read from the objects of the repository. Nothing is checked out or archived, so that no hook, filter or
attribute of the repository is run, and nothing is fetched. An edge module: it calls git and writes files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from diagnose.errors import KbError
from kb.library.files import KINDS, SHIPPED, folder_of

READ = (".md", ".txt", ".yaml", ".yml")  # all that a base and its library are made of
_QUIET = {"GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_NO_REPOSITORY = "name a folder, or a base that lies in a git repository"


def laid_out(root: Path, revision: str, to: Path) -> Path:
    """The base at `root` as it was at `revision`, made below the folder `to`. KbError where it cannot be had.

    Where the library that ships lies in the same repository, the one of that revision stands beside the articles: they are
    answered with the wordings and checks that they had.
    """
    repository, inside = _place(root)
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        way_out = "name a branch, a tag or a commit of it (git log), or a folder with ./ before it"
        raise KbError(revision, f"is no folder and no revision of the repository of {root}", way_out)
    base = to / (root.resolve().name or "base")
    _lay_library(repository, root, commit.decode().strip(), base)
    if not _lay(root, f"{commit.decode().strip()}:{inside}", base):
        raise KbError(revision, f"has no articles at {inside or 'the top of the repository'}", "name another revision")
    return base


def _lay_library(repository: str, root: Path, commit: str, base: Path) -> None:
    try:
        shipped_in, inside = _place(Path(SHIPPED))
    except KbError:  # kb is installed, not run from a repository: its library has no history
        return
    if shipped_in == repository:
        for kind in KINDS:
            _lay(root, f"{commit}:{inside}/{kind}s", Path(folder_of(str(base))) / f"{kind}s", READ[2:])


def _place(folder: Path) -> tuple[str, str]:
    """The repository that `folder` lies in, and where in it, with / between the parts."""
    told = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix") if folder.is_dir() else None
    if told is None:
        raise KbError(str(folder), "is not in a git repository that git would read", _NO_REPOSITORY)
    top, _, prefix = os.fsdecode(told).partition("\n")
    return top, prefix.strip("\n").rstrip("/")


def _lay(root: Path, tree: str, to: Path, suffixes: tuple[str, ...] = READ) -> int:
    """Write the files of a tree below `to`; their number."""
    listed = _git(root, "ls-tree", "-r", "-z", "--full-tree", tree) or b""
    files = [
        (meta.split()[2], path)
        for row in listed.split(b"\0")
        if row
        for meta, _, path in [row.partition(b"\t")]
        if meta.startswith(b"100") and path.lower().endswith(tuple(s.encode() for s in suffixes)) and _inside(path)
    ]
    if not files:
        return 0
    rest = _git(root, "cat-file", "--batch", given=b"".join(name + b"\n" for name, _ in files)) or b""
    for _, path in files:
        head, _, rest = rest.partition(b"\n")
        size = int(head.split()[2])
        target = to / os.fsdecode(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(rest[:size])
        rest = rest[size + 1 :]
    return len(files)


def _inside(path: bytes) -> bool:
    """Whether a path of a tree stays below the folder that it is laid into, on every system."""
    parts = path.split(b"/")
    return not any(part in (b"", b".", b"..") or b"\\" in part or b":" in part for part in parts)


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """What git prints; None where it fails."""
    program = shutil.which("git")
    if program is None:
        raise KbError("git", "is not installed", "install it, or name a folder with --against")
    command = [program, "-C", str(folder.absolute()), "-c", "core.fsmonitor=false", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, env={**os.environ, **_QUIET}, check=False)
    return None if done.returncode else done.stdout
