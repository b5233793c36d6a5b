"""Sentences of an article: with the values of its parameters, or shortened. Not for commands: see commands, which quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SLOT = re.compile(r"\$\{([\w-]+)\}")


def filled_text(template: str, values: Mapping[str, str]) -> str:
    """A sentence of an article with its values; what is missing stays `<name>`."""
    return _SLOT.sub(lambda slot: values.get(slot[1], f"<{slot[1]}>"), template)


def shortened(text: str, limit: int) -> str:
    """`text` of at most `limit` characters; where it was cut, between words, it ends in an ellipsis."""
    if len(text) <= limit:
        return text
    return re.sub(r"\s\S*$", "", text[: limit - 1]).rstrip(" ,;:.-") + "\N{HORIZONTAL ELLIPSIS}"
