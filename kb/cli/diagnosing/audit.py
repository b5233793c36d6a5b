"""`kb audit`: a root-cause report held against the logs that it speaks of."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from diagnose.errors import KbError
from kb.cli import output as outputs
from kb.cli.call import check_output, check_redaction, options_of, sources_of
from kb.cli.given import Call
from kb.cli.help import KbCommand
from kb.cli.options import options
from kb.cli.output import tell
from kb.cli.session import Session
from kb.cli.unread import troubles

if TYPE_CHECKING:
    from diagnose.audit.model import Audit

LARGEST_REPORT = 4 << 20


@click.command(cls=KbCommand)
@click.argument("report", metavar="REPORT")
@options(
    "inputs", "texts", "format_", "verbose", "params", "encoding", "max_bytes", "zone", "threads", "raw", "redact",
    "quiet", "output", "force",
)  # fmt: skip
@click.pass_obj
def command(session: Session, /, report: str, **given: Any) -> int:
    """Check each claim of REPORT, a root-cause report in prose or Markdown (- for standard input), against INPUTs: its logs.

    Checked are quoted messages and codes, counts, hosts, ports, paths, versions, times, order, absences and the cause that
    it names. No model is asked: the same report and logs always give the same answer.

    Status: 0 nothing is contradicted or absent, 1 something is, 2 something could not be read or the call was wrong.
    """
    call = Call(no_learned=True, top=50, **given)
    check_redaction(call)
    check_output(call)
    if not call.inputs and not call.texts:
        raise KbError("INPUT", "no logs given", f"name the logs that the report speaks of: kb audit {report} app.log")
    if report == "-" and "-" in call.inputs:
        raise KbError("-", "standard input cannot be the report and a log", "name a file for one of them")
    text = _text(report)
    store = session.store(quiet=call.quiet)
    found = _audited(call, "standard input" if report == "-" else report, text, store)
    for warning in (*found.warnings, *troubles(found)):
        tell(warning)
    if call.output or not call.quiet:
        _write(call, found)
    if not found.complete:
        return 2
    return 1 if found.faulty else 0


def _audited(call: Call, name: str, text: str, store: Any) -> Audit:
    from kb.audit import audit
    from kb.cli.progress import meter

    options = options_of(call)
    with meter(call.inputs) or nullcontext() as progress:
        options = replace(options, setup=replace(options.setup, progress=progress))
        return audit(name, text, sources_of(call, progress), store, options, raw=call.raw)


def _write(call: Call, found: Audit) -> None:
    from diagnose.audit.shown import RENDERERS

    style = outputs.style_for(call.output, explain=False, depth="full" if call.verbose else "short")
    outputs.write_output(RENDERERS[call.format_](found, style), call.output)


def _text(report: str) -> str:
    """The text of the report; KbError where it is none."""
    from diagnose.text.decode import looks_binary, sniff
    from kb.safe_files import read

    try:
        data = sys.stdin.buffer.read(LARGEST_REPORT + 1) if report == "-" else read(report, LARGEST_REPORT)
    except OSError as error:
        raise KbError(
            report, error.strerror or str(error), "name the report: a text file, or - for standard input"
        ) from None
    if len(data) > LARGEST_REPORT:
        raise KbError(report, f"larger than {LARGEST_REPORT >> 20} MiB", "is it the report? Logs stand behind it")
    if looks_binary(data[:4096]):
        raise KbError(report, "is no text", "save the report as text or Markdown")
    encoding, mark = sniff(data[:4096])
    return data[mark:].decode(encoding, "replace")
