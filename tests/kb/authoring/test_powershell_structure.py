"""The grammar of tree-sitter as a judge of the structure of PowerShell commands: that brackets, strings and pipes close.

Not of quoting: it does not know the four other single quotes that PowerShell takes (tests/diagnose/commands/test_shells.py).
"""

import re

import pytest

from diagnose.commands.fill import fill
from kb.articles.parse import parse

tree_sitter = pytest.importorskip("tree_sitter")
grammar = pytest.importorskip("tree_sitter_powershell")


@pytest.fixture(scope="module")
def parser():
    return tree_sitter.Parser(tree_sitter.Language(grammar.language()))


# What PowerShell takes and the grammar does not, and what stands for it: lists of arguments (one item for all), an option with
# its value, a word that goes on in quotes, multipliers in capitals, a variable that a path begins with, a format at the start of a block behind a command.
ITEM = r"""(?:'[^']*'|"[^"]*"|[$@]?[\w.*:\\/-]+)"""
UNKNOWN = (
    (re.compile(rf"({ITEM})(?:\s*,\s*(?:{ITEM}|@\{{[^{{}}]*(?:\{{[^{{}}]*\}}[^{{}}]*)*\}}))+"), r"\1"),
    (re.compile(rf"(?:{ITEM}(?:\(\))?\s*,\s*)+(?=\()"), ""),
    (re.compile(r"(?<= )(--?[a-z][a-z-]*)=(?=\w)"), r"\1 "),
    (re.compile(r"""(?<= )[\w-]+=(?:'[^']*'|"[^"]*")"""), "word"),
    (re.compile(r"(?<=\d)[KMGT]B\b"), "kb"),
    (re.compile(r"\$env:TEMP\\[\w.-]+"), "$env:TEMP"),
    (re.compile(r"""(?<=\{ )("[^"]*"|'[^']*')(?= -f )"""), "$_"),
)
VALUES = {"host": "db01.contoso.com", "ip": "10.0.0.9", "port": "9001", "path": r"C:\App One\a.dll"}
VALUES |= {"service": "W3SVC", "user": r"CONTOSO\anna", "name": "Front End 1"}


def is_whole(parser, command):
    readings = {command}
    for pattern, known in UNKNOWN:
        readings |= {pattern.sub(known, reading) for reading in readings}
    return not all(parser.parse(text.encode()).root_node.has_error for text in readings)


def test_every_shipped_command_has_the_structure_of_one(root, parser):
    seen, broken = 0, []
    for path in sorted((root / "articles").rglob("article.md")):
        article, _ = parse(str(path), path.read_bytes())
        problem = article.problem
        values = {name: param.default or VALUES[param.type] for name, param in problem.params.items()}
        steps = [step.commands for cause in problem.causes for step in cause.remediation]
        for commands in (*steps, *(check.commands for check in problem.checks.values())):
            for line in commands.get("powershell", ()):
                seen += 1
                if not is_whole(parser, fill(line, problem.params, values, "powershell")[0]):
                    broken.append(f"{problem.id}: {line}")
    assert seen > 600
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("command", ["Get-Item (", "Get-Item 'x", "if ($x) { 1", "Get-Item | | Sort-Object"])
def test_the_judge_sees_what_is_broken(parser, command):
    assert not is_whole(parser, command)
