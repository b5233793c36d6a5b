"""The shipped articles as a collection: complete, reviewed, listed, and with commands that a shell can read."""

import importlib.util
import re
import subprocess
from datetime import date, timedelta

import pytest

from kb.authoring.linting.lint import lint, templates


@pytest.fixture(scope="module")
def articles(shipped):
    return [shipped.article(name) for name in shipped.ids()]


def test_every_article_says_its_status_and_when_it_was_and_is_to_be_reviewed(articles, root):
    for article in articles:
        lines = (root / article.path).read_text(encoding="utf-8").splitlines()
        assert f"status: {article.problem.status}" in lines, article.problem.id
        reviewed, due = (date.fromisoformat(text) for text in (article.header.reviewed, article.header.review_by))
        assert reviewed < due <= reviewed + timedelta(days=400), article.problem.id


def test_an_article_past_its_review_is_told_and_one_before_it_is_not(articles):
    article = articles[0]
    due = date.fromisoformat(article.header.review_by)
    assert lint([article], due) == []
    (fault,) = lint([article], due + timedelta(days=1))
    assert str(due) in fault.what
    assert fault.line > 1


def test_every_related_article_is_there(articles):
    names = {article.problem.id for article in articles}
    related = [link.id for article in articles for link in article.problem.related]
    assert len(related) > len(articles)
    assert set(related) <= names


def test_every_risky_step_says_how_to_undo_it_and_none_swallows_its_risk(articles):
    steps = [
        (f"{article.problem.id}/{cause.id}", step)
        for article in articles
        for cause in article.problem.causes
        for step in cause.remediation
    ]
    assert [where for where, step in steps if step.risk in ("medium", "high") and not step.undo] == []
    assert [where for where, step in steps if re.search(r", (?:risk|undo|verify): \w", step.text)] == []


def test_every_bash_command_parses(articles, needs_tool):
    bash = needs_tool("bash")
    lines = [line for article in articles for _, shell, line in templates(article.problem) if shell == "bash"]
    assert len(lines) > 50
    for line in lines:
        read = subprocess.run([bash, "-n", "-c", line], capture_output=True, text=True, check=False)
        assert read.returncode == 0, f"{line}: {read.stderr}"


def test_the_page_of_articles_is_made_from_them(shipped, root):
    spec = importlib.util.spec_from_file_location("make_articles", root / "benchmarks" / "make_articles.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    page = (root / "docs" / "articles.md").read_text(encoding="utf-8")
    assert page == made.page(shipped), "python benchmarks/make_articles.py > docs/articles.md"
    figures = page.split(" ship with")[0].splitlines()[-1]
    assert figures in (root / "README.md").read_text(encoding="utf-8"), f"README says otherwise than: {figures}"


LOGS = {
    "Arbitration_UPN": "exchange-setup-arbitration-mailbox/upn-taken",
    "DC_Site_1": "exchange-setup-domain-controller/dc-out-of-site",
    "Firewall_Endpoint": "exchange-setup-services/firewall-service-stopped",
    "InstallFromBin": "exchange-setup-script-error/started-from-bin",
    "MSI_1": "exchange-setup-installer-source/cached-package-missing",
    "MSI_3": "exchange-setup-installer-source/cached-package-missing",
    "Reboot_Pending": "exchange-setup-reboot-pending/windows-component",
    "Search_Foundation_Failure": "exchange-setup-search-foundation/nodes-do-not-start",
    "Service_Disabled": "exchange-setup-services/left-disabled",
    "Vdir_1": "exchange-setup-virtual-directory/directory-object-missing",
}


@pytest.mark.shared
@pytest.mark.parametrize("name", LOGS)
def test_a_setup_log_leads_to_its_article_and_cause_whole_and_by_its_end(shared, diagnosed, name):
    log = (shared / "data" / "exchange-setup" / f"ExchangeSetup_{name}.log").read_bytes()
    for text in (log, b"\n".join(log.splitlines()[-60:])):
        diagnosis = diagnosed(text)
        assert diagnosis.causes[0].id == LOGS[name]
        assert diagnosis.verdict in ("likely", "confirmed")
