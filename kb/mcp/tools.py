"""The tools: `TOOLS` is a table, a tool a row: its arguments and result as types, and the function that answers.

Each takes text, never a path, and only reads: nothing is run, written or asked of another machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from diagnose.audit.model import Audit
from diagnose.explain import Why
from diagnose.model import Platform
from kb.mcp.told import Told, told
from kb.service import auditing, diagnosing, reading
from kb.service.diagnosing import Reply, Wishes
from kb.service.reading import ArticleRead, CodeRead, Found

if TYPE_CHECKING:
    from kb.service.bases import Desk
    from kb.service.diagnosing import Answer

LARGEST = 4 << 20  # characters of a text that is given
MOST_CLAIMS = 200

Text = Annotated[str, Meta(max_length=LARGEST)]
Given = Annotated[
    dict[str, str], Meta(description="values that commands need, by name, such as target_fe: fe01.contoso.com")
]


class Asked(Struct, frozen=True):
    """What a call needs besides its arguments: the key of case handles, the time, and where a note to the owner goes."""

    key: bytes
    now: Callable[[], str]
    note: Callable[[str], None]


class Diagnose(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[Text, Meta(description="the error and the log lines around it, as they stand")]
    platform: Annotated[Platform | None, Meta(description="whose commands stand first")] = None
    values: Given = {}


class GoOn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    handle: Annotated[str, Meta(description="the handle that diagnose or answer gave, unchanged")]
    output: Annotated[Text, Meta(description="what the command of the next check printed, whole")] = ""
    outcomes: Annotated[dict[str, str], Meta(description="outcomes that are known otherwise, by ARTICLE/CHECK")] = {}
    skip: Annotated[tuple[str, ...], Meta(description="checks (ARTICLE/CHECK) that cannot be run")] = ()
    values: Given = {}
    after_fix: Annotated[bool, Meta(description="the output was seen after the fix, and is to prove it")] = False

    @property
    def empty(self) -> bool:
        """Whether it brings nothing to go on with."""
        return not (self.output.strip() or self.outcomes or self.skip or self.values)


class Search(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    query: Annotated[str, Meta(description="words, a code or a quoted phrase", min_length=1, max_length=4096)]
    limit: Annotated[int, Meta(ge=1, le=50)] = 10


class Show(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(description="the id of an article", max_length=200)]
    platform: Platform | None = None
    values: Given = {}


class AskWhy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(description="the id of an article", max_length=200)]
    text: Annotated[Text, Meta(description="the text that it did or did not match")]


class Code(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    value: Annotated[
        str, Meta(description="an error code in any notation: 0x800706BA, 1722, ECONNREFUSED", max_length=200)
    ]


class AskAudit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    report: Annotated[Text, Meta(description="a root-cause report in prose or Markdown, your own draft for instance")]
    logs: Annotated[Text, Meta(description="the log lines that it speaks of, as they stand")]


class Tool(Struct, frozen=True):
    """A tool: `call` gives its result and the same as text."""

    name: str
    title: str
    description: str
    arguments: type[Struct]
    result: type[Struct]
    call: Callable[[Desk, Any, Asked], tuple[Struct, str]]


def _diagnose(desk: Desk, given: Diagnose, asked: Asked) -> tuple[Struct, str]:
    options = diagnosing.options_of(Wishes(platform=given.platform, values=given.values), asked.note)
    answer = diagnosing.begin(diagnosing.pasted(given.text), desk.store, options, asked.key, asked.now())
    return told(answer), _report(answer)


def _answer(desk: Desk, given: GoOn, asked: Asked) -> tuple[Struct, str]:
    options = diagnosing.options_of(Wishes(values=given.values), asked.note)
    reply = Reply(outcomes=given.outcomes, skip=given.skip, values=given.values, after_fix=given.after_fix)
    sources = diagnosing.pasted(given.output)
    answer = diagnosing.go_on(given.handle, sources, desk.store, options, asked.key, asked.now(), reply)
    return told(answer), _report(answer)


def _report(answer: Answer) -> str:
    from diagnose.report import RENDERERS
    from diagnose.report.style import Style

    return RENDERERS["text"](answer.diagnosis, Style(width=100), answer.steps)


def _search(desk: Desk, given: Search, asked: Asked) -> tuple[Struct, str]:
    found = reading.search(desk, given.query, given.limit)
    lines = [f"{hit.id}: {hit.title}" for hit in found.hits] or ["nothing found"]
    return found, "\n".join([*lines, *([f"did you mean: {found.did_you_mean}"] if found.did_you_mean else [])])


def _show(desk: Desk, given: Show, asked: Asked) -> tuple[Struct, str]:
    read = reading.article(desk, given.id, given.values, given.platform)
    return read, read.markdown


def _why(desk: Desk, given: AskWhy, asked: Asked) -> tuple[Struct, str]:
    options = diagnosing.options_of(Wishes(), asked.note)
    found = reading.why(desk, given.id, diagnosing.pasted(given.text), options)
    states = [f"{signal.name}: {signal.state}" for signal in found.signals]
    head = "is the answer" if found.reported else f"is not the answer; {found.leader or 'nothing'} leads"
    return found, "\n".join([f"{found.article} {head}: {found.probability:.1%}", *states])


def _code(desk: Desk, given: Code, asked: Asked) -> tuple[Struct, str]:
    found = reading.code(desk, given.value)
    lines = [
        f"{r.reading.kind} {r.reading.value} {r.reading.name}: {r.reading.meaning} {', '.join(r.articles)}".strip()
        for r in found.readings
    ]
    return found, "\n".join(lines) or f"unknown; tried {', '.join(found.tried)}"


def _audit(desk: Desk, given: AskAudit, asked: Asked) -> tuple[Struct, str]:
    from diagnose.audit.shown import RENDERERS
    from diagnose.report.style import Style

    options = diagnosing.options_of(Wishes(), asked.note)
    found = auditing.audited(desk, given.report, given.logs, options, MOST_CLAIMS)
    return found, RENDERERS["text"](found, Style(width=100))


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "diagnose",
            "Diagnose an error",
            "Rank the root causes behind an error text or log lines, with evidence and the next check to run. Deterministic; "
            "'unknown' is an answer. Call it before you guess a cause. The user runs the commands; then call answer with the handle.",
            Diagnose,
            Told,
            _diagnose,
        ),
        Tool(
            "answer",
            "Go on with what a check printed",
            "Take up a diagnosis by its handle with the output of its next check, or with outcomes, values or skipped checks; the "
            "causes are ranked again. Without any of these the user is asked for the output, where the client can do that.",
            GoOn,
            Told,
            _answer,
        ),
        Tool(
            "search", "Search the articles", "Full-text search of the knowledge base, offline.", Search, Found, _search
        ),
        Tool(
            "show",
            "Read an article",
            "An article with its causes, checks and steps, the commands filled in with given values.",
            Show,
            ArticleRead,
            _show,
        ),
        Tool(
            "why",
            "Why an article did or did not match",
            "What of an article stands in a text and what does not, and where its number comes from.",
            AskWhy,
            Why,
            _why,
        ),
        Tool(
            "code",
            "Decode an error code",
            "What an error code means in any notation, and the articles that name it.",
            Code,
            CodeRead,
            _code,
        ),
        Tool(
            "audit",
            "Check a report against its logs",
            "Hold each claim of a root-cause report (quotes, codes, counts, hosts, times, order, absences, cause) against the logs: "
            "supported, contradicted, absent or not checkable. Use it on your own draft before you show it.",
            AskAudit,
            Audit,
            _audit,
        ),
    )
}
