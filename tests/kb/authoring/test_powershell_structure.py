"""The grammar of tree-sitter as a judge of the structure of PowerShell commands: that brackets, strings and pipes close.

Not of quoting: it does not know the four other single quotes that PowerShell takes (tests/diagnose/commands/test_shells.py).
"""

import re

import pytest

from diagnose.templates import filled_plain
from kb.articles.parse import parse

tree_sitter = pytest.importorskip("tree_sitter")
grammar = pytest.importorskip("tree_sitter_powershell")


@pytest.fixture(scope="module")
def parser():
    return tree_sitter.Parser(tree_sitter.Language(grammar.language()))


# What PowerShell takes and the grammar does not: lists of arguments, of which one item stands for all, and these.
ITEM = r"""(?:'[^']*'|"[^"]*"|[$@]?[\w.*:\\/-]+)"""
LIST = re.compile(rf"({ITEM})(?:\s*,\s*(?:{ITEM}|@\{{[^{{}}]*(?:\{{[^{{}}]*\}}[^{{}}]*)*\}}))+")
UNKNOWN = re.compile(
    r"""\$env:TEMP\\|' -f |" -f \[math\]|catch \[|\]\{ param\(| _ldap\.|/config \(|-p -e '|-split "`n\""""
)


def is_whole(parser, command):
    readings = (command, LIST.sub(r"\1", command))
    return not all(parser.parse(text.encode()).root_node.has_error for text in readings)


def test_every_shipped_command_has_the_structure_of_one(root, parser):
    seen, broken = 0, []
    for path in sorted((root / "articles").rglob("article.md")):
        article, _ = parse(str(path), path.read_bytes())
        problem = article.problem
        steps = [step.commands for cause in problem.causes for step in cause.remediation]
        for commands in (*steps, *(check.commands for check in problem.checks.values())):
            for line in commands.get("powershell", ()):
                if is_whole(parser, filled_plain(line, dict.fromkeys(problem.params, "x1"))):
                    seen += 1
                elif not UNKNOWN.search(line):
                    broken.append(f"{problem.id}: {line}")
    assert seen > 600
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("command", ["Get-Item (", "Get-Item 'x", "if ($x) { 1", "Get-Item | | Sort-Object"])
def test_the_judge_sees_what_is_broken(parser, command):
    assert not is_whole(parser, command)
