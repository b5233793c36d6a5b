"""A diagnosis and how it goes on, for whoever keeps no state: the case travels in its handle.

Takes sources, a base and options; gives an `Answer`, redacted, with the handle for what comes next. Faults of what was
sent are `KbError`s.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from diagnose.diagnosis import Diagnosis, Step
from diagnose.errors import KbError, did_you_mean
from diagnose.facts import refused_values
from diagnose.inputs.sources import open_stream
from diagnose.model import Platform
from diagnose.options import Options
from diagnose.pipeline import paste
from diagnose.scan.intake import Setup
from diagnose.timestamps.of_hits import When
from kb import __version__
from kb.cases.case import CaseAnswer
from kb.cases.file import new_case
from kb.cases.handle import TOO_LARGE as TOO_LARGE
from kb.cases.handle import HandleError, decode, encode
from kb.cases.resolved import with_learned
from kb.cases.resume import ask_case, prove_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from diagnose.inputs.sources import InputError, Source
    from kb.cases.case import Case
    from kb.store.store import Store

ANSWER_SCHEMA = "kb.answer/1"
OTHER_BASE = (
    "The articles changed since this case began; what was kept of its logs is held against them as they are now."
)


class Wishes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an answer is wanted: commands of `platform` first, at most `top` causes, values of parameters by name, without
    the data of persons (`personal`)."""

    platform: Platform | None = None
    top: Annotated[int, Meta(ge=1, le=100)] = 10
    values: dict[str, str] = {}
    personal: bool = False


def options_of(wishes: Wishes, note: Callable[[str], None]) -> Options:
    """What the core is asked, with what resolved cases say, and with the time of now for times that name no day."""
    setup = Setup(when=When(time.time()))
    options = Options(
        platform=wishes.platform, given=wishes.values, top=wishes.top, personal=wishes.personal, setup=setup
    )
    return with_learned(options, note)


class Reply(Struct, frozen=True, kw_only=True):
    """What came back of the next check, of one or several kinds.

    `outcomes` are outcomes chosen instead of a paste, by `ARTICLE/CHECK`; `skip` are checks (`ARTICLE/CHECK`) not to be
    named again; `values` are parameters by name. `after_fix`: what was sent with it was seen after the fix, and proves it or
    does not.
    """

    outcomes: dict[str, str] = {}
    skip: tuple[str, ...] = ()
    values: dict[str, str] = {}
    after_fix: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """A diagnosis without secrets and the `handle` to go on from, empty where the case is too large for one (`notes` say so).

    `steps` are the timeline of the case.
    """

    schema: str = ANSWER_SCHEMA
    handle: str
    diagnosis: Diagnosis
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()


def pasted(text: str) -> Iterator[Source | InputError]:
    """A pasted text as an input; nothing of a text without letters or digits."""
    if text.strip():
        yield from paste(text.encode("utf-8", "replace"))


def streamed(
    name: str, file: BinaryIO, progress: Callable[[int], object] | None = None
) -> Iterator[Source | InputError]:
    """A stream as an input under its name: a log, an archive, packed or not. `progress` is called with bytes just read."""
    return open_stream(name, file, progress=progress)


def begin(sources: Iterable[Source | InputError], base: Store, options: Options, key: bytes, now: str) -> Answer:
    """Diagnose `sources` as a new case. `now` is ISO, UTC; `key` signs the handle."""
    case = replace(new_case(), created=now, kb=__version__, base=base.documents_digest)
    case, _ = ask_case(case, sources, base, options, now)
    return _answer(_checked(case, options.given, base), key)


def go_on(
    handle: str,
    sources: Iterable[Source | InputError],
    base: Store,
    options: Options,
    key: bytes,
    now: str,
    reply: Reply = Reply(),  # noqa: B008
) -> Answer:
    """Take up the case of `handle` with what came back; nothing new gives the answer as it stood, on the base of now."""
    old = decode(handle, key)
    other = old.base != base.documents_digest
    case, did = _replied(replace(old, kb=__version__, base=base.documents_digest), reply, base, now)
    options = replace(options, given=reply.values)
    proved = any(item.after for item in case.inputs) or any(item.after for item in case.answers)
    if reply.after_fix or proved:
        case = _as_it_stood(case, base, options, proved=proved)
    if reply.after_fix:
        case = prove_case(case, sources, base, options, now, did=did)
    else:
        case, _ = ask_case(case, sources, base, options, now, did=did)
    if not did and len(case.inputs) == len(old.inputs):
        case = replace(case, steps=old.steps)
    return _answer(_checked(case, reply.values, base), key, *([OTHER_BASE] if other else []))


def exported(handle: str, form: str, base: Store, options: Options, key: bytes, now: str) -> str:
    """The case of `handle` as a text: a report (text, markdown, html, json) or the file that `kb case` reads (case)."""
    from diagnose.report import RENDERERS
    from diagnose.report.style import Style
    from diagnose.text.sanitize import json_text

    answer = go_on(handle, (), base, options, key, now)
    if form == "case":
        return json_text(replace(decode(answer.handle or handle, key), diagnosis=answer.diagnosis), indent=1) + "\n"
    return RENDERERS[form](answer.diagnosis, Style(depth="full"), answer.steps)


def _as_it_stood(case: Case, base: Store, options: Options, *, proved: bool) -> Case:
    """The case with its diagnosis and the proofs of its fix, which a handle leaves out."""
    made, _ = ask_case(case, (), base, options, case.created)
    made = prove_case(made, (), base, options, case.created) if proved else made
    return replace(made, steps=case.steps)


def _replied(case: Case, reply: Reply, base: Store, now: str) -> tuple[Case, str]:
    """The case with chosen outcomes, skips and values, and what was done in words."""
    for name, outcome in reply.outcomes.items():
        article, check = _check_of(name, base)
        known = base.problems([article])[article].checks[check].outcomes
        if outcome not in known:
            raise KbError(
                name, f"has no outcome {outcome[:80]!r}", did_you_mean(outcome, known) or f"it has {', '.join(known)}"
            )
        made = CaseAnswer(time=now, article=article, check=check, outcome=outcome, after=reply.after_fix)
        case = replace(case, answers=(*case.answers, made))
    for name in reply.skip:
        _check_of(name, base)
    case = replace(case, skipped=tuple(dict.fromkeys((*case.skipped, *reply.skip))))
    did = (
        *(f"answered {name.partition('/')[2]}: {outcome}" for name, outcome in reply.outcomes.items()),
        *(f"skipped {name.partition('/')[2]}" for name in reply.skip),
        *([f"gave {', '.join(reply.values)}"] if reply.values else []),
    )
    return case, "; ".join(did)


def _check_of(name: str, base: Store) -> tuple[str, str]:
    """`ARTICLE/CHECK` taken apart; KbError where the base has no such check."""
    article, _, check = name.partition("/")
    problem = base.problems([article]).get(article)
    if problem is None or check not in problem.checks:
        hint = did_you_mean(check, problem.checks) if problem else ""
        raise KbError(name[:200], "no such check (ARTICLE/CHECK)", hint or "the answer names its checks")
    return article, check


def _checked(case: Case, given: dict[str, str], base: Store) -> Case:
    """KbError where a given value is not of the type that the leading article wants."""
    if given and case.diagnosis and case.diagnosis.articles:
        lead = case.diagnosis.articles[0].id
        for name, expected in refused_values(base.problems([lead])[lead].params, given).items():
            raise KbError(f"{name}={given[name][:80]}", f"not {expected}", "give a plain value")
    return case


def _answer(case: Case, key: bytes, *notes: str) -> Answer:
    assert case.diagnosis is not None
    try:
        handle = encode(case, key)
    except HandleError as error:
        if error.code != TOO_LARGE:
            raise
        handle, notes = "", (*notes, f"This case cannot go on from here: {error.what}; {error.way_out}.")
    return Answer(handle=handle, diagnosis=case.diagnosis, steps=case.steps, notes=notes)
