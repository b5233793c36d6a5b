"""`kb completion SHELL`: the lines that let a shell complete commands, options and ids."""

from __future__ import annotations

import os
from typing import ClassVar

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class

from kb.cli.output import write_output

SHELLS = ("bash", "zsh", "fish", "powershell")
VARIABLE = "_KB_COMPLETE"

_POWERSHELL = r"""Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $line, $cursor)
    $words = @($line.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursor } | ForEach-Object { "$_" })
    if ($word -eq '') { $words += '' }
    $env:%(complete_var)s = 'powershell_complete'
    $env:COMP_WORDS = $words -join "`n"
    try {
        & %(prog_name)s | ForEach-Object {
            $value, $told = $_ -split "`t", 2
            if (-not $told) { $told = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $told)
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_WORDS
    }
}
"""


class PowerShellComplete(ShellComplete):
    """Windows PowerShell 5.1 and PowerShell 7; each item is a line: value, tab, help."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return [_unquoted(word) for word in words[1:-1]], _unquoted(words[-1]) if len(words) > 1 else ""

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.value}\t{item.help}" if item.help else str(item.value)


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" else word


add_completion_class(PowerShellComplete)


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print what makes SHELL complete commands, options, and the ids of articles, causes and parameters.

    \b
    bash        in ~/.bashrc: eval "$(kb completion bash)"
    zsh         in ~/.zshrc: eval "$(kb completion zsh)"
    fish        kb completion fish > ~/.config/fish/completions/kb.fish
    powershell  in $PROFILE: kb completion powershell | Out-String | Invoke-Expression
    """
    found = get_completion_class(shell)
    assert found is not None
    script = found(context.find_root().command, {}, "kb", VARIABLE)
    # The script alone: what click adds to it asks the bash of this machine for its version.
    write_output(script.source_template % script.source_vars(), None)
    return 0
