"""A command that did not run says nothing: its check is unclear, with what is missing as the reason."""

import pytest

from diagnose.checks import not_run
from diagnose.checks.answers import outputs_in
from diagnose.checks.not_run import refusals
from diagnose.checks.outcomes import BY_WORDS, CheckReader
from diagnose.checks.patterns import names_itself, told_by
from diagnose.model import Check, Outcome, Problem
from diagnose.scan.passages import Passage

SAID = {
    not_run.INSTALLED: (
        "nltest : The term 'nltest' is not recognized as the name of a cmdlet, function, script file, or operable program.",
        "    + FullyQualifiedErrorId : CommandNotFoundException",
        "klist: The term 'klist' is not recognized as a name of a cmdlet, function, script file, or executable program.",
        "'telnet' is not recognized as an internal or external command,",
        'telnet : Die Benennung "telnet" wurde nicht als Name eines Cmdlet, einer Funktion, einer Skriptdatei oder eines',
        'Der Befehl "sh" ist entweder falsch geschrieben oder',
        "git : Le terme «git» n'est pas reconnu comme nom d'applet de commande, fonction, fichier de script ou programme",
        "'telnet' n'est pas reconnu en tant que commande interne",
        "lean : El término 'lean' no se reconoce como nombre de un cmdlet, función,",
        '"curl" no se reconoce como un comando interno o externo,',
        "bash: lsof: command not found",
        "-bash: lsof: command not found",
        "sh: 1: lsof: not found",
        "bash: line 1: quota: command not found",
        "/usr/local/bin/look.sh: line 3: nmcli: command not found",
        "sudo: lsof: command not found",
        "bash: asdf: Kommando nicht gefunden.",
        "zsh: command not found: dig",
        "Command 'nslookup' not found, but can be installed with:",
    ),
    not_run.MODULE: (
        "    + FullyQualifiedErrorId : Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand",
        "The 'Get-ADUser' command was found in the module 'ActiveDirectory', but the module could not be loaded.",
    ),
    not_run.DRIVE: (
        "Get-ChildItem : Cannot find drive. A drive with the name 'IIS' does not exist.",
        "    + FullyQualifiedErrorId : DriveNotFound,Microsoft.PowerShell.Commands.GetChildItemCommand",
    ),
    not_run.POLICY: (
        "File C:\\look.ps1 cannot be loaded because running scripts is disabled on this system. For more information, see",
        "    + FullyQualifiedErrorId : UnauthorizedAccess",
    ),
    not_run.PARAMETER: ("    + FullyQualifiedErrorId : NamedParameterNotFound,Microsoft.PowerShell.Commands.GetServiceCommand",),
    not_run.ELEVATED: (
        "    + CategoryInfo          : PermissionDenied: (:) [Get-WinEvent], UnauthorizedAccessException",
        "Access is denied.",
        "ERROR: Access is denied.",
        "Zugriff verweigert",
        "Accès refusé.",
        "Acceso denegado.",
        "System error 5 has occurred.",
        "Systemfehler 5 ist aufgetreten.",
        "[SC] OpenSCManager FAILED 5:",
        "The requested operation requires elevation.",
        "    + FullyQualifiedErrorId : ScriptRequiresElevation",
    ),
    not_run.SUDO: (
        "sudo: a password is required",
        "sudo: a terminal is required to read the password; either use the -S option",
        "alice is not in the sudoers file.  This incident will be reported.",
        "Sorry, user alice is not allowed to execute '/usr/bin/lsof' as root on web01.",
    ),
    not_run.ROOT: (
        "bash: /usr/sbin/lsof: Permission denied",
        "cat: /etc/shadow: Permission denied",
        "cat: /etc/shadow: Permiso denegado",
        "You must be root to run this program",
        "iptables v1.8.7 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)",
        "dmesg: read kernel buffer failed: Operation not permitted",
        "No journal files were opened due to insufficient permissions.",
    ),
    not_run.DAEMON: (
        "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    ),
    not_run.SYSTEMD: ("System has not been booted with systemd as init system (PID 1). Can't operate.",),
    not_run.CLUSTER: (
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
        "error: You must be logged in to the server (Unauthorized)",
    ),
    not_run.RIGHT_THERE: (
        'Error from server (Forbidden): pods is forbidden: User "dev" cannot list resource "pods" in API group ""',
        "The SELECT permission was denied on the object 'sys_mirroring', database 'mssqlsystemresource', schema 'sys'.",
    ),
}  # fmt: skip
RAN = (
    "Access is denied to the share for guests: 3 rules",
    "TcpTestSucceeded : False",
    "curl: (7) Failed to connect to localhost port 80: Connection refused",
    "service not found",
    "2026-11-29 10:00:01 ERROR open /data/x: permission denied",
    "No events were found that match the specified selection criteria.",
    "STATE : 1 STOPPED",
    "mirrored: not found",
)


@pytest.mark.parametrize(("needs", "said"), [(needs, said) for needs, lines in SAID.items() for said in lines])
def test_what_is_missing_is_told(needs, said):
    assert [refusal.needs for refusal in refusals((said,))] == [needs]


@pytest.mark.parametrize("line", RAN)
def test_a_command_that_ran_is_none(line):
    assert refusals((line,)) == ()


CHECK = Check(
    title="How many?",
    commands={"bash": ("sudo lsof +L1",), "powershell": ("'Mailboxes counted: {0}' -f (Get-Mailbox).Count",)},
    outcomes={
        "none": Outcome(regex=("^0$", "^Mailboxes counted: 0$")),
        "refused": Outcome(contains=("policy 7 forbids",)),
    },
)
PROBLEM = Problem(id="p", title="", checks={"a": CHECK})


def answer(text, explained=frozenset({"other"})):
    lines = tuple(text.split("\n"))
    passage = Passage(source="-", first=1, lines=lines, quotes=lines)
    return CheckReader(PROBLEM, {}, outputs_in([passage]), [passage], explained=explained).answers()["a"]


def test_silence_after_a_refusal_is_not_none():
    told = answer("$ sudo lsof +L1\nsudo: lsof: command not found\n0")
    assert (told.outcome, told.why) == ("", f"it did not run: {not_run.INSTALLED}")


def test_a_refusal_that_names_the_command_needs_no_prompt():
    told = answer("lsof: command not found\nbash: lsof: command not found\n")
    assert not told.outcome
    assert not_run.INSTALLED in told.why


def test_the_record_of_powershell_counts_whole():
    text = (
        "Get-Mailbox : no\nAt line:1 char:1\n+ Get-Mailbox\n    + FullyQualifiedErrorId : CommandNotFoundException\n0"
    )
    assert answer(text).outcome == ""


def test_what_the_article_takes_for_an_answer_stays_one():
    assert told_by(CHECK, "Error from server (Forbidden): policy 7 forbids it") == ("refused", "")


def test_with_or_without_sudo_it_is_the_same_command():
    assert answer("$ lsof +L1\n0").outcome == answer("# sudo -u root lsof +L1\n0").outcome == "none"


def test_words_alone_count_little_and_words_of_the_command_whole():
    """FIELD.md, kind A4."""
    assert (answer("0").outcome, answer("0").limit) == ("none", BY_WORDS)
    assert names_itself(CHECK, "Mailboxes counted: 0")
    assert answer("Mailboxes counted: 0").limit is None
