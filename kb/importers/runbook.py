"""Runbooks of alerts: Meaning, Impact, Diagnosis, Mitigation and what else their sections are called.

Takes the sections of a Markdown article and what was extracted from it (kb.importers.markdown_read); adds what the form
tells: the alert's name is a signal, Meaning the cause, Diagnosis its checks, Mitigation its fixes, commands in fences and
at a prompt the commands of both. An article of another form stays as it is. Pure: text to values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from diagnose.templates import shortened
from kb.articles.ids import identifier
from kb.importers.markdown_read import commands_of, part_step, parts_of, plain, prose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.importers.markdown_read import MarkdownPart

MOST_CHECKS = 12
# The sections of a runbook by the words of their headings; the first that fits counts.
_SECTIONS = {
    "fixes": re.compile(r"mitigat|remediat|resol|recover|how to fix|\bfix(?:es|ing)?\b|what to do|action|next steps|workaround", re.I),
    "checks": re.compile(r"diagnos|investigat|troubleshoot|triage|debug|verif|how to check|first steps|initial steps", re.I),
    "meaning": re.compile(r"meaning|overview|description|what (?:is|does|happened)|explanation|summary|background|root cause|possible causes?", re.I),
    "impact": re.compile(r"impact|severity|consequence|effect", re.I),
}  # fmt: skip
# `KubePodCrashLooping`, `etcdNoLeader`, `NodeRAIDDegraded`: one word of several, each with its capital.
_ALERT = re.compile(r"\b[A-Za-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*){1,12}\b")
_WORD = re.compile(r"[A-Z][A-Za-z0-9]{4,60}")
_NAMED = re.compile(r"\balert(?:name)?\s*[:=]\s*[\"'`]?([A-Za-z_]\w{3,80})")
_READS = re.compile(
    r"^(?:sudo\s+)?(?:(?:kubectl|oc)\b.*?\s(?:get|describe|logs|top|explain|auth can-i|version|cluster-info|adm top)\b|"
    r"(?:journalctl|dmesg|cat|grep|zgrep|ls|df|du|free|ps|top|ss|netstat|ip (?:a|r|addr|route|link)|ping|dig|nslookup|curl|"
    r"date|uptime|lsblk|lsof|iostat|vmstat|mount$|etcdctl .*(?:list|status|health)|promtool (?:check|query)|"
    r"systemctl (?:status|list-\S+|is-\S+|show)|ceph .*(?:status|health|df|tree|ls)\b|ceph -s)\b)"
)  # fmt: skip
_CHANGES = re.compile(
    r"\b(?:delete|apply|edit|patch|scale|drain|cordon|exec .*\brm)\b|\s-X\s*(?:POST|PUT|DELETE)|[^2]>\s*\S"
)


def with_runbook(front: dict[str, Any], name: str, title: str, body: str) -> dict[str, Any]:
    """`front` with the alert, the cause and the checks that a runbook tells; unchanged where the body is none."""
    parts = list(parts_of(title, body))
    told = {kind: [part for part in parts if section_of(part.title) == kind] for kind in _SECTIONS}
    alerts = list(dict.fromkeys(_alerts(name, title, body)))
    runbook = (told["meaning"] or told["impact"]) and (told["checks"] or told["fixes"])
    if any("symptom" in part.title.lower() for part in parts) or not (runbook or alerts):
        return front
    signals = {**{f"alert-{identifier(alert)}"[:60]: _signal(alert) for alert in alerts}, **front.get("signals", {})}
    causes = _causes(front, told, title, next(iter(signals), ""))
    made = {"signals": signals, "symptoms": list(signals), "causes": causes, "checks": dict(_checks(told["checks"]))}
    return front | {key: value for key, value in made.items() if value}


def section_of(heading: str) -> str:
    return next((kind for kind, words in _SECTIONS.items() if words.search(heading)), "")


def _alerts(name: str, title: str, body: str) -> Iterator[str]:
    """The names of the alerts that the runbook is for: its title, its file, its first headings, and those it names so."""
    headings = re.findall(r"^#\s+(.+?)\s*#*\s*$", body, re.MULTILINE)[:3]
    names = [plain(text).strip("[]` ") for text in (title, *headings, name)]
    # A mere word is the alert where the title and the file have it; several words in one are.
    yield from (
        alert for alert in names if _ALERT.fullmatch(alert) or (_WORD.fullmatch(alert) and names.count(alert) > 1)
    )
    yield from (alert for alert in _NAMED.findall(body)[:20] if _ALERT.fullmatch(alert))


def _signal(alert: str) -> dict[str, Any]:
    """The name as an alert tells it; as a part of a longer name it is another alert, and what is a mere word is a name
    only behind `alertname`."""
    before = r"\b" if _ALERT.fullmatch(alert) else r"\b[Aa]lert(?:name)?\b[\"'\s:=\[]{1,6}"
    return {"title": f"the alert {alert}", "regex": rf"{before}{re.escape(alert)}\b", "case": True}


def _causes(
    front: dict[str, Any], told: dict[str, list[MarkdownPart]], title: str, signal: str
) -> list[dict[str, Any]]:
    """The causes that the article tells, else its meaning as the one; fixes go to a cause that has none."""
    causes: list[dict[str, Any]] = front.get("causes", [])
    meaning = " ".join(prose(part) for part in told["meaning"]).strip()
    if not causes and meaning:
        first = re.split(r"(?<=[.;])\s", meaning, maxsplit=1)[0].rstrip(".;")
        causes = [{"id": "meaning", "title": shortened(first or plain(title), 160), "summary": shortened(meaning, 600)}]
        causes[0]["likelihood"] = "very-common"
    fixes = [step for part in told["fixes"] if (step := part_step(part))]
    for cause in causes if len(causes) == 1 else ():
        if signal:
            cause.setdefault("evidence", [{"signal": signal, "supports": "strong"}])
        if fixes:
            cause.setdefault("remediation", fixes[:4])
    return causes


def _checks(parts: Sequence[MarkdownPart]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A check for each section of the diagnosis that has commands, named by its heading."""
    taken: set[str] = set()
    for part in parts:
        for question, commands in commands_of(part):
            name = identifier(shortened(question or part.title, 48)).strip("-._") or "check"
            name = name if name not in taken else f"{name}-{len(taken) + 1}"
            lines = [line for shell in commands.values() for line in shell]
            if len(taken) < MOST_CHECKS:
                taken.add(name)
                safe = all(_READS.search(line) and not _CHANGES.search(line) for line in lines)
                yield name, {"title": question or part.title, "commands": commands, "read_only": safe}
