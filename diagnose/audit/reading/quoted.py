"""The quotes in a statement: which of them say that a log has these words, and how they are looked for."""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from diagnose.audit.model import Needle
from diagnose.audit.reading.statements import Statement
from diagnose.scan.hits import SALIENT_REGEX

_SPANS = re.compile(r"`(?P<code>[^`]{1,2000})`|\"(?P<double>[^\"]{1,2000})\"|(?<![\w'])'(?P<single>[^']{6,600})'(?!\w)")
_SALIENT = re.compile(SALIENT_REGEX, re.IGNORECASE)
_LOGGISH = re.compile(
    r"\d\d:\d\d:\d\d|\b(?:ERROR|WARN(?:ING)?|INFO|FATAL|CRITICAL|DEBUG|SEVERE|PANIC)\b|\b[A-Z]\w+(?:Exception|Error)\b"
)
_SHAPED = re.compile(r"\w: \S|[\[(=#]\d|\d{3,}|\d[.:]\d+[.:]\d")  # values among words
# Words that say that what follows stands in a log.
_SAYS = re.compile(
    r"\b(?:logs?|logged|logging|messages?|errors?|lines?|entry|entries|shows?|showed|shown|showing|reads?|says?|said|reports?|reported"
    r"|throws?|threw|thrown|raised|prints?|printed|outputs?|saw|seen|appears?|appeared|exceptions?|warnings?|events?|trace"
    r"|failed with|fails with|contains?|records?|recorded|found|observed|returned|emitted|wrote|quote[sd]?|excerpt|evidence)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
# Words of people, and titles: no log has them.
_PERSON = re.compile(
    r"\b(?:users?|customers?|clients?|admins?|administrators?|operators?|colleagues?|engineers?|he|she|they|caller|reporter|team|vendor|support)\s+(?:\w+\s+){0,2}"
    r"(?:said|says|told|described|wrote|writes|reports?|reported|complain(?:s|ed)|asks?|asked|answered|mentioned)\b[^.;\"`]{0,40}$"
    r"|\b(?:documentation|docs|manual|article|titled|called|named|so-called|runbook|guide|known as|ticket)\b[^.;\"`]{0,20}$",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"^(?:[$>#]\s|PS [A-Z]:|sudo |(?:kubectl|docker|podman|systemctl|journalctl|service|curl|wget|ssh|scp|ping|nc|netstat|ss|ip|ls|cat|grep|egrep|awk"
    r"|sed|tail|head|less|echo|chmod|chown|mkdir|rm|cp|mv|df|du|free|top|ps|kill|dig|nslookup|openssl|tcpdump|telnet|iptables|nft|firewall-cmd"
    r"|apt|apt-get|yum|dnf|pip|npm|git|helm|psql|mysql|sqlcmd|redis-cli|mount|umount|lsof|strace|dmesg|sc|net|netsh|nltest|dcdiag|repadmin"
    r"|certutil|w32tm|ipconfig|iisreset|appcmd|setspn|klist|kb|python3?|java|export|set|reg|wevtutil|select|update|alter|create|grant)"
    r"(?:\s+[-\w./$<{\"'*:=]|$)|[A-Z][a-z]+-[A-Z]\w+(?:\s+-\w|$|\s*\|))"
)
_PLACE = re.compile(r"[\w./\\-]*\.\w{1,8}(?::\d{1,8})?")  # a file, or a line of it
_SHELLS = frozenset(
    "bash sh zsh shell powershell ps1 pwsh cmd bat yaml yml ini conf toml sql python py js diff hcl xml dockerfile".split()
)
_TO_RUN = re.compile(
    r"\b(?:run|runs|execute|command|commands|script|query|config(?:uration)?|fix|apply|set|change[ds]?|patch|snippet|example|check with|verify with|using|use)\b"
    r"[^.]{0,60}:?$",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(
    r"\s*(?:\[?\.{3,}\]?|\[(?:snip|redacted|omitted|truncated|\w{1,12} redacted)\]|<[^<>]{1,40}>|\*{3,}|\{[a-z_]{1,20}\}|x\.x\.x\.x|\bx{3,}\b)\s*",
    re.IGNORECASE,
)
LEAST_WORDS = 3
LEAST = 4  # characters without blanks that are looked for
LEAST_PIECE = 3


class Quote(Struct, frozen=True):
    """A quote by its place in the statement. `claims` says whether it claims to be of a log; `sure` that it can be nothing else."""

    start: int
    end: int
    text: str
    claims: bool
    sure: bool


def quotes_of(statement: Statement) -> list[Quote]:
    """The quotes of a statement in order; a line of a code block is one as a whole."""
    if statement.form == "code":
        return [_of_block(statement)]
    found = []
    for span in _SPANS.finditer(statement.text):
        text = next(filter(None, span.groups()), "").strip()
        if len(squeezed(text)) >= LEAST:
            found.append(_judged(statement, span.start(), span.end(), text, bool(span["code"])))
    return found


def _of_block(statement: Statement) -> Quote:
    text = statement.text
    commands = statement.language in _SHELLS or bool(_COMMAND.match(text)) or bool(_TO_RUN.search(statement.before))
    words = len(re.findall(r"[^\W\d_]{2,}", text))
    sure = words >= LEAST_WORDS and bool(_LOGGISH.search(text) or _SALIENT.search(text) or statement.language == "log")
    return Quote(0, len(text), text, not commands and words >= 2 and len(squeezed(text)) >= LEAST, sure)


def _judged(statement: Statement, start: int, end: int, text: str, code: bool) -> Quote:
    before = statement.text[:start]
    words = len(re.findall(r"[^\W\d_]{2,}", text))
    if (
        _COMMAND.match(text)
        or _PLACE.fullmatch(text)
        or (" " not in text and text.endswith(("()", ";", "{")))
        or (_PERSON.search(before) and not _LOGGISH.search(text))
    ):
        return Quote(start, end, text, False, False)
    says = bool(_SAYS.search(before))
    looks = bool(_SALIENT.search(text) or _LOGGISH.search(text) or (words >= LEAST_WORDS and _SHAPED.search(text)))
    if words < LEAST_WORDS:
        return Quote(start, end, text, says or looks or code, says and looks and words > 1)
    return Quote(start, end, text, True, says or looks)


def squeezed(text: str) -> str:
    """`text` in small letters without blanks, as lines are searched."""
    return "".join(text.lower().split())


@cache
def needle_of(text: str) -> Needle:
    """What a quoted text is looked for by: as it stands but for its ends, or by what is left where it has gaps."""
    ends = " .,;:!?\"'`"
    pieces = tuple(piece for part in _LEFT_OUT.split(text) if len(piece := squeezed(part.strip(ends))) >= LEAST_PIECE)
    gaps = bool(_LEFT_OUT.search(text.strip(ends)))
    return Needle(key=f"text:{text}", text=squeezed(text.strip(ends)), pieces=pieces if gaps else ())
