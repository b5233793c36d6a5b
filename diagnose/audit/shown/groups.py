"""What all formats say in the same words and order: faults first, what is supported last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.audit.model import VERDICTS
from diagnose.view.words import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.audit.model import Audit, Checked, Rival, Verdict

MOST_NAMES = 4
TITLES: dict[Verdict, str] = {
    "contradicted": "Contradicted",
    "absent": "Stands nowhere in these logs",
    "not checkable": "Not checkable",
    "reworded": "Found otherwise worded",
    "supported": "Supported",
}


def headline(audit: Audit) -> str:
    """The outcome in one line."""
    if not audit.claims:
        return "No claim found that these logs can settle"
    if audit.faulty:
        wrong = audit.counts["contradicted"], audit.counts["absent"]
        told = [f"{number} {word}" for number, word in zip(wrong, ("contradicted", "absent"), strict=True) if number]
        return f"{' and '.join(told)} of {counted(len(audit.claims), 'claim')}"
    return f"Nothing contradicted or absent in {counted(len(audit.claims), 'claim')}"


def names(audit: Audit) -> list[str]:
    """The inputs by name, of many the first ones."""
    found = [item.name for item in audit.inputs]
    return found if len(found) <= MOST_NAMES else [*found[:MOST_NAMES], f"{len(found) - MOST_NAMES} more"]


def tally(audit: Audit) -> str:
    return ", ".join(f"{number} {verdict}" for verdict, number in audit.counts.items() if number)


def groups(audit: Audit) -> Iterator[tuple[Verdict, list[Checked]]]:
    for verdict in VERDICTS:
        if found := [claim for claim in audit.claims if claim.verdict == verdict]:
            yield verdict, found


def ruling(claim: Checked) -> str:
    """What the claim is about, as a line begins."""
    return {
        "time": claim.about,
        "count": claim.about,
        "order": claim.about,
        "absence": f"none of: {claim.about}",
        "place": f"place of: {claim.about}",
        "message": claim.about,
    }.get(claim.kind, f"{claim.kind} {claim.about}")


def open_title(audit: Audit) -> str:
    return "Causes that kb holds possible and the report does not rule out"


def is_same_check(audit: Audit, rival: Rival) -> bool:
    """Whether the check of a rival was named already, with one before it."""
    return any(other.commands == rival.commands for other in audit.rivals[: audit.rivals.index(rival)])


def rival_line(rival: Rival) -> str:
    return f"{percent(rival.probability)}  {rival.title}"
