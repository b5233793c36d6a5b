"""`kb code`: decode error codes."""

from __future__ import annotations

import click

FORMS = ("win32", "hresult", "ntstatus")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("values", nargs=-1, required=True, metavar="VALUE...")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(values: tuple[str, ...], format_: str) -> int:
    """Decode error codes in any notation: 0x800706BA, -2147023174, 1722, ECONNREFUSED, http:503, sqlstate:08001.

    Status 1 if a VALUE is not known.
    """
    from diagnose.codes import decode
    from diagnose.neutral import json_text, neutral

    decoded = {value: decode(value) for value in values}
    if format_ == "json":
        click.echo(json_text(decoded))
    else:
        for value, readings in decoded.items():
            click.echo(f"{neutral(value)}:" if readings else f"{neutral(value)}: unknown")
            for r in readings:
                facility = f" (facility {r.facility})" if r.facility else ""
                click.echo(
                    f"  {r.kind:<9}{r.value:<12}{r.name}{': ' if r.name else ''}{r.meaning}{facility}{_notations(r.key)}"
                )
    return 0 if all(decoded.values()) else 1


def _notations(key: str) -> str:
    """The other ways to write a Windows code."""
    kind, _, number = key.partition(":")
    if kind == "win32":
        value = 0x80070000 | int(number)
        return f"  [{number} = 0x{int(number):X} = 0x{value:08X} = {value - 0x100000000}]"
    if key.startswith("0x"):
        return f"  [{key} = {int(key, 16) - 0x100000000}]"
    return ""
