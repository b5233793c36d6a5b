"""The diagnosing core: bytes in, evidence as the only currency, a ranked diagnosis out. Never imports `kb`.

The public names are loaded when they are first asked for, so that importing a part costs only that part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diagnose.diagnosis import Diagnosis
    from diagnose.errors import KbError
    from diagnose.gathered import Gathered
    from diagnose.inputs.sources import open_inputs
    from diagnose.knowledge import Knowledge
    from diagnose.options import Options
    from diagnose.pipeline import diagnose, diagnosis_of, evidence, gather, paste

__all__ = [
    "Diagnosis",
    "Gathered",
    "KbError",
    "Knowledge",
    "Options",
    "diagnose",
    "diagnosis_of",
    "evidence",
    "gather",
    "open_inputs",
    "paste",
]

_HOMES = {
    "Diagnosis": "diagnosis",
    "Gathered": "gathered",
    "KbError": "errors",
    "Knowledge": "knowledge",
    "Options": "options",
    "open_inputs": "inputs.sources",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'pipeline')}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
