"""Rules for what is filled in: words in capitals that stand for a value, examples and defaults that their own parameter
refuses, commands that no value can make ready.

A rule takes a parsed article and yields (where in the text, what, way out), as those of `lint` do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.commands.fill import fill
from diagnose.facts import EXPECTED, typed, unquoted
from diagnose.templates import SLOT
from kb.authoring.linting.steps import steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.model import Param, ParamType, Problem, Shell
    from kb.articles.article import Article

    Finding = Iterator[tuple[str, str, str]]

# What people write for a value that the reader is to put in, alone or as the end of a word (FILESERVER).
_VALUES = (
    "ACCOUNT ADAPTER ADDRESS ADMIN ALIAS APPLICATION CERTIFICATE CLIENT CLUSTER COMPUTER CONTAINER DATABASE DATE DEVICE DIRECTORY"
    " DISK DOMAIN DRIVE ENDPOINT FILE FOLDER FOREST FQDN GATEWAY GROUP GUID HASH HOST INSTANCE INTERFACE LISTENER LOGIN"
    " MACHINE MAILBOX MEMBER NAME NAMESPACE NETWORK NEW NODE NUMBER OLD OWNER PACKAGE PARTITION PASSWORD PATH PEER PID POD POLICY"
    " POOL PORT PRINCIPAL PROGRAM PROXY REALM RULE SERVER SERVICE SHARE SITE SUBNET TABLE TARGET TENANT THUMBPRINT TOKEN USER"
    " VALUE VERSION VOLUME ZONE"
).split()
# Names of the system that look the same, and where capitals are no value: options, variables, environment, members, keys of the
# registry, service classes (HOST/), what Read-Host asks for, sentences to be printed.
_NAMES = frozenset({"IISADMIN", "MSSQLSERVER", "SQLSERVER", "WINHTTP", "DEFAULTPATH", "PSMODULEPATH"})
_GIVEN = re.compile(
    r"Read-Host\s+(?:'[^']*'|\"[^\"]*\")|\$\(?\w*:?\w+|@@\w+|%\w+%|(?<![\w\\])[-/][\w.]+:?|\bHK\w+:?\\[^'\"]*|Registry::[^'\"]*"
    r"|(?<=\w)\.\w+|\bHOST/|\b(?:NT|IIS)\s\w+\\|\"[^\"]*[a-z]{2,} [a-z]{2,}[^\"]*\""
)
_VALUE = re.compile(rf"(?<![A-Za-z0-9_-])[A-Z]*(?:{'|'.join(_VALUES)})(?![A-Za-z0-9_=(])")
_ACCOUNT = re.compile(r"(?<![A-Za-z0-9_\\])(?:DOMAIN|CONTOSO|CORP|MYDOMAIN)\\\w+")
# In a statement of SQL such words are keywords, and only what is quoted or in brackets is a value.
_STATEMENT = re.compile(r"\"[^\"]*\b(?:SELECT|ALTER|CREATE|DROP|EXEC|GRANT|REVOKE|RESTORE|BACKUP|DECLARE)\b[^\"]*\"")
_QUOTED = re.compile(r"(?<=')[A-Z]{3,}(?=')|(?<=\[)[A-Z]{3,}(?=\])")

# What an `ask` gives as an example, and values as they are where it gives none.
_EXAMPLE = re.compile(r"(?:\b(?:such as|for example|e\.g\.|like)\s+|\bas\s+(?=\S*\\))(?P<given>[^;()]+)")
_APART = re.compile(r",\s+(?:or\s+)?|\s+or\s+|\s+(?:for|without|where|if|as|but)\s.*$")
_USUAL: dict[ParamType, tuple[str, ...]] = {
    "host": ("srv01.example.com", "192.0.2.10"),
    "ip": ("192.0.2.10",),
    "port": ("8443",),
    "path": (r"C:\Data\file.txt",),
    "service": ("Spooler",),
    "user": ("jdoe", r"EXAMPLE\jdoe"),
    "name": ("main",),
}
_POSIX_PATH = ("/var/lib/data",)


def _lines(problem: Problem) -> Iterator[tuple[str, Shell, str]]:
    for name, check in problem.checks.items():
        for shell, lines in check.commands.items():
            yield from ((f"check '{name}'", shell, line) for line in lines)
    for cause, number, step in steps(problem):
        for shell, lines in step.commands.items():
            yield from ((f"cause '{cause.id}', step {number}", shell, line) for line in lines)


def no_capitals_for_values(article: Article) -> Finding:
    """A value that the reader must put in by hand is a parameter: a line with PARTITION in it is copied as it is."""
    for where, shell, line in _lines(article.problem):
        word = stands_for_a_value(line)
        if word:
            what = f"{where}: '{word}' in the {shell} command stands for a value: {line[:80]}"
            yield line[:40], what, "declare it in params and write ${name}"


def stands_for_a_value(line: str) -> str:
    """The first word of a command that stands for a value; empty where there is none."""
    text = SLOT.sub("", line)
    for statement in _STATEMENT.findall(text):
        quoted = next((word for word in _words(_QUOTED, statement) if _VALUE.fullmatch(word)), "")
        if quoted or _ACCOUNT.search(statement):
            return quoted or next(_words(_ACCOUNT, statement))
    rest = _GIVEN.sub(" ", _STATEMENT.sub('""', text))
    found = (*_words(_ACCOUNT, rest), *(word for word in _words(_VALUE, rest) if word not in _NAMES))
    return found[0] if found else ""


def _words(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (found.group() for found in pattern.finditer(text))


def examples(param: Param) -> list[str]:
    """What `ask` names as examples, and the default."""
    given = [found["given"] for found in _EXAMPLE.finditer(param.ask)]
    words = [unquoted(word.strip(" .")) for text in given for word in _APART.split(text) if word.strip(" .")]
    return [*words, *([param.default] if param.default else ())]


def examples_are_of_their_type(article: Article) -> Finding:
    for name, param in article.problem.params.items():
        for value in examples(param):
            if typed(param.type, value) is None:
                what = f"params.{name}: '{value}' is no {param.type}: {EXPECTED[param.type]}"
                yield f"{name}:", what, "choose another type, or an example that the type takes"


def commands_can_become_ready(article: Article) -> Finding:
    """A slot that no value of its parameter can fill: between quotes that a second shell reads again, for example."""
    params = article.problem.params
    for where, shell, line in _lines(article.problem):
        for name in dict.fromkeys(SLOT.findall(line)):
            if name in params and not any(
                _fills(line, name, params[name], value, shell) for value in _tried(params[name], shell)
            ):
                what = f"{where}: no value fills ${{{name}}} in the {shell} command: {line[:80]}"
                yield (
                    line[:40],
                    what,
                    "take it out of quotes and of commands within commands, so that it is read once; or use another shell",
                )


def _tried(param: Param, shell: Shell) -> list[str]:
    usual = _POSIX_PATH if param.type == "path" and shell == "bash" else _USUAL[param.type]
    return [value for value in examples(param) if typed(param.type, value)] or list(usual)


def _fills(line: str, name: str, param: Param, value: str, shell: Shell) -> bool:
    return name not in fill(line, {name: param}, {name: value}, shell)[1]


RULES = (no_capitals_for_values, examples_are_of_their_type, commands_can_become_ready)
