"""Planted commands that nobody should copy unread are flagged, also in an imported article; what only looks like one is not."""

from datetime import date
from pathlib import Path

import pytest

from kb.articles.parse import parse
from kb.authoring.linting.dangerous import danger
from kb.authoring.linting.lint import lint

PLANTED = [
    line.split(" ", 1)
    for line in (Path(__file__).parent / "dangerous.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def test_every_planted_command_of_an_imported_article_is_flagged(tmp_path):
    path = tmp_path / "planted" / "article.md"
    path.parent.mkdir()
    steps = "\n".join(
        f"      - {{kind: fix, text: Do it., commands: {{{shell}: ['{line.replace(chr(39), chr(39) * 2)}']}}}}"
        for shell, line in PLANTED
    )
    path.write_text(
        "---\nid: planted\ntitle: It fails\norigin: {format: markdown, id: x}\nsignals: {s: {contains: it fails today}}\n"
        f"symptoms: [s]\ncauses:\n  - id: off\n    title: It is off\n    remediation:\n{steps}\n---\n",
        encoding="utf-8",
    )
    article, faults = parse(str(path), path.read_bytes())
    assert article, faults
    told = [fault.what for fault in lint([article], date(2026, 11, 29))]
    assert len(PLANTED) >= 60
    assert [
        line
        for shell, line in PLANTED
        if not any(f"the {shell} command {danger(line)}: {line[:80]}" in what for what in told)
    ] == []


@pytest.mark.parametrize(
    "line",
    [
        "Get-Process | Where-Object Name -match '^(powershell|pwsh|mmc)$'",
        "journalctl -u app | grep -i iex",
        "curl -s -o /dev/null -w %{http_code} https://app.example.com/",
        "curl http://localhost:9/health",
        "cat a.json | python3 -m json.tool",
        "Remove-Item C:\\a.txt",
        "find /var -name a -print",
        "git rm --cached a",
        "diff <(sort a) <(sort b)",
        "scp C:\\a.log b@c01:/tmp",
    ],
)
def test_what_only_looks_like_one_is_not_flagged(line):
    assert danger(line) == ""
