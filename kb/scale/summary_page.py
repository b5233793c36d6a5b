"""A summary for people: Markdown and one HTML file without scripts. Takes a Summary; gives text."""

from __future__ import annotations

import os
import re
import shlex
from html import escape
from typing import TYPE_CHECKING

from diagnose.report.html_style import PAGE
from diagnose.report.markdown import escaped
from diagnose.text.sanitize import clip, neutral

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.scale.summary import CauseCount, Cluster, Summary

NAMED = 5  # cases that stand behind a cause in Markdown; the page and summary.json have all
LONGEST = 160
OPEN = 25  # causes, and messages, that are not folded
NONE = "None."
_STYLE = """<style>
.shares { display: flex; height: .7rem; border-radius: 4px; overflow: hidden; background: var(--line); margin: .5rem 0 }
.shares span { background: var(--possible); print-color-adjust: exact } .shares .none { background: var(--unknown) }
.few { border: 0; padding: 0 } .few summary { color: var(--faint); font-weight: 400; font-size: .92em }
.few ul { columns: 13rem; font-size: .92em; padding: .25rem 0 .25rem 1.1rem } .few li { margin: 0 }
.causes td:first-child { font-weight: 600 } section section { border-top: 1px solid var(--line); padding: .5rem 0 }
.more { margin: .5rem 0 0; padding: .6rem 0 0 }
@media (max-width: 40rem) { .causes td:nth-child(2) { display: none } }
</style>"""


def headline(summary: Summary) -> str:
    """One line: how many cases, with what answer."""
    parts = [f"{summary.cases:,} of {case_count(summary.asked)} answered", f"{summary.known:,} with a known cause"]
    parts.append(f"{summary.unknown:,} unknown")
    parts += [f"{summary.failed:,} failed"] if summary.failed else []
    return ", ".join(parts)


def draft_command(cluster: Cluster, folder: str) -> str:
    """The command that drafts an article for a cluster, whose lines stand in a file below `folder`."""
    return f"kb new {cluster.article} --from {shlex.quote(f'{folder}/unknown/{cluster.article}.txt')}"


def markdown(summary: Summary, folder: str) -> str:
    return "\n".join(_markdown(summary, folder)) + "\n"


def _markdown(summary: Summary, folder: str) -> Iterator[str]:
    names = _Names(summary)

    def text(value: str) -> str:
        return escaped(clip(neutral(value), LONGEST))

    yield from ("# Many cases", "", f"{headline(summary)}.")
    yield from ("", f"All of them below {text(names.folder)}") if names.folder else ()
    yield from ("", "## Causes", "", *([] if summary.causes else [NONE]))
    if summary.causes:
        yield from ("| cases | confidence | cause | in |", "|---:|---|---|---|")
    for cause in summary.causes:
        named = f"{text(cause.title)} ({text(cause.id)})"
        yield f"| {len(cause.cases):,} | {_sure(cause)} | {named} | {text(names.few(cause.cases))} |"
    yield from ("", "## Unknown: what to write next", "", *([] if summary.unknown else [NONE]))
    for cluster in summary.write_next:
        yield f"- {case_count(len(cluster.cases))}: {text(cluster.message)}"
        yield f"  - in {text(names.few(cluster.cases))}"
        yield f"  - `{neutral(draft_command(cluster, folder)).replace('`', '')}`"
    yield from ("", said) if (said := _without_message(summary)) else ()
    yield from ("", "## Not read whole", "", *(f"- {text(names.of(u.case))}: {text(u.reason)}" for u in summary.unread))
    yield from ([] if summary.unread else [NONE])
    yield from ("", "## Slowest", "", *(f"- {s.seconds:.2f} s {text(names.of(s.case))}" for s in summary.slow))


def html(summary: Summary, folder: str) -> str:
    title = f"Many cases: {headline(summary)}"
    return PAGE.format(title=_e(title), body=_STYLE + "\n".join(_html(summary, folder)))


def _html(summary: Summary, folder: str) -> Iterator[str]:
    names = _Names(summary)
    share = 100 / max(1, summary.cases)
    yield f"<main class=possible><header><h1>Many cases</h1><p>{_e(headline(summary))}</p>"
    yield f"<div class=shares><span style='width:{share * summary.known:.1f}%'></span>"
    yield f"<span class=none style='width:{share * summary.unknown:.1f}%'></span></div>"
    yield f"<p class=faint>all of them below {_e(names.folder)}</p>" if names.folder else ""
    yield "</header></main><main><section><h2>Causes</h2>"
    most = len(summary.causes[0].cases) if summary.causes else 1
    yield from _opened([_cause_row(cause, most, names) for cause in summary.causes], "causes", "<table class=causes>")
    yield "</section></main><main class=unknown><section><h2>Unknown: what to write next</h2>"
    yield f"<p class=faint>{said}</p>" if (said := _without_message(summary)) else ""
    clusters = [_cluster(cluster, folder, names) for cluster in summary.write_next]
    yield from _opened(clusters, "messages", "<div>") if clusters or not said else ()
    yield "</section></main>"
    yield _fold("Not read whole", [f"{_e(names.of(u.case))}: {_e(u.reason)}" for u in summary.unread])
    yield _fold("Slowest", [f"{s.seconds:.2f} s {_e(names.of(s.case))}" for s in summary.slow])


def _opened(items: Sequence[str], what: str, around: str) -> Iterator[str]:
    """The first ones open, the rest folded; `around` is the tag that holds them."""
    end = f"</{around[1:].split()[0].rstrip('>')}>"
    yield f"{around}{''.join(items[:OPEN])}{end}" if items else f"<p>{NONE}</p>"
    if more := items[OPEN:]:
        yield f"<details class=more><summary>{len(more):,} more {what}</summary>{around}{''.join(more)}{end}</details>"


def _cause_row(cause: CauseCount, most: int, names: _Names) -> str:
    count = len(cause.cases)
    bar = f"<span class=bar><span style='width:{100 * count / most:.1f}%'></span></span>"
    about = f"<span class=faint>{_e(cause.id)}: {_e(_sure(cause))}</span>"
    return f"<tr><td>{count:,}<td>{bar}<td>{_e(cause.title)}<br>{about}{_few('in', cause.cases, names)}</tr>"


def _cluster(cluster: Cluster, folder: str, names: _Names) -> str:
    lines = "\n".join(_e(clip(line, LONGEST)) for line in cluster.lines)
    return (
        f"<section><h3>{case_count(len(cluster.cases))}: {_e(clip(cluster.message, LONGEST))}</h3><pre>{lines}</pre>"
        f"{_few('in', cluster.cases, names)}<pre>{_e(draft_command(cluster, folder))}</pre></section>"
    )


def _few(word: str, cases: Sequence[str], names: _Names) -> str:
    """A single case as it is, several folded."""
    if len(cases) == 1:
        return f"<div class=faint>{word} {_e(names.of(cases[0]))}</div>"
    items = "".join(f"<li>{_e(names.of(case))}" for case in cases)
    return f"<details class=few><summary>{word} {case_count(len(cases))}</summary><ul>{items}</ul></details>"


class _Names:
    """Names of cases without the `folder` that all of them are in."""

    def __init__(self, summary: Summary) -> None:
        found = [s.case for s in summary.slow] + [u.case for u in summary.unread]
        found += [case for cause in summary.causes for case in cause.cases]
        found += [case for cluster in summary.write_next for case in cluster.cases]
        # By characters: a name may be a path of another system. It is cut at a separator then.
        shared = os.path.commonprefix(found) if len(set(found)) > 1 else ""  # noqa: RUF071
        self.folder = re.split(r"[^/\\]*\Z", shared)[0]

    def of(self, case: str) -> str:
        return case.removeprefix(self.folder)

    def few(self, cases: Sequence[str]) -> str:
        more = len(cases) - NAMED
        return ", ".join(map(self.of, cases[:NAMED])) + (f" and {more:,} more" if more > 0 else "")


def _without_message(summary: Summary) -> str:
    """How many unknown cases are in no cluster."""
    rest = summary.unknown - sum(len(cluster.cases) for cluster in summary.write_next)
    return f"{case_count(rest)} without a message that tells them from those with a known cause." if rest > 0 else ""


def case_count(count: int) -> str:
    """How many, in words."""
    return f"{count:,} case{'s' if count != 1 else ''}"


def _sure(cause: CauseCount) -> str:
    """How sure, by verdict and on average."""
    verdicts = ", ".join(f"{count:,} {name}" for name, count in cause.verdicts.items())
    said = verdicts if len(cause.verdicts) > 1 else next(iter(cause.verdicts), "")
    return f"{said}, {100 * cause.probability:.0f} %{' on average' if len(cause.cases) > 1 else ''}"


def _fold(title: str, items: Sequence[str]) -> str:
    made = "".join(f"<li>{item}" for item in items)
    return f"<details><summary>{title} ({len(items):,})</summary><ul>{made}</ul></details>" if items else ""


def _e(text: str) -> str:
    return escape(neutral(text), quote=True)
