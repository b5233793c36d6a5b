"""The user's settings: one small file in the user's own folder, never one that lies where kb is called. An edge module."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from diagnose.errors import KbError, did_you_mean

LARGEST = 1 << 16


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """What holds where neither an option nor the environment says otherwise; empty is as usual."""

    base: tuple[str, ...] | str = ()
    platform: Literal["", "windows", "linux", "macos"] = ""
    colour: Literal["auto", "never"] = "auto"
    zone: str = ""

    def bases(self, folder: Path) -> tuple[str, ...]:
        """The folders of `base`: ~ is the home folder, and what is relative lies in `folder`."""
        parts = (self.base,) if isinstance(self.base, str) else self.base
        return tuple(
            f"{'+' * part.startswith('+')}{folder / Path(part.removeprefix('+')).expanduser()}" for part in parts
        )


def settings_path() -> Path | None:
    """Where the file is looked for; None where there is no home."""
    from kb.folders import data_dir

    if sys.platform in ("win32", "darwin"):
        folder = data_dir()
    else:
        chosen = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.environ.get("HOME", ""), ".config")
        folder = Path(chosen) / "kb-diagnose" if os.path.isabs(chosen) else None
    return folder / "settings.toml" if folder else None


def settings() -> Settings:
    """The settings in force; KbError where the file says what nobody understands."""
    path = settings_path()
    return _read(path) if path else Settings()


@cache
def _read(path: Path) -> Settings:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST)
    except OSError:
        return Settings()
    import tomllib

    import msgspec

    try:
        told: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KbError(str(path), f"is no TOML: {error}", "write lines such as: zone = 'Europe/Berlin'") from None
    known = Settings.__struct_fields__
    for name in told:
        if name not in known:
            raise KbError(
                f"{path}: {name}", "no such setting", did_you_mean(name, known) or f"there are {', '.join(known)}"
            )
    try:
        found = msgspec.convert(told, Settings)
    except msgspec.ValidationError as error:
        raise KbError(str(path), str(error), "see docs/settings.md") from None
    if found.zone:
        from diagnose.timestamps.typed import parse_zone

        parse_zone(found.zone)
    return found
