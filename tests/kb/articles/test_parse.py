"""Article files to articles: every fault with its place and the way out, and nothing that raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.articles.ids import identifier
from kb.articles.parse import parse
from kb.documents.yaml_subset import load_yaml

GOOD = """---
id: good-one
title: Something fails
params: {port: {type: port, default: 9001}}
signals:
  failed: {contains: the frobnicator could not be started}
  either: {any: [failed, {regex: 'frob(?P<port>[0-9]+) is down'}]}
symptoms: [failed]
causes:
  - id: off
    title: It is off
    likelihood: common
    evidence: [{signal: either, supports: strong}, {check: on.no, supports: decisive}]
    remediation: [{kind: fix, text: Switch it on., verify: on.yes}]
checks:
  on:
    title: Is it on at ${port}?
    commands: {bash: 'nc -vz localhost ${port}'}
    outcomes: {yes: {contains: open}, no: {contains: closed}}
---
# Body
"""


def faults(text, path="x/good-one/article.md"):
    return [str(fault) for fault in parse(path, text.encode())[1]]


def test_a_good_article_is_read_whole():
    article, found = parse("x/good-one/article.md", GOOD.encode())
    assert found == ()
    problem = article.problem
    assert problem.params["port"].default == "9001"
    assert problem.signals["either"].any == ("failed", "either.2")
    assert problem.signals["either.2"].regex == ("frob(?P<port>[0-9]+) is down",)
    assert problem.checks["on"].commands["bash"] == ("nc -vz localhost ${port}",)
    assert list(problem.checks["on"].outcomes) == ["yes", "no"]


FAULTS = [
    (
        "params: {port: {type: port, default: 9001}}",
        "params: {port: {type: port, default: 9001}, fe.host: {type: host}}",
        "'fe.host' is no name; a parameter stands in commands as ${name}",
    ),
    ("params: {port: {type: port, default: 9001}}", "params: {port: {type: port}, 2nd: {type: port}}", ":4:"),
    ("title: Something", "titel: Something", ":3:1: unknown field 'titel'; did you mean 'title'?"),
    ("title: Something", "zzz: 1\ntitle: Something", "unknown field 'zzz'; the fields are applies_to, author, "),
    ("{type: port, default: 9001}", "{type: port, ask: one, and no more, default: 9001}", "put a text with a comma between quotes; "),
    ("type: port", "type: prt", "did you mean 'port'?"),
    ("symptoms: [failed]", "symptoms: [faild]", ":8:12: unknown signal 'faild'; did you mean 'failed'?"),
    ("check: on.no", "check: on.noo", "unknown outcome 'on.noo'; did you mean 'on.no'?"),
    ("likelihood: common", "likelihood: comon", ":12:17: 'comon' is not one of rare, uncommon, common, very-common; did you mean 'common'?"),
    ("likelihood: common", "likelihood: often", ":12:17: 'often' is not one of rare, uncommon, common, very-common"),
    ("supports: strong", "supports: sure", "'sure' is not one of decisive, strong, moderate, weak; or a number greater than 1"),
    ("supports: decisive", "refutes: decisiv", "did you mean 'decisive'?"),
    ("kind: fix", "kind: repair", "'repair' is not one of workaround, fix, mitigation, rollback, recovery"),
    ("commands: {bash", "commands: {bsh", "'bsh' is not one of powershell, cmd, bash; did you mean 'bash'?"),
    ("commands: {bash", "cost: {privilege: root}\n    commands: {bash", "'root' is not one of user, admin"),
    ("commands: {bash", "parser: getservice\n    commands: {bash", ":18:13: unknown parser 'getservice'; did you mean 'get-service'?"),
    ("commands: {bash", "parser: mine\n    commands: {bash", "the parsers are test-netconnection, "),
    ("title: Something fails", "title: Something fails\nstatus: ready", "'ready' is not one of draft, test, stable, deprecated"),
    ("title: Something fails", "title: Something fails\nseverity: bad", "'bad' is not one of low, medium, high, critical"),
    ("title: Something fails", "title: Something fails\nrelated: [{id: x, type: leadsto}]", "did you mean 'leads_to'?"),
    ("at ${port}", "at ${prt}", "unknown parameter 'prt'; did you mean 'port'?"),
    ("[0-9]+) is", "[0-9) is", ":7:"),
    ("frob(?P<port>[0-9]+) is down", "frob(?=x)", "look-ahead"),
    ("frob(?P<port>[0-9]+) is down", "(frob+)+", "repeats a repeat"),
    ("frob(?P<port>[0-9]+) is down", ".*", "matches the empty text"),
    ("supports: decisive", "supports: 0.5", "greater than 1"),
    ("id: good-one", "id: ../etc/passwd", "is no id"),
    ("id: good-one", "id: con", "is no id"),
    ("title: Something fails", "title: &a Something", "an anchor or alias"),
    ("title: Something fails", "title: !!python/object/apply:os.system [x]", "the tag"),
    ("title: Something fails", "title: a\ntitle: b", "stands twice"),
    ("title: Something fails", "title: 'open", "not YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), FAULTS, ids=[new[:30] for _, new, _ in FAULTS])
def test_each_fault_is_told_with_its_place_and_the_way_out(old, new, told):
    assert old in GOOD
    found = faults(GOOD.replace(old, new, 1))
    assert any(told in fault for fault in found), found
    assert all(fault.startswith("x/good-one/article.md:") for fault in found)


def test_what_refers_to_a_faulty_part_is_not_blamed_for_it():
    assert len(faults(GOOD.replace("commands: {bash", "commands: {bsh"))) == 1
    assert len(faults(GOOD.replace("type: port", "type: number"))) == 1


@pytest.mark.parametrize("text", ["", " \n\n", "---\ntitle: Only a title\n---\n \n"])
def test_a_file_without_text_is_no_article(text):
    for path in ("x/good-one/article.md", "x/good-one.md"):
        article, (fault,) = parse(path, text.encode())
        assert article is None
        assert fault.what == "is empty"


def test_an_article_with_an_id_in_its_front_matter_wants_the_required_fields_unless_it_is_a_draft():
    text = "---\nid: good-one\ntitle: It fails\n---\n# It fails\n"
    assert [fault.split("'")[1] for fault in faults(text)] == ["causes", "signals", "symptoms"]
    assert faults(text.replace("title:", "status: draft\ntitle:")) == []
    assert faults(text, "docs/getting-started.md") == []  # an id for somebody else's site


def test_several_faults_are_told_at_once():
    text = (
        GOOD.replace("type: port", "type: prt")
        .replace("symptoms: [failed]", "symptoms: [faild]")
        .replace("frob(?P", "(frob(?P")
    )
    assert len(faults(text)) >= 3


@given(st.text(max_size=300), st.integers(0, len(GOOD)))
def test_no_text_makes_the_parser_raise(noise, at):
    parse("x/good-one/article.md", (GOOD[:at] + noise + GOOD[at:]).encode("utf-8", "surrogatepass"))
    load_yaml(noise)


def test_plain_markdown_is_an_article_named_by_its_file():
    article, found = parse("base/Some Error.md", b"# It fails\n\n> The frobnicator is broken\n")
    assert found == ()
    assert (article.problem.id, article.problem.title, article.declared) == ("some-error", "It fails", False)


def test_foreign_front_matter_gives_title_and_products():
    text = b"<!-- source -->\n---\ntitle: Cannot mount\nms.date: 01/24/2024\nappliesto:\n  - Exchange Server 2016\n---\n# H\n"
    article, _ = parse("base/x.md", text)
    assert article.problem.title == "Cannot mount"
    assert article.problem.applies_to[0].product == "Exchange Server 2016"


@pytest.mark.parametrize("name", ["../../x", "CON", "a%2f..", "ä" * 200, "..", "x\x00y"])
def test_any_name_becomes_a_safe_id(name):
    import re

    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,127}", identifier(name))
    assert identifier(name) == identifier(name)


def numbers(value):
    """What an editor makes of plain scalars that are numbers or truth values; dates stay as written."""
    if isinstance(value, dict):
        return {key: numbers(part) for key, part in value.items()}
    if isinstance(value, list):
        return [numbers(part) for part in value]
    return {"true": True, "false": False, "null": None}.get(value, float(value) if value.isdigit() else value)


def test_the_schema_accepts_the_shipped_articles_and_refuses_faults(root):
    import jsonschema
    import yaml

    from kb.articles.json_schema import schema

    validator = jsonschema.Draft202012Validator(schema())
    for path in (root / "articles").glob("*/*/article.md"):
        front = yaml.load(path.read_text(encoding="utf-8").split("---\n")[1], Loader=yaml.BaseLoader)
        found = list(validator.iter_errors(numbers(front)))
        assert not found, (path, found[0].message)
    assert list(validator.iter_errors({"id": "x", "title": "t", "signls": {}}))
    assert list(validator.iter_errors({"id": "../x", "title": "t"}))


def test_the_page_of_the_format_names_every_parser_and_every_allowed_word(root):
    from typing import get_args

    from diagnose.model import Likelihood, Param, Problem, Shell, Strength
    from diagnose.outputs import OUTPUTS
    from kb.documents.convert import types_of

    page = (root / "docs" / "article-format.md").read_text(encoding="utf-8")
    assert [name for name in OUTPUTS if f"`{name}`" not in page] == []
    kinds = (Likelihood, Strength, Shell, types_of(Param)["type"], types_of(Problem)["status"])
    assert [word for kind in kinds for word in get_args(kind) if word not in page] == []


CONDITIONS = """---
id: good-one
title: Something fails
signals:
  low: {regex: 'tank (?P<tank>.) is low'}
  dry:
    sequence: [low, {contains: pump stalled, count: 3, window: 1m}]
    window: 5m
    not: [{signal: {contains: shutting down}, slide: -5s, anchor: 1}, low]
  often: {contains: empty again, count: 2, window: 90s, by: [tank]}
symptoms: [dry]
causes: [{id: off, title: It is off}]
---
"""


def test_conditions_are_read_with_their_members_in_place():
    article, found = parse("x/good-one/article.md", CONDITIONS.replace(", by: [tank]", "").encode())
    assert [str(fault) for fault in found if fault.severity == "error"] == []
    signals = article.problem.signals
    assert signals["dry"].sequence == ("low", "dry.2")
    assert (signals["dry.2"].set, signals["dry.2"].count, signals["dry.2"].window) == (("dry.2.1",), 3, "1m")
    assert signals["dry.2.1"].contains == ("pump stalled",)
    assert [(veto.signal, veto.slide, veto.anchor) for veto in signals["dry"].not_] == [
        ("dry.not1", "-5s", 1),
        ("low", "", 0),
    ]
    assert signals["often"].set == ("often.1",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("window: 5m", "window: soon", ":8:13: 'soon' is no duration; write it as 500ms, 30s, 5m, 1h30m"),
        ("window: 5m", "window: -5m", ":8:13: '-5m' is no duration"),
        ("slide: -5s", "slide: x", ":9:54: 'x' is no duration"),
        ("anchor: 1", "anchor: 2", "there is no member 2; use 0 to 1"),
        ("shutting down}, sl", "shutting down}, sil: 1, sl", "unknown field"),
        ("-5s, anchor: 1}, low]", "-5s}, lo]", "unknown signal 'lo'; did you mean 'low'?"),
        ("[low, {contains: pump", "[lo, {contains: pump", ":7:16: unknown signal 'lo'; did you mean 'low'?"),
        ("count: 2", "count: 0", ": a count of 0; use 1 to 1000"),
        ("by: [tank]", "by: [tonk]", "no member captures 'tonk'"),
        ("{contains: empty again, c", "{set: [low, dry], c", "count repeats a single signal"),
        ("{contains: empty again, c", "{set: [low, low], c", "stands twice in a set"),
        ("sequence: [low, {contains: pump stalled, count: 3, window: 1m}]", "sequence: [low]", "a sequence of one"),
        ("sequence: [low,", "sequence: [dry,", "'dry' is defined by itself"),
    ],
)
def test_a_faulty_condition_is_told_with_its_place(old, new, told):
    assert any(told in fault for fault in faults(CONDITIONS.replace(old, new)))


@pytest.mark.parametrize("pattern", [r"state \(?(?:lost|gone)\)?", r"a\++ b", r"open\(?P=1", r"x\}+ y"])
def test_an_escaped_sign_begins_no_construct(pattern):
    from diagnose.scan.pattern_check import faults

    assert not faults(pattern)


@pytest.mark.parametrize("pattern", [r"\\(?=x)a", r"a(?(1)b|c)", r"a++b", r"x{2}+y"])
def test_what_is_refused_stays_refused_behind_an_escape(pattern):
    from diagnose.scan.pattern_check import faults

    assert faults(pattern)
