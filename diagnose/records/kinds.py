"""How the lines of known sources look: what begins a message, what continues one, what a carrier puts before each line.

Takes single lines; the machine that makes messages of them is diagnose/records/grouping.py. Every regex is bounded and reads the
first 512 characters of a line at most.
"""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from diagnose.timestamps.formats import REACH, SHAPES, compiled, plausible

LONGEST = 512
# Compiled when first needed.
_regex = cache(re.compile)

# What a container runtime, `kubectl logs --timestamps`, or Docker Compose puts before each line of the program.
_CRI = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) std(?:out|err) ([FP])(?: |$)"
_KUBECTL = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7,9}(?:Z|[+-]\d\d:\d\d)(?: |$)"
_COMPOSE = r"[\w.-]{1,60} {0,30}\| "

# The source kinds that one line shows by itself; first match wins. The shapes (digits as 0, letters as A and a) are what
# the beginning of a line must hold before the regex is worth trying.
HEADS = (
    ("ocs-logger", (b"AA_AAA",), r"(?:\d{1,10} )?TL_[A-Z]{3,8}\(TF_"),
    ("exchange-setup", (b"[00/00/0000 00:",), r"\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d\.\d{4}\] \[\d"),
    ("klog", (b"A0000 00:", b"A00000000 00:"), r"[IWEF](?:\d{4})?\d{4} \d\d:\d\d:\d\d\.\d{1,9} {1,9}\d{1,9} [\w.-]{1,80}:\d"),
    ("apache", (b"[Aaa Aaa 00 ",), r"\[[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \d{4}\] \["),
    ("apache", (b"[00/Aaa/0000:",), r"\S{1,80} \S{1,40} \S{1,40} \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "),
    ("nginx", (b"0000/00/00 00:",), r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[\w{2,8}\] \d{1,9}#\d{1,9}:"),
    ("iis", (b"#Aaaaaaaa: A", b"#Aaaaaa: aaaa aaaa "), r"#(?:Software: Microsoft (?:Internet Information|HTTP)|Fields: date time )"),
    ("iis", (b"0000-00-00 00:00:00 ",), r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:W3SVC\d{1,9} )?(?:\S{1,60} ){1,3}(?:GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH|RPC_\w{2,10}) /"),
    ("syslog", (b"Aaa 00 00:", b"Aaa  0 00:"), r"(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?!\d{4}[ :])\S{1,255} \S"),
    ("syslog", (b"<0",), r"<\d{1,3}>\d? ?\d{4}-\d\d-\d\dT\d"),
    ("syslog", (b"0000-00-00A00:",), r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) [\w.-]{1,255} [\w./()-]{1,80}(?:\[\d{1,9}\])?: "),
    ("json", (b"{",), r"\{\s{0,4}\"[\w@.$-]{1,60}\"\s{0,4}:"),
    ("windows-event", (b": ",), r"(?:Log Name|Event Type|Protokollname|Nom du journal|Nombre de registro|Nome registro|Nome do Log) ?: "),
    ("windows-event", (b"<Aaaaa",), r"<Event(?: xmlns=|>)"),
    ("windows-event", (b"AaaaaaaaAaaa",), r"\s{0,8}ProviderName ?: \S"),
    ("windows-event", (b"/0000 ", b".0000 "), r"\d{1,2}[/.]\d{1,2}[/.]\d{4} \d{1,2}:\d\d:\d\d(?:[ \xa0\u202f][AP]M)?\s{1,12}\d{1,5}\s{1,12}[^\W\d_]{3,20}\s"),
)  # fmt: skip


class StackFrame(Struct, frozen=True):
    """A line of a trace: of which language, and whether it may begin one (`start`) or only go on."""

    kind: str
    start: bool


# The literal must stand in the line before the regex is worth trying.
_TRACES = (
    ("java", True, "Exception in thread", r"Exception in thread \""),
    ("java", False, "at ", r"\s{0,40}at [\w.$/<>@-]{1,300}\((?:[\w$-]{1,100}\.(?:java|kt|scala|groovy|clj)(?::\d{1,7})?|Native Method|Unknown Source|<generated>)\)"),
    ("java", False, ": ", r"\s{0,40}(?:Caused by|Suppressed|Wrapped by): "),
    ("java", False, "... ", r"\s{0,40}\.\.\. \d{1,5} (?:more|common frames omitted|frames)"),
    ("python", True, "Traceback", r"\s{0,40}(?:\+ )?(?:Exception Group )?Traceback \(most recent call last\):"),
    ("python", False, 'File "', r"\s{1,40}(?:\| {1,8})?File \"[^\"]{1,300}\", line \d"),
    ("python", False, "above exception", r"(?:During handling of the above exception|The above exception was the direct cause)"),
    ("python", False, "[Previous", r"\s{0,8}\[Previous line repeated \d"),
    ("node", False, "at ", r"\s{1,40}at (?:async )?(?:[^\n(]{1,200} \()?(?:file:|node:|webpack|/|\.|[A-Za-z]:[\\/]|internal/|<anonymous>)[^\n]{0,300}?:\d{1,7}:\d{1,7}\)?"),
    ("node", False, "at ", r"\s{1,40}at (?:[\w.<>$ \[\]]{1,200} \()?<anonymous>\)?$"),
    ("dotnet", True, "Unhandled", r"Unhandled [Ee]xception[.:]"),
    ("dotnet", False, "(", r"\s{0,40}(?:at|bei|à|en) [\w.`<>\[\]+$,|]{1,300}\([^\n]{0,300}?\)(?: (?:in|dans|en) [^\n]{1,300}:\w{1,10} \d{1,7}\.?)?\s{0,4}$"),
    ("dotnet", False, "--- ", r"\s{0,40}--- (?:End of|Ende der|Fin de)"),
    ("dotnet", False, "---> ", r"\s{0,40}---> [\w.]{1,200}(?:Exception|Error)\b"),
    ("go", True, "panic: ", r"panic: "),
    ("go", True, "fatal error: ", r"fatal error: "),
    ("go", False, "goroutine ", r"\t?goroutine \d{1,9} \["),
    ("go", False, "\t", r"\t[^\s:]{1,300}\.(?:go|s):\d{1,7}(?: \+0x[0-9a-f]{1,16})?"),
    ("go", False, "created by ", r"created by [\w./*()\[\]-]{1,300}"),
    ("go", False, "[signal", r"\[signal SIG[A-Z]{2,8}"),
    ("rust", True, "thread ", r"thread '[^']{0,100}' (?:\(\d{1,10}\) )?panicked at "),
    ("rust", False, "stack backtrace:", r"stack backtrace:"),
    ("rust", False, "note: ", r"note: (?:run with|Some details|some details)"),
)  # fmt: skip
_GO_CALL = r"[\w./*()\[\]{}-]{1,300}\([^\n]{0,300}\)$|\.\.\.additional frames elided|exit status \d{1,3}$"
_POWERSHELL = (
    r"At (?:line:|[A-Za-z]:\\[^\n]{1,300}:|/[^\n]{1,300}:)\d{1,7} (?:char|Zeichen|Caractère|carácter):\s?\d|Line \|$|\s{0,8}\+ ~|\s{0,8}\+ CategoryInfo"
    r"|\s{0,8}\+ FullyQualifiedErrorId|In Zeile:\d"
)
_LABELLED = r"[A-Z][\w ()-]{1,60}:(?:\s|$)"
# Nothing but these may stand before the timestamp of a line that begins a message.
_BEFORE_STAMP = (
    r"[\s\[(\"'*<>\d-]{0,6}|\x1b\[[\d;]{0,8}m|\[?[A-Z]{3,9}\]?:?[ \t]{1,4}\[?|\d{1,7}:[MSCX] |\S{0,79}[^\s:][ \t]\[?"
)
_CLOCK = r"\W{0,3}\d{1,2}:\d\d:\d\d[^\w]|\[ {0,9}\d{1,9}\.\d{6}\] |[A-Z]{3} \([\w :]{1,20}\) \[\d\d:\d\d"


class Carried(Struct, frozen=True):
    """A line without what its carrier put before it. `by`: `cri` or the prefix. `part`: the runtime cut the line here."""

    text: str
    by: str
    part: bool


def carried(line: str) -> Carried:
    if line[10:11] == "T":
        cri = _regex(_CRI).match(line)
        if cri:
            return Carried(line[cri.end() :], "cri", cri[1] == "P")
        kubectl = _regex(_KUBECTL).match(line)
        if kubectl:
            return Carried(line[kubectl.end() :], "cri", False)
    if "| " in line[:LONGEST]:
        compose = _regex(_COMPOSE).match(line)
        if compose:
            return Carried(line[compose.end() :], compose[0], False)
    return Carried(line, "", False)


def head_kind(text: str) -> str | None:
    """The kind of source whose messages begin like `text`: a name, empty for another with a timestamp, None for none."""
    start = text[:REACH].encode("utf-8", "replace")
    shape = start.translate(SHAPES)
    for kind, shapes, regex in HEADS:
        for wanted in shapes:
            if wanted in shape and _regex(regex).match(text, 0, LONGEST):
                return kind
    return "" if _stamped(text, start, shape) else None


def _stamped(text: str, start: bytes, shape: bytes) -> bool:
    """Whether `text` begins with a timestamp, or with a time of the day or since boot in its place."""
    if _regex(_CLOCK).match(text, 0, LONGEST):
        return True
    for form in plausible(shape):
        found = compiled(form).search(start, 0, REACH)
        if found and _regex(_BEFORE_STAMP).fullmatch(start[: found.start()].decode("utf-8", "replace")):
            return True
    return False


def frame(text: str) -> StackFrame | None:
    """What line of a trace `text` is; None where it is none that shows by itself."""
    for kind, start, literal, regex in _TRACES:
        if literal in text and _regex(regex).match(text, 0, LONGEST):
            return StackFrame(kind, start)
    return None


def is_go_call(text: str) -> bool:
    return bool(_regex(_GO_CALL).match(text, 0, LONGEST))


def is_powershell(text: str) -> bool:
    """A line that only an error record of PowerShell has, after its first."""
    return bool(_regex(_POWERSHELL).match(text, 0, LONGEST))


def is_labelled(text: str) -> bool:
    """`Label: value` or `Label:`, as the lines of an event's description."""
    return bool(_regex(_LABELLED).match(text, 0, LONGEST))
