"""Commands that did not run: what the shell or the tool says then, and what is missing.

Takes text below a command; gives the first line that says that the command was not run, with what it needs. Such a text
answers no check, whatever else it holds: nothing printed is not "none". Identifiers of PowerShell are the same in every
language; the other words stand here in the languages in which they were seen.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.text.worded import WordedPattern

if TYPE_CHECKING:
    from collections.abc import Sequence

ELEVATED = "needs an elevated prompt (Run as administrator)"
ROOT = "needs more rights: run it with sudo, or as root"
INSTALLED = "needs a program that is not installed here, or not in the path"
MODULE = "needs a module of PowerShell that is not here"
DRIVE = "needs a drive of PowerShell whose module is not loaded (Import-Module first)"
POLICY = "needs an execution policy that allows scripts (Set-ExecutionPolicy -Scope Process RemoteSigned)"
PARAMETER = "needs another version of the command: it does not know one of the parameters"
SUDO = "needs an account that may use sudo here, and a terminal to type its password"
CLUSTER = "needs a cluster that kubectl reaches: look at its context and credentials"
RIGHT_THERE = "needs an account with the right to read this"
DAEMON = "needs the container engine running, and an account that may use it"
SYSTEMD = "needs a machine that systemd manages, and its bus"

# What is missing, words of which one is in every such line, and how the shells and tools say it.
_SAID: tuple[tuple[str, str, str], ...] = (
    (
        INSTALLED,
        "commandnotfoundexception|is not recognized as|nicht als name eines cmdlet|"
        "ist entweder falsch geschrieben oder|pas reconnu |no se reconoce como |not found|nicht gefunden|"
        "commande introuvable|orden no encontrada|no se encontró la orden|fish: unknown command|"
        "is currently not installed",
        r"\bCommandNotFoundException\b"
        r"|is not recognized as (?:the|a) name of a cmdlet"
        r"|is not recognized as an internal or external command"
        r"|nicht als Name eines Cmdlets?\b"
        r"|ist entweder falsch geschrieben oder"
        r"|pas reconnu (?:comme|en tant que) nom d'applet de commande"
        r"|pas reconnu en tant que commande interne"
        r"|no se reconoce como (?:el )?nombre de un cmdlet"
        r"|no se reconoce como un comando interno"
        r"|^(?:-?\w{1,12}|sudo|/\S{1,60}): (?:line \d{1,6}: |\d{1,6}: )?\S{1,200}: (?:command |Kommando |Befehl )?"
        r"(?:not found|nicht gefunden|commande introuvable|orden no encontrada|no se encontró la orden)\.?$"
        r"|^zsh: command not found: \S"
        r"|^Command '[^']{1,80}' not found, (?:but|did you mean)"
        r"|^fish: Unknown command"
        r"|^The program '[^']{1,80}' is currently not installed",
    ),
    (
        MODULE,
        "_modulenotfound|couldnotautoload|the specified module '|but the module could not be loaded",
        r"\bModules?_ModuleNotFound|\bCouldNotAutoloadMatchingModule\b|\bCouldNotAutoLoadModule\b"
        r"|The specified module '[^']{1,200}' was not loaded because"
        r"|but the module could not be loaded",
    ),
    (
        DRIVE,
        "drivenotfound|cannot find drive",
        r"\bDriveNotFound\b|Cannot find drive\. A drive with the name",
    ),
    (
        POLICY,
        "cannot be loaded because |is not digitally signed|unauthorizedaccess",
        r"cannot be loaded because running scripts is disabled on this system"
        r"|cannot be loaded because its operation is blocked by software restriction policies"
        r"|is not digitally signed\. You cannot run this script"
        r"|FullyQualifiedErrorId *: UnauthorizedAccess$",
    ),
    (
        PARAMETER,
        "namedparameternotfound|a parameter cannot be found",
        r"FullyQualifiedErrorId *: NamedParameterNotFound\b|A parameter cannot be found that matches parameter name",
    ),
    (
        ELEVATED,
        "scriptrequireselevation|requires|elevated|must be |need to be |administrator privileges |"
        "permissiondenied:|unauthorizedaccessexception|unauthorized operation|access is denied|"
        "access was denied|zugriff verweigert|refus|acceso denegado|system error 5|systemfehler 5|"
        "error de sistema 5|erreur syst|[sc] ",
        r"\bScriptRequiresElevation\b|#requires\" statement for running as Administrator"
        r"|requires (?:elevation|administrator(?:'s)? (?:rights|privileges))\b"
        r"|(?:must|need to) be (?:run|executed) (?:from|in|with|as)(?: an?)? (?:elevated|administrator)"
        r"|run (?:this (?:command|tool|program) )?(?:from|in) an elevated (?:command )?prompt"
        r"|administrator privileges (?:are )?(?:required|needed)"
        r"|\bCategoryInfo *: PermissionDenied:|\bCategoryInfo *: \w{1,40}: .{0,200}UnauthorizedAccessException"
        r"|Attempted to perform an unauthorized operation"
        r"|^(?:ERROR: |ERREUR ?: |FEHLER: )?Access (?:is|was) denied\.?$|^(?:FEHLER: )?Zugriff verweigert\.?$"
        r"|^(?:ERREUR ?: )?Acc[eè]s refus[eé]\.?$|^(?:ERROR: )?Acceso denegado\.?$"
        r"|^System error 5 has occurred|^Systemfehler 5\b|^(?:Error de sistema|Erreur syst[eè]me) 5\b"
        r"|^\[SC\] \w{1,40} (?:FAILED|FEHLER|ERREUR|ERROR) 5:"
        r"|^Failed to (?:open|read) .{0,60}(?:event query|log).{0,20}Access is denied",
    ),
    (
        SUDO,
        "sudo: |sudoers file|is not allowed to ",
        r"^sudo: (?:a (?:password|terminal) is required|no tty present|\d incorrect password attempts?|unable to)"
        r"|^sudo: (?:The \"no new privileges\" flag|effective uid is not 0)"
        r"|\bis not in the sudoers file\b|\bis not allowed to (?:execute|run sudo on)\b",
    ),
    (
        DAEMON,
        "permission denied while trying|cannot connect to the |error during connect: ",
        r"permission denied while trying to connect to the (?:Docker daemon|docker API)"
        r"|Cannot connect to the (?:Docker daemon|Podman socket)|^error during connect: ",
    ),
    (
        ROOT,
        "permission denied|operation not permitted|keine berechtigung|permission non accordée|"
        "permiso denegado|must be |need to be |have to be |are you root?|be run |"
        "insufficient permissions|only root can ",
        r"^(?:-?\w{1,12}|/\S{1,60}): (?:line \d{1,6}: |\d{1,6}: )?(?:cannot open |can't open |cannot access )?\S{1,200}: "
        r"(?:Permission denied|Operation not permitted|Keine Berechtigung|Permission non accordée|Permiso denegado)$"
        r"|\b(?:must|need to|have to) be (?:run as )?(?:root|superuser)\b|\b[Aa]re you root\?"
        r"|(?:must|should|needs to) be run (?:as|with) (?:root|sudo|super-?user)"
        r"|^(?:dmesg: )?read kernel buffer failed: Operation not permitted"
        r"|No journal files were opened due to insufficient permissions"
        r"|^(?:Error: )?[Oo]nly root can ",
    ),
    (
        SYSTEMD,
        "booted with systemd|failed to connect to ",
        r"^System has not been booted with systemd|^Failed to connect to (?:system scope |user scope )?bus\b",
    ),
    (
        CLUSTER,
        "the connection to the server |you must be logged in|unable to connect to the server: |error: ",
        r"The connection to the server \S{1,260} was refused - did you specify the right host or port"
        r"|^error: You must be logged in to the server|^Unable to connect to the server: "
        r"|^error: (?:the server doesn't have a resource type|current-context is not set|no context exists)",
    ),
    (
        RIGHT_THERE,
        "error from server (forbidden)|permission was denied on|error 1142 ",
        r"^Error from server \(Forbidden\)|\bpermission was denied on the object\b|^ERROR 1142 \(42000\)",
    ),
    (
        "needs a server that the client reaches, and a login there",
        "sqlcmd: error: |psql: |error 1045 |error 2002 |error 2003 |error 2005 |ora-|"
        "could not connect to redis",
        r"^(?:Sqlcmd: Error: .{0,120}(?:Login timeout expired|login failed)|psql: (?:error: )?(?:connection to server|could not connect|FATAL)"
        r"|ERROR (?:1045|2002|2003|2005) \((?:28000|HY000)\)|ORA-(?:01017|12154|12541)\b|Error: Could not connect to Redis)",
    ),
)  # fmt: skip
_REFUSING = tuple((needs, WordedPattern(words, pattern, re.IGNORECASE)) for needs, words, pattern in _SAID)
DID_NOT_RUN = "it did not run:"
LONGEST = 2000  # characters of a line that are looked at


class Refusal(Struct, frozen=True):
    """That a command did not run: the 0-based line that says so, the record of the error, and what is missing."""

    line: int
    record: str
    needs: str

    @property
    def why(self) -> str:
        return f"{DID_NOT_RUN} {self.needs}"


def refusals(lines: Sequence[str]) -> tuple[Refusal, ...]:
    """Every one of `lines` that says that a command did not run, in order."""
    text = "\n".join(lines).lower()
    refusing = [(needs, pattern) for needs, pattern in _REFUSING if pattern.may_match(text)]
    found = []
    for index, line in enumerate(lines if refusing else ()):
        said = line[:LONGEST].strip()
        lowered = said.lower()
        hits = [(hit.start(), needs) for needs, pattern in refusing if (hit := pattern.search(said, lowered))]
        if hits:
            found.append(Refusal(index, _record(lines, index), min(hits, key=itemgetter(0))[1]))
    return tuple(found)


def _record(lines: Sequence[str], index: int) -> str:
    """The error whole: PowerShell tells it on lines that are indented or begin with a plus."""
    first = last = index
    while first and _continues(lines[first]):
        first -= 1
    while last + 1 < len(lines) and _continues(lines[last + 1]):
        last += 1
    return "\n".join(lines[first : last + 1])


def _continues(line: str) -> bool:
    return line.startswith(("+", " ", "\t")) and bool(line.strip())
