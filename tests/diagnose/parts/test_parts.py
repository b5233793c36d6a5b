"""Parts give, byte for byte, what their inputs together give: any grouping, any cut, any order, any number of merges."""

import zlib
from io import BytesIO

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from diagnose.errors import InputError
from diagnose.inputs.sources import Source, open_inputs
from diagnose.options import Options
from diagnose.parts import slim, wire
from diagnose.parts.hidden import hidden
from diagnose.parts.opened import opened, whole
from diagnose.parts.part import complete, merged
from diagnose.parts.slim import Room, slimmed
from diagnose.parts.wire import MAGIC, packed, unpacked
from diagnose.pipeline import diagnose
from diagnose.redact.redactor import Redactor
from diagnose.scan import intake, parts, reading
from diagnose.scan.intake import Setup, scan_all
from diagnose.scan.reading import read_of
from diagnose.text.sanitize import json_text
from kb.store.open import open_store

ARTICLE = """---
id: widget-lost
title: The widget is lost
signals:
  gone: {contains: [widget not found]}
  at: {regex: ['widget at (?P<node>[a-z]+[0-9]+)']}
symptoms: [gone, at]
params:
  node: {type: host}
causes:
  - {id: eaten, title: Somebody ate the widget, evidence: [{signal: at, supports: strong}]}
  - {id: hidden, title: It hides}
---
Text.
"""
LINES = [
    "all is well {n}",
    "error: widget not found",
    "10:0{n}:00 widget at node{n}",
    "fatal failure {n}",
    "",
    "x" * 90,
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    (folder / "widget-lost").mkdir()
    (folder / "widget-lost" / "article.md").write_text(ARTICLE, encoding="utf-8")
    with open_store([folder], None) as opened:
        yield opened


@pytest.fixture(autouse=True, scope="module")
def narrow():
    """Small bounds, so that short texts meet all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "RANGE", 700)
        patch.setattr(intake, "RANGED", 1)
        for module in (reading, slim):
            patch.setattr(module, "MOST_WHOLE", 900)
            patch.setattr(module, "MOST_LINES", 30)
        yield


def text_of(picks):
    return "".join(LINES[pick].format(n=n % 10) + "\n" for n, pick in enumerate(picks)).encode()


def sources(texts):
    for name, data in texts.items():
        for source in open_inputs(["-"], BytesIO(data)):
            yield replace(source, name=name)


def scanned(given, store, **setup):
    items, _ = scan_all(opened(given, store), store.lines, Setup(threads=1, **setup))
    return packed(slimmed(merged([items])), store)


def part(data, name="x.kbpart"):
    (source,) = open_inputs(["-"], BytesIO(data))
    return replace(source, name=name)


def answer(given, store):
    return json_text(diagnose(given, store, Options(setup=Setup(threads=1))), indent=1)


def difference(one, other):
    """The lines that differ, which says more than two long texts do."""
    both = zip(one.splitlines(), other.splitlines(), strict=False)
    return [pair for pair in both if pair[0] != pair[1]][:5] or ([] if one == other else ["longer"])


TEXT = st.lists(st.integers(0, len(LINES) - 1), max_size=30).map(text_of)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.lists(TEXT, min_size=1, max_size=6), st.data())
def test_any_grouping_order_and_merges_of_whole_inputs(store, texts, data):
    named = {f"logs/{n}.log": text for n, text in enumerate(texts)}
    expected = answer(sources(named), store)
    groups = {}
    for name in named:
        groups.setdefault(data.draw(st.integers(0, 2)), []).append(name)
    made = [scanned(sources({name: named[name] for name in group}), store) for group in groups.values()]
    made = data.draw(st.permutations(made))
    while len(made) > 1 and data.draw(st.booleans()):
        made = [scanned(map(part, made[:2]), store), *made[2:]]
    assert difference(answer(map(part, made), store), expected) == []


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=120), st.integers(1, 6), st.data())
def test_any_cut_of_one_log(store, tmp_path_factory, picks, count, data):
    path = tmp_path_factory.mktemp("log") / "app.log"
    path.write_bytes(text_of(picks))
    expected = answer(open_inputs([str(path)]), store)
    made = [scanned(open_inputs([str(path)]), store, piece=(k, count)) for k in range(1, count + 1)]
    made = data.draw(st.permutations([*made, data.draw(st.sampled_from(made))]))  # one of them twice, as by a retry
    while len(made) > 1 and data.draw(st.booleans()):
        made = [scanned(map(part, made[:2]), store), *made[2:]]
    assert difference(answer(map(part, made), store), expected) == []


def test_a_missing_piece_is_told_and_nothing_of_the_file_counts(store, tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(text_of([0, 1, 2, 3] * 60))
    made = [scanned(open_inputs([str(path)]), store, piece=(k, 3)) for k in (1, 3)]
    read = diagnose(map(part, made), store)
    assert read.verdict == "unknown"
    assert "pieces of it are missing: bytes 1400 to 2800 of" in read.skipped[0].reason


def test_pieces_that_were_cut_in_other_ways_are_refused(store, tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(text_of([0, 1] * 200))
    made = [scanned(open_inputs([str(path)]), store, piece=piece) for piece in ((1, 2), (1, 5))]
    (only,) = diagnose(map(part, made), store).skipped
    assert "two parts hold bytes" in only.reason


def test_what_cannot_be_cut_is_in_the_last_piece(store):
    data = text_of([0, 1, 2])
    made = [scanned(sources({"-": data}), store, piece=(k, 3)) for k in (2, 3, 1)]
    assert answer(map(part, made), store) == answer(sources({"-": data}), store)


def test_errors_travel_and_two_inputs_of_one_name_stay_two(store, tmp_path):
    gone = [str(tmp_path / "gone.log")]
    made = [scanned(sources({"a": text_of([1])}), store), scanned(sources({"a": text_of([2])}), store)]
    made.append(scanned(open_inputs(gone), store))
    one = diagnose(map(part, made), store)
    assert [item.name for item in one.inputs] == [gone[0], "a", "a"]
    assert one.skipped[0].reason == "no such file"
    assert one == diagnose(map(part, reversed(made)), store)


# --- refused ------------------------------------------------------------------------------------------------------


def refused(data, store):
    with pytest.raises(InputError) as caught:
        unpacked(data, "x.kbpart", store)
    return str(caught.value)


def test_a_damaged_part_is_refused_wherever_the_damage_is(store):
    data = scanned(sources({"a": text_of([0, 1, 2, 3])}), store)
    for at in range(0, len(data), 7):
        assert "damaged" in refused(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], store)
        assert "damaged" in refused(data[:at], store)


def test_a_part_of_another_version_or_other_articles_is_refused(store):
    data = scanned(sources({"a": text_of([1])}), store)
    assert "a part that kb 9 made" in refused(tampered(data, lambda file: replace(file, kb="9")), store)
    assert "made with other articles" in refused(tampered(data, lambda file: replace(file, base="0")), store)
    foreign = tampered(data, lambda file: replace(file, patterns=[("no such", True, ""), *file.patterns[1:]]))
    assert "damaged" in refused(foreign, store)


def tampered(data, change):
    body = data[len(MAGIC) + wire._DIGEST :]
    file = msgspec.msgpack.decode(zlib.decompress(body), type=wire._File)
    body = zlib.compress(msgspec.msgpack.encode(change(file)))
    return MAGIC + wire._digest(body) + body


@pytest.mark.parametrize(
    "change",
    [
        {"lines": -1},
        {"lines": 0},
        {"counts": [(99, 1)]},
        {"counts": [(1, 0)]},
        {"last": []},
        {"hits": [wire._Hit(1, 10**6, b"")]},
        {"windows": [wire._Window(1, (), True, 0, 0)]},
        {"windows": [wire._Window(1, (b"x",), True, 5, 0)]},
        {"parts": [(5, 1, [])]},
        {"whole": b"x" * (1 << 21)},
        {"opening": (b"",) * 100},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_forged_part_is_refused(store, change):
    data = scanned(sources({"a": text_of([0, 1, 2])}), store)

    def forge(file):
        item = file.items[0]
        return replace(file, items=[replace(item, scan=replace(item.scan, **change))])

    assert "damaged" in refused(tampered(data, forge), store)
    assert "damaged" in refused(
        tampered(data, lambda file: replace(file, items=[replace(file.items[0], scan=None)])), store
    )
    assert "damaged" in refused(
        tampered(data, lambda file: replace(file, items=[replace(file.items[0], piece=(5, 1))])), store
    )


def test_a_part_that_unpacks_to_too_much_is_refused(store, monkeypatch):
    data = scanned(sources({"a": text_of([0, 1, 2])}), store)
    monkeypatch.setattr(wire, "MOST", 50)
    assert "more than" in refused(data, store)
    assert "a part of more than" in diagnose([part(data)], store).skipped[0].reason
    with pytest.raises(InputError, match="make several parts"):
        scanned(sources({"a": text_of([0, 1, 2])}), store)


def test_lines_of_a_part_cannot_be_chosen_by_time(store):
    data = scanned(sources({"a": text_of([1])}), store)
    (only,) = opened([part(data)], store, dated=True)
    assert "--since to kb scan" in str(only)


# --- small and without secrets -------------------------------------------------------------------------------------


def test_room_keeps_what_could_fit_in_other_company():
    room = Room(10)
    assert [room.may_fit(size) for size in (9, 5, 3, 4, 2, 6, 1)] == [True, True, True, True, True, False, True]


def test_secrets_are_not_in_a_part_and_are_named_as_without_it(store):
    secret = "hunter2" + "Zq9"
    text = f"error: widget not found password={secret}\n".encode() + text_of([2])
    items, _ = scan_all(sources({"a": text, "b": text_of([3] * 40) + text}), store.lines, Setup(threads=1))
    apart = Redactor(apart=True)
    data = packed([hidden(item, apart) for item in items], store)
    assert secret.encode() not in zlib.decompress(data[len(MAGIC) + wire._DIGEST :])
    (again, _) = unpacked(data, "x", store)
    shown = Redactor().redact(again.scan.whole.decode())
    assert shown == Redactor().redact(text.decode())
    assert "[password-1]" in shown


def test_a_part_among_other_inputs_is_behind_them(store):
    data = scanned(sources({"a": text_of([1])}), store)
    plain = Source("z", "plain", b"", iter([b"one\n"]))
    read = read_of(whole(scan_all(opened([part(data), plain], store), store.lines)[0]))
    assert [item.name for item in read.inputs] == ["z", "a"]
    assert list(complete([])) == []
