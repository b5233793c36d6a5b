"""Message catalogues: a line in another language becomes its English template, with its values.

`readers` has a row a format, `take_in` keeps what they read in one SQLite file of the user's data, `catalog` answers from it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.catalogs.catalog import Catalog


def in_use() -> Catalog | None:
    """The catalogues of this user; None where none was taken in or they are switched off (KB_CATALOGS=off).

    Asked at every start, so that only who has catalogues pays for reading them.
    """
    from kb.folders import catalogs_file, data_dir

    folder = data_dir()
    if folder is None or os.environ.get("KB_CATALOGS", "") == "off" or not catalogs_file(folder).is_file():
        return None
    from kb.catalogs.catalog import opened

    return opened(folder)
