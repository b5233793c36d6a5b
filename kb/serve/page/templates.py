"""The templates of the page, filled: every value is escaped, and what a terminal or an eye obeys is made visible."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from diagnose.text.sanitize import neutral
from diagnose.view.words import counted, percent
from kb import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.serve.page.assets import Asset

FOLDER = Path(__file__).parent / "html"


class Templates:
    """The templates of a server below the path `root`."""

    def __init__(self, root: str, assets: Mapping[str, Asset]) -> None:
        self._made = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._made.filters |= {"percent": percent, "counted": lambda n, noun: counted(n, noun), "neutral": neutral}
        self._made.globals |= {
            "root": root,
            "version": __version__,
            "asset": lambda name: f"{root}/assets/{name}?v={assets[name].version}",
        }

    def filled(self, name: str, /, **given: Any) -> str:
        return self._made.get_template(name).render(**given)
