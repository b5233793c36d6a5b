"""A report held against logs, for whoever has both as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.audit.model import FAULTS
from kb.audit import audit
from kb.service.diagnosing import pasted

if TYPE_CHECKING:
    from diagnose.audit.model import Audit
    from diagnose.options import Options
    from kb.service.bases import Desk


def audited(desk: Desk, report: str, logs: str, options: Options, most: int) -> Audit:
    """The audit without secrets, with at most `most` claims: those at fault before the others."""
    found = audit("the report", report, pasted(logs), desk.store, options)
    claims = sorted(found.claims, key=lambda claim: claim.verdict not in FAULTS)[:most]
    return replace(found, claims=tuple(sorted(claims, key=lambda claim: claim.line)))
