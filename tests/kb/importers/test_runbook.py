"""Runbooks come over whole: the alert is a signal, Meaning the cause, Diagnosis checks, Mitigation fixes (FIELD.md, D20)."""

import pytest

from kb.articles.parse import parse
from kb.cli import run
from kb.importers.markdown_read import extract
from kb.importers.runbook import section_of, with_runbook
from kb.importers.write import render

RUNBOOK = """---
title: Valve Pressure Low
---
# ValvePressureLow

## Meaning

The pressure of a valve is below its limit. A pump may be down.

## Impact

Taps run dry.

## Diagnosis

- Look at the pumps:

```shell
$ kubectl get pods -n water
NAME    READY   STATUS
pump-0  0/1     CrashLoopBackOff
```

Then restart the one that hangs:

```bash
kubectl delete pod $POD
```

## Mitigation

Start the pump.

```bash
kubectl rollout restart deployment/pump
```
"""


def front(text, name="ValvePressureLow"):
    article, _ = parse("x.md", text.encode())
    title = article.problem.title
    return with_runbook(extract(title, article.problem, article.body), name, title, article.body)


def test_a_runbook_comes_over_whole():
    made = front(RUNBOOK)
    (signal,) = made["signals"].values()
    assert signal["regex"] == r"\bValvePressureLow\b"
    assert made["symptoms"] == list(made["signals"])
    (cause,) = made["causes"]
    assert cause["title"] == "The pressure of a valve is below its limit"
    assert cause["evidence"] == [{"signal": made["symptoms"][0], "supports": "strong"}]
    assert cause["remediation"][0]["commands"] == {"bash": ["kubectl rollout restart deployment/pump"]}
    look, restart = made["checks"].values()
    assert (look["commands"], look["read_only"]) == ({"bash": ["kubectl get pods -n water"]}, True)
    assert look["title"] == "Look at the pumps"
    assert not restart["read_only"]


def test_what_is_written_is_an_article_without_faults():
    _, faults = parse("valve/article.md", render({"id": "valve", **front(RUNBOOK)}, RUNBOOK))
    assert [fault for fault in faults if fault.severity == "error"] == []


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Meaning", "meaning"),
        ("Overview", "meaning"),
        ("What does this alert mean?", "meaning"),
        ("Impact", "impact"),
        ("Diagnosis", "checks"),
        ("Investigation", "checks"),
        ("Troubleshooting steps", "checks"),
        ("Mitigation", "fixes"),
        ("Remediation", "fixes"),
        ("How to fix", "fixes"),
        ("Changelog", ""),
    ],
)
def test_sections_are_told_by_their_headings(heading, kind):
    assert section_of(heading) == kind


def test_an_alert_of_one_word_is_a_name_only_as_one():
    made = front(RUNBOOK.replace("ValvePressureLow", "Watchdog"), "Watchdog")
    (signal,) = made["signals"].values()
    assert signal["regex"].startswith(r"\b[Aa]lert")


def test_an_article_of_another_form_stays_as_it_is():
    text = (
        "# The valve fails\n\n## Symptoms\n\n> The valve did not open within its time\n\n## Resolution\n\nClean it.\n"
    )
    article, _ = parse("x.md", text.encode())
    plain = extract(article.problem.title, article.problem, article.body)
    assert with_runbook(plain, "x", article.problem.title, article.body) == plain


def test_an_import_says_what_can_be_found_by_nothing(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ValvePressureLow.md").write_text(RUNBOOK, encoding="utf-8")
    (tmp_path / "in" / "words.md").write_text("# Some words\n\nOf a sort.\n", encoding="utf-8")
    assert run(["import", "markdown", str(tmp_path / "in"), "--to", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    assert "1 with signals, 1 with causes, 1 with checks; 1 with nothing to be found by but their words: words" in told
