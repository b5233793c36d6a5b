"""Names that may be an article's id, and so the name of a folder on every system."""

from __future__ import annotations

import re

DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})


def identifier(name: str) -> str:
    """An article id made of any name, always the same for the same name."""
    made = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:120] or "article"
    return f"{made}-article" if made.split(".")[0] in DEVICES else made
