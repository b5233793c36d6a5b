"""The Markdown of a troubleshooting article to the fields of its front matter.

Reads lines, not HTML: thousands of articles in a minute. What it looks for (FACTS of such articles): messages in quotes,
also where only the first line has its `>`, in code and in bold; codes and events of the symptoms; tables of codes; causes
with their resolutions, also as pairs "Cause 1", "Solution 1"; commands; links. Pure: text to values.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.codes import decode as code_tables
from diagnose.templates import shortened
from kb.articles.ids import identifier
from kb.articles.messages import COMMAND, ERROR, VARIABLE, events_in, message_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.model import Problem
    from kb.articles.messages import MessageKind

MOST_MESSAGES, MOST_CODES, MOST_EVENTS, MOST_LINKS, MOST_CAUSES, MOST_COMMANDS = 12, 40, 12, 12, 12, 6
SHORTEST, LONGEST = 24, 300
SHORTEST_ELIDED = 20  # with the dots: a name between quotes says more than as many letters
ELIDED = re.compile(r"(?<=[\"'`“‘«])(?:\.{3}|…)(?=[\"'”’»])")
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(?:>\s*)*(```+|~~~+)\s*([\w+-]*)")
_TABLE = re.compile(r"^\s*\|?(?:[^|\n]*\|)+")
_CODE = re.compile(r"\b0x[0-9a-fA-F]{8}\b|(?<![\w-])-21\d{8}\b")
_LINK = re.compile(r"(?<!!)\[([^\]\n]{2,200})\]\((https?://[^\s)<>\"]+)[^)\n]*\)")
_APPLIES = re.compile(r"^_?\*{0,2}Applies to:?\*{0,2}_?:?\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_MARKUP = re.compile(r"</?[A-Za-z][^<>\n]{0,80}>|[*`]{1,3}|(?<!\w)_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)|\\(?=[<>_*\\\[\]])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_NUMBERED = re.compile(
    r"(?:cause|solution|resolution|workaround|fix|option|scenario)\s*(?:#\s*)?(\d{1,2})\b", re.IGNORECASE
)
_NOTE = re.compile(r"^\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)", re.IGNORECASE)
_SHELLS = {
    "powershell": "powershell", "azurepowershell": "powershell", "ps": "powershell", "pwsh": "powershell",
    "cmd": "cmd", "dos": "cmd", "bat": "cmd", "console": "cmd",
    "bash": "bash", "sh": "bash", "shell": "bash", "azurecli": "bash", "azurecli-interactive": "bash",
}  # fmt: skip
# Fences that hold what was printed as well: only what is plainly a command counts.
_TRANSCRIPTS = ("", "console", "shell", "sh-session", "shell-session")
_SHELLS |= {"sh-session": "bash", "shell-session": "bash", "zsh": "bash"}  # fmt: skip
_PROMPT = re.compile(r"(?:PS [^>]{0,80}>|[A-Z]:\\[^>]{0,80}>|[\w.@~:\[\]/-]{0,60}[$#%>])\s+")
_TOOL = re.compile(
    r"(?:sudo |kubectl|oc |ceph|etcdctl|systemctl|journalctl|curl|docker|crictl|helm|promtool|df|du|free|cat|grep|dmesg|psql|ssh)\b|"
    r"(?:Get|Set|Test|Start|Stop|Restart|New|Remove|Resolve)-\w|(?:net|sc|netsh|ipconfig|w32tm|nltest|dcdiag|repadmin|certutil)\s"
)


class MarkdownLine(Struct, frozen=True):
    """A line without its quote marks. `quoted` in a quote or a fence; `fence` the language of the fence around it."""

    text: str
    quoted: bool = False
    fence: str | None = None


class MarkdownPart(Struct, frozen=True):
    """A section: the heading's words and kind, and its lines."""

    title: str
    kind: MessageKind
    lines: tuple[MarkdownLine, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def extract(title: str, known: Problem, body: str) -> dict[str, Any]:
    """The fields of the front matter but `id` and `origin`; empty ones are left out."""
    parts = list(parts_of(title, body))
    told = [part for part in parts if part.kind in ("intro", "symptoms")]
    signals, symptoms = _signals(title, told, parts)
    causes = _causes(parts)
    front: dict[str, Any] = {"title": shortened(plain(title), 250), "summary": shortened(plain(known.summary), 600)}
    front["status"] = "test"
    front["applies_to"] = _products(known, body)
    front |= {"signals": signals, "symptoms": symptoms, "causes": causes, "references": _links(body)}
    return {key: value for key, value in front.items() if value or key == "causes"}


# --- reading ---


def parts_of(title: str, body: str) -> Iterator[MarkdownPart]:
    stack: list[tuple[int, MessageKind]] = [(0, "intro")]
    kind: MessageKind = "intro"
    name, lines = title, list[MarkdownLine]()
    for line in _lines(body):
        heading = _HEADING.match(line.text) if line.fence is None and not line.quoted else None
        if heading is None:
            lines.append(line)
            continue
        yield MarkdownPart(name, kind, tuple(lines))
        level, name, lines = len(heading[1]), plain(heading[2]), []
        while len(stack) > 1 and stack[-1][0] >= level:
            stack.pop()
        kind = "intro" if level == 1 else message_kind(name)
        if kind == "more" and stack[-1][1] not in ("intro", "more"):
            kind = stack[-1][1]
        stack.append((level, kind))
    yield MarkdownPart(name, kind, tuple(lines))


def _lines(body: str) -> Iterator[MarkdownLine]:
    """Lines with what is around them. A line after a quoted one belongs to the quote until a blank one ends it."""
    fence: str | None = None
    mark, quoted = "", False
    for raw in body.split("\n"):
        opened = _FENCE.match(raw)
        if fence is not None:
            if opened and opened[1].startswith(mark) and not opened[2]:
                fence = None
            else:
                yield MarkdownLine(re.sub(r"^\s*(?:>\s?)+", "", raw), True, fence)
            continue
        if opened:
            fence, mark = opened[2].lower(), opened[1]
            continue
        text = raw.lstrip()
        if text.startswith(">"):
            quoted = True
            yield MarkdownLine(text.lstrip("> ").rstrip(), True)
        elif quoted and text and not _HEADING.match(text):
            yield MarkdownLine(text.rstrip(), True)
        else:
            quoted = False
            yield MarkdownLine(text.rstrip())


def plain(text: str) -> str:
    """Text without markup, entities and control characters; `${x}` would name a parameter: it is `$x`."""
    clean = _CONTROL.sub(" ", unescape(re.sub(r"<br\s*/?>|</br>", " ", _unlinked(text))))
    return " ".join(re.sub(r"\$\{(\w*)\}?", r"$\1", _MARKUP.sub("", clean)).split())


def _unlinked(text: str) -> str:
    return re.sub(r"!?\[([^\]\n]*)\]\([^)\n]*\)", r"\1", text)


# --- signals ---


def _signals(
    title: str, told: Sequence[MarkdownPart], parts: Sequence[MarkdownPart]
) -> tuple[dict[str, Any], list[str]]:
    found: dict[str, dict[str, Any]] = {}
    for text in _distinct(_messages(told), MOST_MESSAGES):
        found[_name(text, found)] = {"regex": _pattern(text)} if ELIDED.search(text) else {"contains": text}
    text = "\n".join((title, *(part.text for part in told)))
    for code in _distinct((c.lower() for c in _CODE.findall(text) if _usable(c)), MOST_CODES):
        found[_name(f"code {code}", found)] = {"code": code}
    for code, meaning in _tabled(parts):
        if not any(signal.get("code") == code for signal in found.values()):
            found[_name(f"code {code}", found)] = {"code": code, **({"title": meaning} if meaning else {})}
    for provider, number in _distinct(events_in(text), MOST_EVENTS):
        event = {"id": number, **({"provider": provider} if provider else {})}
        found[_name(f"event {number}", found)] = {"event": event}
    return found, list(found)


def _messages(told: Sequence[MarkdownPart]) -> Iterator[str]:
    """The longest text without variable parts of each quoted line that reads like an error; what is left out between
    quotes ("...") stands for a name."""
    for part in told:
        skipped = False
        for line in part.lines:
            if not line.quoted:
                skipped = False
                quoted = [
                    *re.findall(r"\*\*(.{24,300}?)\*\*", line.text),
                    *re.findall(r"[\"“]([^\"“”]{24,300})[\"”]", line.text),
                ]
            else:
                skipped = skipped or bool(_NOTE.match(line.text))
                quoted = [] if skipped else [line.text]
            yield from (text for raw in quoted if (text := _literal(raw)))


def _literal(raw: str) -> str:
    if COMMAND.match(raw):
        return ""
    pieces = VARIABLE.split(raw.replace("\\<", "<").replace("\\>", ">"))
    best = max((plain(piece).strip(" .,:;-|") for piece in pieces), key=len, default="")
    least = SHORTEST_ELIDED if ELIDED.search(best) else SHORTEST
    return best[:LONGEST] if len(best) >= least and ERROR.search(best) and " " in best else ""


def _pattern(text: str) -> str:
    """A message as a pattern, any name where one is left out."""
    return r".{1,200}?".join(re.escape(part).replace("\\ ", " ") for part in ELIDED.split(text))


def _tabled(parts: Sequence[MarkdownPart]) -> Iterator[tuple[str, str]]:
    """Codes of tables with the longest other cell of their row."""
    count = 0
    for line in (line for part in parts for line in part.lines if line.fence is None and _TABLE.match(line.text)):
        cells = [plain(cell) for cell in line.text.strip().strip("|").split("|")]
        found = [code for cell in cells[:3] for code in _CODE.findall(cell) if len(cell) < 60 and _usable(code)]
        if not found or count >= MOST_CODES:
            continue
        count += 1
        others = [cell for cell in cells if not _CODE.search(cell)]
        yield found[0].lower(), max(others, key=len, default="")[:120]


def _usable(code: str) -> bool:
    return bool(code_tables.decode(code))


def _distinct(items: Iterable[Any], most: int) -> list[Any]:
    return list(dict.fromkeys(items))[:most]


def _name(text: str, taken: Iterable[str]) -> str:
    words = re.findall(r"[a-z0-9]+", text.lower())
    name = stem = "-".join(words[:6])[:48].strip("-") or "message"
    number = 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


# --- causes ---


def _causes(parts: Sequence[MarkdownPart]) -> list[dict[str, Any]]:
    """A cause for each section that tells one, with the resolution of its number, or the next one, or the only one."""
    causes = [part for part in parts if part.kind == "cause" and part.text.strip()][:MOST_CAUSES]
    fixes = [part for part in parts if part.kind == "resolution" and part.text.strip()]
    result: list[dict[str, Any]] = []
    names: set[str] = set()
    for index, part in enumerate(causes):
        text = prose(part)
        if not text:
            continue
        bare = re.sub(r"^(?:root )?(?:possible )?causes?\s*\d*\s*[:.-]?\s*", "", part.title, flags=re.IGNORECASE)
        title = bare or _sentence(text)
        name = _name(title, names)
        names.add(name)
        cause: dict[str, Any] = {"id": identifier(name)[:60], "title": title, "summary": shortened(text, 600)}
        # An article tells the causes that its vendor met; that none of them applies is rare.
        cause["likelihood"] = "very-common"
        steps = [step for fix in _fixes_of(part, index, causes, fixes) if (step := part_step(fix))]
        result.append(cause | ({"remediation": steps} if steps else {}))
    return result


def _fixes_of(
    cause: MarkdownPart, index: int, causes: Sequence[MarkdownPart], fixes: Sequence[MarkdownPart]
) -> list[MarkdownPart]:
    number = _NUMBERED.search(cause.title)
    if number:
        same = [fix for fix in fixes if (n := _NUMBERED.search(fix.title)) and n[1] == number[1]]
        if same:
            return same[:3]
    if len(causes) == 1 or not any(_NUMBERED.search(fix.title) for fix in fixes):
        return list(fixes[:4]) if len(causes) != len(fixes) else [fixes[index]]
    return []


def prose(part: MarkdownPart) -> str:
    return plain(" ".join(line.text for line in part.lines if line.fence is None and not _TABLE.match(line.text)))


def _sentence(text: str) -> str:
    first = re.split(r"(?<=[.;:])\s", text, maxsplit=1)[0].rstrip(".;:")
    return shortened(first, 160)


def part_step(part: MarkdownPart) -> dict[str, Any]:
    """A step of a remedy: what a section tells, with its commands."""
    kind = (
        "workaround"
        if "workaround" in part.title.lower()
        else "mitigation"
        if "mitigat" in part.title.lower()
        else "fix"
    )
    text = shortened(prose(part), 1200)
    commands: dict[str, list[str]] = {}
    for _, found in commands_of(part):
        for shell, lines in found.items():
            commands[shell] = [*commands.get(shell, []), *lines][:MOST_COMMANDS]
    return {"kind": kind, "text": text, **({"commands": commands} if commands else {})} if text else {}


def commands_of(part: MarkdownPart) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The commands of each fence of a section, by shell, with the sentence before it. In a fence without a language, and
    in a transcript, those are commands that stand behind a prompt or begin with a tool that is known."""
    said, group = "", list[MarkdownLine]()
    for line in (*part.lines, MarkdownLine("")):
        if line.fence is not None:
            group.append(line)
            continue
        if group:
            if commands := _commands(group):
                yield said, commands
            group = []
        said = _question(line.text) or said


def _question(text: str) -> str:
    return shortened(_sentence(plain(text).lstrip("-*0123456789. ")), 120)


def _commands(lines: Sequence[MarkdownLine]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        fence = line.fence or ""
        shell = _SHELLS.get(fence, "" if fence else "bash")
        text = _CONTROL.sub(" ", line.text).strip()
        prompted = _PROMPT.match(text)
        if (
            not shell
            or not text
            or text.startswith("#")
            or (fence in _TRANSCRIPTS and not prompted and not _TOOL.match(text))
        ):
            continue
        command = re.sub(r"\$\{(\w*)\}?", r"$\1", text[prompted.end() :] if prompted else text)
        if command and len(command) <= 300 and len(found.setdefault(shell, [])) < MOST_COMMANDS:
            found[shell].append(command)
    return {shell: commands for shell, commands in found.items() if commands}


# --- the rest ---


def _products(known: Problem, body: str) -> list[dict[str, str]]:
    listed = [product.product for product in known.applies_to]
    for line in _APPLIES.findall(body)[:2]:
        listed += re.split(r",\s*|;\s*", plain(line.replace("&nbsp;", " ")))
    found = _distinct((name.strip(" .")[:80] for name in map(plain, listed) if name.strip(" .")), 12)
    return [{"product": name} for name in found]


def _links(body: str) -> list[dict[str, str]]:
    found = {url: plain(title)[:160] for title, url in _LINK.findall(body) if not re.search(r"[\s\"<>]", url)}
    return [{"title": title, "url": url} if title else {"url": url} for url, title in list(found.items())[:MOST_LINKS]]
