"""A summary for people: Markdown and one HTML file without scripts. Takes a Summary; gives text."""

from __future__ import annotations

import shlex
from html import escape
from typing import TYPE_CHECKING

from diagnose.report.html_style import PAGE
from diagnose.report.markdown import escaped
from diagnose.text.sanitize import clip, neutral

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.scale.summary import Cluster, Summary

NAMED = 20  # cases that stand behind a cause; summary.json has all
LONGEST = 160


def headline(summary: Summary) -> str:
    """One line: how many cases, with what answer."""
    parts = [f"{summary.cases:,} of {summary.asked:,} cases answered", f"{summary.known:,} with a known cause"]
    parts.append(f"{summary.unknown:,} unknown")
    parts += [f"{summary.failed:,} failed"] if summary.failed else []
    return ", ".join(parts)


def draft_command(cluster: Cluster, folder: str) -> str:
    """The command that drafts an article for a cluster, whose lines stand in a file below `folder`."""
    return f"kb new {cluster.article} --from {shlex.quote(f'{folder}/unknown/{cluster.article}.txt')}"


def markdown(summary: Summary, folder: str) -> str:
    return "\n".join(_markdown(summary, folder)) + "\n"


def _markdown(summary: Summary, folder: str) -> Iterator[str]:
    def text(value: str) -> str:
        return escaped(clip(neutral(value), LONGEST))

    yield from ("# Many cases", "", f"{headline(summary)}.", "", "## Causes", "")
    if summary.causes:
        yield from ("| cases | confidence | cause | in |", "|---:|---|---|---|")
    for cause in summary.causes:
        named = f"{text(cause.title)} ({text(cause.id)})"
        yield f"| {len(cause.cases):,} | {_sure(cause.probability, cause.verdicts)} | {named} | {text(_few(cause.cases))} |"
    yield from ("", "## Unknown: what to write next", "")
    for cluster in summary.write_next:
        yield f"- {len(cluster.cases):,} cases: {text(cluster.message)}"
        yield f"  - in {text(_few(cluster.cases))}"
        yield f"  - `{neutral(draft_command(cluster, folder)).replace('`', '')}`"
    yield from ("", "## Not read whole", "", *(f"- {text(u.case)}: {text(u.reason)}" for u in summary.unread))
    yield from ("", "## Slowest", "", *(f"- {s.seconds:.2f} s {text(s.case)}" for s in summary.slow))


def html(summary: Summary, folder: str) -> str:
    title = f"Many cases: {headline(summary)}"
    return PAGE.format(title=_e(title), body="\n".join(_html(summary, folder)))


def _html(summary: Summary, folder: str) -> Iterator[str]:
    yield f"<main class=possible><header><h1>Many cases</h1><p>{_e(headline(summary))}</p></header></main>"
    yield "<main><section><h2>Causes</h2><table class=causes>"
    for cause in summary.causes:
        share = len(cause.cases) / max(1, summary.cases)
        bar = f"<span class=bar><span style='width:{100 * share:.1f}%'></span></span>"
        about = f"<span class=faint>{_e(cause.id)}; {_e(_sure(cause.probability, cause.verdicts))}</span>"
        fold = f"<details><summary>{len(cause.cases):,} cases</summary>{_list(map(_e, cause.cases))}</details>"
        yield f"<tr><td>{len(cause.cases):,}<td>{bar}<td>{_e(cause.title)}<br>{about}{fold}</tr>"
    yield "</table></section></main><main class=unknown><section><h2>Unknown: what to write next</h2>"
    for cluster in summary.write_next:
        yield f"<h3>{len(cluster.cases):,} cases</h3><pre>{_e(clip(cluster.message))}</pre>"
        yield f"<p class=faint>{_e(_few(cluster.cases))}</p><pre>{_e(draft_command(cluster, folder))}</pre>"
    yield "</section></main>"
    yield _fold("Not read whole", (f"{_e(u.case)}: {_e(u.reason)}" for u in summary.unread))
    yield _fold("Slowest", (f"{s.seconds:.2f} s {_e(s.case)}" for s in summary.slow))


def _sure(probability: float, verdicts: dict[str, int]) -> str:
    return f"{100 * probability:.0f} % on average; {', '.join(f'{count:,} {name}' for name, count in verdicts.items())}"


def _few(cases: tuple[str, ...]) -> str:
    more = len(cases) - NAMED
    return ", ".join(cases[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _fold(title: str, items: Iterable[str]) -> str:
    made = _list(items)
    return f"<details><summary>{title}</summary>{made}</details>" if made != "<ul></ul>" else ""


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}' for item in items)}</ul>"


def _e(text: str) -> str:
    return escape(neutral(text), quote=True)
