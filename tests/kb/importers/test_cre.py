"""`kb import cre`: rules of our own writing, then the real collection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from diagnose.errors import KbError
from kb.articles.parse import parse
from kb.authoring.firing import fires
from kb.cli import run as kb
from kb.importers import Left, Made, reader
from kb.importers.cre_rule import Unusable, conditions
from kb.importers.jq import tests as jq_tests
from kb.importers.write import ImportReport, write
from kb.store.store import Store

CRE = """\
rules:
  - cre:
      id: CRE-2031-0001
      severity: 0
      title: The frobnicator runs dry
      category: frob-problem
      author: Somebody
      description: |
        The frobnicator has no more frobs.

        Then it stops.
      cause: |
        - The tank leaks; look at the floor.
        - Nobody filled it
          this week.
      impact: Nothing is frobbed. ${NOW}
      mitigation: |
        - Fill the tank
      references: [https://example.com/frob, see the wiki]
      tags: [frob, tank, frob]
      applications:
        - {name: frobd, version: 2.x}
    metadata: {id: abc, gen: 1}
    rule:
RULE
"""
RULE = """\
sequence:
  window: 30s
  event: {source: cre.log.frob}
  order:
    - value: tank is low
    - regex: (?i)pump \\d+ stalled.*
      count: 2
  negate:
    - value: shutting down
      anchor: 1
      slide: -5s
      window: 10s
      absolute: true
"""


def rule_file(folder: Path, rule: str = RULE, text: str = CRE, log: str = "", **changes: str) -> Path:
    indented = "\n".join(f"      {line}" for line in dedent(rule).strip().split("\n"))
    text = text.replace("RULE", indented)
    for old, new in changes.items():
        text = text.replace(old.replace("_", "-"), new)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rule.yaml").write_text(text, encoding="utf-8")
    if log:
        (folder / "test.log").write_text(log, encoding="utf-8")
    return folder


def imported(path: Path, to: Path) -> ImportReport:
    return write(reader("cre")(path), to, "cre")


def made(path: Path) -> Made:
    return next(item for item in reader("cre")(path) if isinstance(item, Made))


def left(path: Path) -> list[str]:
    return [str(item) for item in reader("cre")(path) if isinstance(item, Left)]


def signals(rule: dict[str, Any], terms: dict[str, Any] | None = None) -> dict[str, Any]:
    return conditions(rule, terms or {}).signals


def test_everything_that_a_rule_says_is_in_its_article(tmp_path: Path) -> None:
    rule_file(tmp_path / "rules" / "x", log="tank is low\n")
    (tmp_path / "rules" / "LICENSE").write_text("   Apache License\n   Version 2.0, January 2004\n", encoding="utf-8")
    report = imported(tmp_path / "rules", tmp_path / "base")
    assert (report.written, report.left) == (("cre-2031-0001",), ())
    path = tmp_path / "base" / "cre-2031-0001" / "article.md"
    article, faults = parse(str(path), path.read_bytes())
    assert article is not None
    assert not faults
    problem = article.problem
    assert (problem.id, problem.severity, problem.status) == ("cre-2031-0001", "critical", "test")
    assert problem.summary == "The frobnicator has no more frobs."
    assert [(p.product, p.versions) for p in problem.applies_to] == [("frobd", "2.x")]
    assert [c.title for c in problem.causes] == ["The tank leaks", "Nobody filled it this week"]
    assert [c.impact for c in problem.causes] == ["Nothing is frobbed. $NOW"] * 2
    assert problem.causes[0].remediation[0].text == "- Fill the tank"
    assert [r.url for r in problem.references] == ["https://example.com/frob"]
    assert "see the wiki" in article.body
    assert problem.tags == ("frob", "tank")
    origin = article.header.origin
    assert (origin.format, origin.id, origin.license) == ("cre", "CRE-2031-0001", "Apache-2.0")
    assert (path.parent / "samples" / "symptom" / "test.txt").read_text(encoding="utf-8") == "tank is low\n"


def test_the_conditions_of_a_rule_are_kept_to_the_letter(tmp_path: Path) -> None:
    front = made(rule_file(tmp_path)).front
    assert front["signals"] == {
        "rule": {
            # The engine's anchors count repeats, so that they are written out.
            "sequence": ["tank-is-low", "pump-stalled", "pump-stalled"],
            "window": "30s",
            "not": [
                {"signal": "shutting-down", "window": "10s", "slide": "-5s", "anchor": 1, "absolute": True},
            ],
            "sources": ["cre.log.frob"],
        },
        "tank-is-low": {"contains": "tank is low", "case": True},
        "pump-stalled": {"regex": r"pump \d+ stalled"},
        "shutting-down": {"contains": "shutting down", "case": True},
    }
    assert front["symptoms"] == ["rule", "tank-is-low", "pump-stalled"]


def test_a_count_repeats_a_term() -> None:
    many = signals({"sequence": {"window": "60s", "order": [{"value": "boom", "count": 20}]}})
    assert many["rule"] == {"set": ["boom"], "count": 20, "window": "60s"}
    mixed = signals({"set": {"window": "1m", "match": ["one", {"value": "boom", "count": 3}]}})
    assert mixed["rule"] == {"set": ["one", {"set": ["boom"], "count": 3, "window": "1m"}], "window": "1m"}


def test_a_single_term_is_the_rule_itself() -> None:
    found = conditions({"set": {"match": [{"value": "boom"}]}}, {})
    assert (found.whole, found.symptoms) == ("boom", ["boom"])


def test_a_veto_without_a_window_covers_the_moment_of_the_match() -> None:
    found = signals({"set": {"match": ["boom"], "negate": ["stop"]}})
    assert found["rule"] == {"set": ["boom"], "window": "0s", "not": [{"signal": "stop"}]}


def test_of_a_set_and_a_sequence_the_sequence_counts() -> None:
    both = {"set": {"match": ["x x"]}, "sequence": {"window": "5s", "order": ["one", "two"]}}
    assert signals(both)["rule"] == {"sequence": ["one", "two"], "window": "5s"}


def test_named_terms_are_looked_up() -> None:
    terms = {"late": {"field": "message", "regex": "la+te", "count": 2}}
    found = signals({"sequence": {"window": "9s", "order": ["late", "never"]}}, terms)
    assert found["rule"]["sequence"] == [{"set": ["la-te"], "count": 2, "window": "9s"}, "never"]


def test_conditions_may_be_nested_and_joined() -> None:
    inner = {"sequence": {"window": "5s", "order": [{"regex": "up (?P<pod>\\w+)"}, "down"]}}
    found = conditions({"set": {"window": "1m", "correlations": ["pod", "hostname"], "match": [inner, "over"]}}, {})
    assert found.signals["rule"] == {"set": ["sequence", "over"], "window": "1m", "by": ["pod"]}
    assert found.signals["sequence"] == {"sequence": ["up-p-pod", "down"], "window": "5s"}
    assert found.left == ("correlation 'hostname': no pattern captures it",)


def test_terms_that_hold_themselves_end(tmp_path: Path) -> None:
    terms = {"a": {"set": {"match": ["a"]}}}
    with pytest.raises(Unusable, match="nested"):
        conditions({"set": {"match": ["a"]}}, terms)


@pytest.mark.parametrize(
    ("query", "patterns", "rest"),
    [
        ('.kind == "Pod"', [r'"kind"\s*:\s*"Pod"'], 0),
        (".a.b != null and (.c == 5)", [r'"b"\s*:\s*[^\snf]', r'"c"\s*:\s*5\b'], 0),
        ('.kind == "Pod" and (.x // 0) != 0', [r'"kind"\s*:\s*"Pod"'], 1),
        ('.kind == "Pod" or .a', [], 1),
        ('.m == "a and b"', [r'"m"\s*:\s*"a\ and\ b"'], 0),
    ],
)
def test_simple_tests_of_fields_become_patterns(query: str, patterns: list[str], rest: int) -> None:
    found, others = jq_tests(query)
    assert (found, len(others)) == (patterns, rest)


def test_a_placeholder_makes_a_draft(tmp_path: Path) -> None:
    text = CRE.replace(
        "- The tank leaks; look at the floor.\n        - Nobody filled it\n          this week.", "See references."
    )
    text = text.replace("- Fill the tank", "Follow upstream guidance; validate in your environment.")
    front = made(rule_file(tmp_path, text=text)).front
    assert (front["status"], "causes" in front) == ("draft", False)


def test_a_pattern_that_is_not_linear_is_named_and_the_rest_kept(tmp_path: Path) -> None:
    path = rule_file(
        tmp_path, "set:\n  window: 5s\n  match:\n    - regex: (?=x)y\n    - value: boom\n    - value: bang"
    )
    assert set(made(path).front["signals"]) == {"rule", "boom", "bang"}
    assert ["look-ahead" in what for what in left(path)] == [True]


def test_a_rule_of_which_nothing_is_left_is_listed(tmp_path: Path) -> None:
    report = imported(rule_file(tmp_path / "r", "set:\n  match:\n    - regex: (?=x)y"), tmp_path / "base")
    assert (report.written, len(report.left)) == ((), 1)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("rules: [", "not YAML"),
        ("rules:\n  - &a {cre: *a}", "anchor"),
        ("rules: [{cre: {id: CRE-1}}]", "'cre'"),
        ("rules: [7]", "'cre'"),
        ("rules: [{cre: {id: ../../x, title: t}, rule: {set: {match: [boom]}}}]", "no id"),
        ("rules: [{cre: {id: X-1, title: t}, rule: {}}]", "'set' or 'sequence'"),
        ("rules: [{cre: {id: X-1, title: t}, rule: {set: {match: [{value: b, count: many}]}}}]", "count"),
        ("rules: [{cre: {id: X-1, title: t}, rule: {set: {window: soon, match: [a b, c d]}}}]", "duration"),
    ],
)
def test_what_is_broken_is_listed_with_its_file(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    rule_file(tmp_path / "good")
    report = imported(tmp_path, tmp_path / "base")
    assert report.written == ("cre-2031-0001",)
    assert [what in str(item) and "bad.yaml" in item.where for item in report.left] == [True]


def test_unknown_fields_and_keys_that_stand_twice_are_told(tmp_path: Path) -> None:
    path = rule_file(
        tmp_path, text=CRE.replace("      severity: 0\n", "      severity: 0\n      severity: 1\n      mood: bad\n")
    )
    assert made(path).front["severity"] == "critical"
    told = left(path)
    assert any("stands twice" in what for what in told)
    assert any("unknown field 'mood'" in what for what in told)


def test_an_id_that_stands_twice_is_imported_once(tmp_path: Path) -> None:
    rule_file(tmp_path / "rules" / "a")
    rule_file(tmp_path / "rules" / "b")
    report = imported(tmp_path / "rules", tmp_path / "base")
    assert (report.written, len(report.left)) == (("cre-2031-0001",), 1)
    assert "is taken by" in report.left[0].what


@pytest.mark.parametrize("name", ["nothing", "missing"])
def test_a_path_without_anything_to_import_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(KbError):
        imported(tmp_path / name, tmp_path / "base")
    assert kb(["import", "cre", str(tmp_path / name), "--to", str(tmp_path / "base")]) == 2


def test_a_second_import_writes_only_what_changed(tmp_path: Path) -> None:
    rule_file(tmp_path / "rules" / "a", log="tank is low\n")
    rule_file(tmp_path / "rules" / "b", log="x\n", CRE_2031_0001="CRE-2031-0002")
    base = tmp_path / "base"
    imported(tmp_path / "rules", base)
    own = base / "cre-2031-0001" / "notes.txt"
    own.write_text("mine", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in base.rglob("*.*") if path.is_file()}
    rule_file(tmp_path / "rules" / "b", CRE_2031_0001="CRE-2031-0002", **{"runs dry": "is empty"})
    report = imported(tmp_path / "rules", base)
    assert (report.written, report.unchanged) == (("cre-2031-0002",), ("cre-2031-0001",))
    changed = {path.relative_to(base).as_posix() for path in before if path.stat().st_mtime_ns != before[path]}
    assert changed == {"cre-2031-0002/article.md"}
    assert own.read_text(encoding="utf-8") == "mine"


def test_an_article_of_another_hand_is_not_written_over(tmp_path: Path) -> None:
    own = tmp_path / "base" / "cre-2031-0001" / "article.md"
    own.parent.mkdir(parents=True)
    own.write_text("# Mine\n", encoding="utf-8")
    report = imported(rule_file(tmp_path / "rules"), tmp_path / "base")
    assert (report.written, "left as it is" in report.left[0].what) == ((), True)
    assert own.read_text(encoding="utf-8") == "# Mine\n"


def at(second: int, text: str) -> str:
    return f"2026-03-01T10:00:{second:02}Z {text}\n"


@pytest.mark.parametrize(
    ("log", "fired"),
    [
        (at(1, "tank is low") + at(9, "pump 1 stalled") + at(12, "Pump 2 stalled"), True),
        (at(1, "tank is low") + at(9, "pump 1 stalled"), False),
        (at(1, "tank is low") + at(9, "pump 1 stalled") + at(32, "pump 2 stalled"), False),
        (at(9, "pump 1 stalled") + at(12, "pump 2 stalled") + at(14, "tank is low"), False),
        (at(1, "tank is low") + at(5, "shutting down") + at(9, "pump 1 stalled") + at(12, "pump 2 stalled"), False),
        (at(1, "tank is low") + at(2, "shutting down") + at(9, "pump 1 stalled") + at(12, "pump 2 stalled"), True),
    ],
)
def test_an_imported_rule_fires_as_its_engine_would(
    tmp_path: Path, opened_store: Callable[..., Store], log: str, fired: bool
) -> None:
    imported(rule_file(tmp_path / "rules"), tmp_path / "base")
    store = opened_store((tmp_path / "base",), tmp_path / "cache")
    assert fires(store, log.encode()) == (frozenset({"cre-2031-0001"}) if fired else frozenset())


def test_single_terms_still_bring_the_article_up_and_a_veto_takes_them_along(
    tmp_path: Path, opened_store: Callable[..., Store]
) -> None:
    from diagnose.match.evidence import match
    from diagnose.scan.merging import scan_source
    from diagnose.text.blocks import blocks

    imported(rule_file(tmp_path / "rules"), tmp_path / "base")
    store = opened_store((tmp_path / "base",), tmp_path / "cache")

    def seen(log: str) -> set[str]:
        return {e.seen for e in match([scan_source("-", blocks([log.encode()]), store.lines)], store).evidence}

    assert seen(at(1, "tank is low")) == {"tank-is-low"}
    stopped = at(1, "tank is low") + at(9, "shutting down") + at(9, "pump 1 stalled") + at(12, "pump 2 stalled")
    assert seen(stopped) == {"shutting-down"}


def test_kb_test_tells_who_fires_on_whose_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule_file(tmp_path / "rules" / "a", "set:\n  match: [tank is low]", log=at(1, "tank is low"))
    rule_file(tmp_path / "rules" / "b", "set:\n  match: [is low]", log="quiet\n", CRE_2031_0001="CRE-2031-0002")
    assert kb(["import", "cre", str(tmp_path / "rules"), "--to", str(tmp_path / "base")]) == 0
    assert kb(["test", "--fires", "--kb", str(tmp_path / "base")]) == 1
    told = capsys.readouterr().out
    assert "cre-2031-0001 fires; also cre-2031-0002" in told
    assert "cre-2031-0002 does not fire" in told
    assert "1 of 2 samples fire their own article" in told


@pytest.mark.shared
def test_every_rule_of_the_collection_fires_on_its_own_log(
    tmp_path: Path, opened_store: Callable[..., Store], shared: Path
) -> None:
    report = imported(shared / "data" / "cre", tmp_path / "base")
    assert report.written
    assert not [item for item in report.left if not item.part]
    store = opened_store((tmp_path / "base",), tmp_path / "cache")
    assert not [fault for fault in store.faults() if fault.severity == "error"]
    folders = [tmp_path / "base" / name / "samples" for name in report.written]
    silent = [f for f in folders if f.parent.name not in fires(store, (f / "symptom" / "test.txt").read_bytes())]
    assert silent == []
    other = [f for f in folders for path in f.glob("other/*.txt") if f.parent.name in fires(store, path.read_bytes())]
    assert other == []
    again = imported(shared / "data" / "cre", tmp_path / "base")
    assert (again.written, sorted(again.unchanged)) == ((), sorted(report.written))
