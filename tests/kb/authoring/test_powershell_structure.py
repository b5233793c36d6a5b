"""The grammar of tree-sitter as a judge of the structure of PowerShell commands: that brackets, strings and pipes close.

Not of quoting: it does not know the four other single quotes that PowerShell takes (tests/diagnose/commands/test_shells.py).
"""

import pytest

from diagnose.templates import filled_plain

tree_sitter = pytest.importorskip("tree_sitter")
grammar = pytest.importorskip("tree_sitter_powershell")


@pytest.fixture(scope="module")
def parser():
    return tree_sitter.Parser(tree_sitter.Language(grammar.language()))


def is_whole(parser, command):
    return not parser.parse(command.encode()).root_node.has_error


def test_every_shipped_command_has_the_structure_of_one(root, opened_store, parser):
    store = opened_store([root / "articles"], None)
    seen, broken = 0, []
    for name, problem in store.problems(store.ids()).items():
        values = dict.fromkeys(problem.params, "x1")
        lines = [line for check in problem.checks.values() for line in check.commands.get("powershell", ())]
        lines += [
            line
            for cause in problem.causes
            for step in cause.remediation
            for line in step.commands.get("powershell", ())
        ]
        for line in lines:
            seen += 1
            if not is_whole(parser, filled_plain(line, values)):
                broken.append(f"{name}: {line}")
    assert seen > 300
    assert broken == []


@pytest.mark.parametrize("command", ["Get-Item (", "Get-Item 'x", "if ($x) { 1", "Get-Item | | Sort-Object"])
def test_the_judge_sees_what_is_broken(parser, command):
    assert not is_whole(parser, command)
