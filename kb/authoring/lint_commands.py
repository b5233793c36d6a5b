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
from kb.authoring.lint_steps import steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.model import Param, ParamType, Problem, Shell
    from kb.articles.article import Article

    Finding = Iterator[tuple[str, str, str]]

# What people write for a value that the reader is to put in. A word of SQL may be one too: see _SQL.
_VALUES = frozenset(
    "ACCOUNT ADDRESS ADMIN ADAPTER ALIAS APPLICATION CERTIFICATE CLIENT CLUSTER COMPUTER CONFIG CONTAINER DATABASE DATE DEVICE"
    " DIRECTORY DISK DOMAIN DRIVE ENDPOINT FILE FOLDER FOREST FQDN GATEWAY GROUP GUID HASH HOST HOSTNAME INSTANCE INTERFACE"
    " LISTENER LOGIN MACHINE MAILBOX MEMBER MOUNT MYSERVER NAME NAMESPACE NETWORK NEW NODE NUMBER OLD OWNER PACKAGE PARTITION PASSWORD"
    " PATH PEER PID POD POLICY POOL PORT PRIMARY PRINCIPAL PROGRAM PROXY PUBLISHER REALM RULE SERVER SERVERNAME SERVICE SHARE SITE"
    " SOURCE SUBNET TABLE TARGET TENANT THUMBPRINT TOKEN URL USER USERNAME VALUE VERSION VOLUME YOUR ZONE".split()
)
_SQL = frozenset("ADD ADMIN ADDRESS CERTIFICATE CLUSTER COMPUTER CONFIG CONTAINER DATABASE ENDPOINT FILE GROUP INSTANCE LISTENER LOGIN MASTER MEMBER NAME NEW OLD OWNER PARTITION PASSWORD PRIMARY ROLE SERVER SERVICE SOURCE TABLE TARGET USER VALUE VERSION".split())
_STATEMENT = re.compile(r"\b(?:SELECT|ALTER|CREATE|DROP|EXEC|GRANT|REVOKE|RESTORE|BACKUP|DECLARE|SHOW)\b")
# Where capitals are a name of the system: options, variables, environment, drives of PowerShell, a key of the registry, a
# member, a service account. A question to the reader (Read-Host) may name what it wants.
_GIVEN = re.compile(
    r"Read-Host\s+(?:'[^']*'|\"[^\"]*\")|\$\(?\w*:?\w+|%\w+%|(?<![\w\\])[-/][\w.]+:?|\bHK\w+:?\\[^'\"]*|Registry::[^'\"]*|\.\w+"
    r"|\b(?:NT|IIS)\s\w+\\|\bCN=[^,]*|\bREG_\w+|'[^']*\s[^']*'(?=\s*-[fF]\b)"
)  # fmt: skip
_WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Z]{3,}(?![A-Za-z0-9_=])")
_PLACE = re.compile(r"N?'[A-Z]{3,}'|\[[A-Z]{3,}\]|\b[A-Z]{3,}\\\w+|<[A-Z_a-z ]{2,}>|\b(?:my|your)(?:server|user|domain|database)\b", re.I)


def _lines(problem: Problem) -> Iterator[tuple[str, Shell, str]]:
    for name, check in problem.checks.items():
        for shell, lines in check.commands.items():
            yield from ((f"check '{name}'", shell, line) for line in lines)
    for cause, number, step in steps(problem):
        for shell, lines in step.commands.items():
            yield from ((f"cause '{cause.id}', step {number}", shell, line) for line in lines)
