"""`kb export`: every line in which a promised pattern matches holds one of the texts, in every dialect's own words."""

import json
import re

import pytest
import yaml

from diagnose.scan.hits import SALIENT
from diagnose.scan.merging import scan_source
from diagnose.text.blocks import blocks
from diagnose.text.decode import to_utf8
from kb.cli import run
from kb.exporters.needles import Needles, Wanted, needles_of, required
from kb.exporters.queries import DIALECTS, made


@pytest.mark.parametrize(
    ("regex", "texts"),
    [
        ("widget not found", {("widget not found",)}),
        ("(?:alpha|beta[0-9]+) gone", {("alpha", "gone"), ("beta", "gone")}),
        ("(?:alpha|b)[0-9]", None),
        ("(?:alpha|b)[0-9] is gone", {("alpha", "is gone"), ("is gone",)}),
        ("[Ff]ailed: (?P<x>.*)", {("failed:",)}),
        ("(?:failure)?port", {("port",)}),
        ("(?:failure)+ of", {("failure", "of")}),
        ("can't open it", {("can", "t open it")}),
        ("naïve widget", {("na", "ve widget")}),
        (
            "(?:a1|b2|c3|d4|e5|f6|g7)(?:a1|b2|c3|d4|e5|f6|g7) happened",
            {(x, "happened") for x in "a1 b2 c3 d4 e5 f6 g7".split()},
        ),
        ("[0-9]{4}", None),
        ("(((", None),
    ],
)
def test_what_a_match_cannot_do_without(regex, texts):
    assert required(regex) == (frozenset(texts) if texts else None)


def test_a_text_that_holds_another_is_not_looked_for():
    found = needles_of([Wanted("disk full", ("a: b",)), Wanted("the disk full of", ("c: d",)), Wanted("x", ("e: f",))])
    assert found.texts == (("disk full",),)
    assert [pattern.owners for pattern, _ in found.left] == [("e: f",)]


def test_every_hit_on_the_samples_of_the_articles_is_fetched(shipped, root):
    """Of the patterns that are promised; those that are not are named."""
    found = needles_of(Wanted(regex, ()) for regex, _ in shipped.patterns())
    left = {pattern.regex for pattern, _ in found.left}
    assert len(left) < 0.05 * len(shipped.patterns())
    regexes = [re.compile(".*".join(map(re.escape, needle))) for needle in found.texts]
    hits = 0
    for path in sorted((root / "articles").glob("*/*/samples/symptom/*"))[::12]:
        scan = scan_source("x", blocks(to_utf8([path.read_bytes()], "utf-8")), shipped.lines)
        known = shipped.known({hit.number for hit in scan.hits})
        for hit in scan.hits:
            if hit.number != SALIENT and known[hit.number].regex not in left and hit.quote == hit.text:
                line = hit.text.decode("utf-8", "replace").lower()
                hits += 1
                assert any(re.search(regex, line) for regex in regexes), (known[hit.number].regex, line)
    assert hits > 20


ODD = (("it's a*b?",), ("c:\\temp\\(x)", "100%"), ('say "so"',), ("50% {of} $it", "."))


def escaped(text):
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)


def test_each_dialect_says_texts_in_its_own_quotes():
    needles = Needles(ODD, ())
    files = {name: made(name, needles, {"art-icle": needles})[DIALECTS[name].file] for name in DIALECTS}
    lines = [f"x {' and '.join(needle).upper()} y" for needle in ODD]
    assert files["ripgrep"].splitlines() == ["50% {of} $it", "c:\\temp\\(x)", "it's a*b?", 'say "so"']
    (query,) = files["loki"].splitlines()
    regex = json.loads(query.partition("|~ ")[2])
    assert all(re.search(regex, line) for line in lines)
    assert not re.search(regex, "it's aab 100% c:\\temp\\(x)")
    quoted = re.findall(r"'((?:[^'\\]|\\.)*)'", files["clickhouse"])
    assert [re.sub(r"\\(.)", r"\1", text) for text in quoted] == [
        f"(?i){'.*'.join(map(escaped, needle))}" for needle in ODD
    ]
    rule = yaml.safe_load(files["sigma"])
    assert rule["detection"]["keywords"] == [r"it's a\*b\?", r"c:\\temp\\(x)*100%", 'say "so"', "50% {of} $it*."]


def test_no_query_is_longer_than_a_loki_takes():
    needles = Needles(tuple((f'"needle" {n:04}', "with a second text") for n in range(400)), ())
    loki = made("loki", needles, {})[DIALECTS["loki"].file].splitlines()
    assert max(map(len, loki)) < 5120
    assert sum(query.count("with a second text") for query in loki) == 400
    rules = list(yaml.safe_load_all(made("sigma", needles, {"art": needles})[DIALECTS["sigma"].file]))
    words = [rule["detection"]["keywords"] for rule in rules]
    assert max(sum(map(len, own)) for own in words) < 3000
    assert sum(map(len, words)) == 400
    assert len({rule["id"] for rule in rules}) == len({rule["title"] for rule in rules}) == len(rules)


def test_the_command_writes_the_queries_and_what_they_promise(tmp_path, monkeypatch, capsys):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    place = tmp_path / "base" / "widget-lost"
    place.mkdir(parents=True)
    text = "---\nid: widget-lost\ntitle: Lost\nsignals:\n  gone: {contains: widget not found}\n  short: {regex: 'e[0-9]+x'}\n"
    text += "symptoms: [gone, short]\ncauses:\n  - {id: a, title: A}\n---\nText.\n"
    (place / "article.md").write_text(text, encoding="utf-8")
    call = ["export", "--kb", str(tmp_path / "base")]
    out = str(tmp_path / "out")
    assert run([*call, "ripgrep", "--to", out]) == 0
    assert "2 patterns as 1 texts, 1 not promised" in capsys.readouterr().out
    assert (tmp_path / "out" / "kb.ripgrep.txt").read_text(encoding="utf-8") == "widget not found\n"
    assert "widget-lost: short: `e[0-9]+x`" in (tmp_path / "out" / "kb.ripgrep.md").read_text(encoding="utf-8")
    for words, what in (
        (["ripgrep", "--to", out], "exists; name another folder"),
        (["sigma", "--articles", "no-such"], "no article has this id"),
    ):
        assert run([*call, *words]) == 2
        assert what in capsys.readouterr().err
