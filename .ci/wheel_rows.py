"""A step of the build of a wheel: the rows of the articles go into it, so that a first run need not read 79 articles.

Run by hatchling (pyproject.toml). Not for an editable install, whose articles and code change. Needs of kb's dependencies those
that reading an article does; they are in `build-system.requires`.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Rows(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from kb.store.shipped import FILE, make

        self.folder = tempfile.TemporaryDirectory()
        rows = Path(self.folder.name) / FILE.name
        count = make(root / "articles", rows)
        build_data["force_include"][str(rows)] = FILE.relative_to(root).as_posix()
        self.app.display_info(f"rows of {count} articles")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.folder.cleanup()
