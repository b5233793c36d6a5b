"""`${name}`, the place of a parameter's value in an article: its one grammar, and sentences filled with values.

Not for commands that somebody will run: see `commands`, which quotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAM_NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,63}"
SLOT = re.compile(rf"\$\{{({PARAM_NAME})\}}")
# What looks like a slot, whatever stands in it: an article with one that is none is refused.
ANY_SLOT = re.compile(r"\$\{([^}]*)\}")


def filled_text(template: str, values: Mapping[str, str]) -> str:
    """A sentence of an article with its values; what is missing stays `<name>`."""
    return SLOT.sub(lambda slot: values.get(slot[1], f"<{slot[1]}>"), template)


def slots_in(template: str) -> list[str]:
    """The names of the parameters that a text wants, in order."""
    return SLOT.findall(template)


def filled_plain(template: str, values: Mapping[str, str]) -> str:
    """The text with its values as they are; what is missing is left out. For comparing, never for running."""
    return SLOT.sub(lambda slot: values.get(slot[1], ""), template)


def shortened(text: str, limit: int) -> str:
    """`text` of at most `limit` characters; where it was cut, between words, it ends in an ellipsis."""
    if len(text) <= limit:
        return text
    return re.sub(r"\s\S*$", "", text[: limit - 1]).rstrip(" ,;:.-") + "\N{HORIZONTAL ELLIPSIS}"
