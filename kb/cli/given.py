"""What one call of a command that diagnoses was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from diagnose.model import Platform


class Call(Struct, frozen=True, kw_only=True):
    """What one call of a command was given, by the names of the options; each as if it had not been given."""

    bases: tuple[str, ...] = ()  # named with --kb
    inputs: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    clip: bool = False
    baselines: tuple[str, ...] = ()
    format_: str = "text"
    top: int = 10
    explain: bool = False
    platform: Platform | None = None
    params: tuple[str, ...] = ()
    encoding: str = ""
    max_bytes: int = 0
    since: str = ""
    until: str = ""
    around: str = ""
    zone: str = ""
    context: int = 0
    threads: int = 0
    strict: bool = False
    quiet: bool = False
    raw: bool = False
    redact: str = "secrets"
    case_file: str | None = None
    interactive: bool = False
    once: bool = False
    brief: bool = False
    verbose: bool = False
    fix: int | None = None
    after_fix: bool = False
    no_learned: bool = False
    output: str | None = None
    force: bool = False
    verify: bool = False
    yes: bool = False
    targets: tuple[str, ...] = ()
    here: bool = False
    timeout: float = 3.0
    checks: tuple[str, ...] = ()
    cluster: str = ""
    cluster_tls: str = ""
