"""Finding the right article in noise: padded, wrapped, spread and localised texts, and products named by the way."""

import random

import pytest

from diagnose.pipeline import codes_in
from diagnose.retrieve.coverage import reach
from diagnose.retrieve.fulltext import STRETCH
from diagnose.retrieve.lookup import retrieve
from diagnose.retrieve.platform import platform_of
from diagnose.retrieve.products import context_of
from diagnose.scan.passages import Passage, TextLine
from diagnose.text.terms import bare_words, prose, stem, words

LOCK = """\
---
title: The ledger cannot be opened because its lock is stale
appliesto: [Redis]
---
# The ledger cannot be opened because its lock is stale

## Symptoms

> Opening ledger <name> failed: the stale lock of writer <id> was not released before its lease expired
"""
OTHER = """\
---
title: The importer rejects a batch
appliesto: [Kafka]
---
# The importer rejects a batch

## Symptoms

> Batch <id> was rejected: the schema registry returned an incompatible version
"""
LINE = "Opening ledger main7 failed: the stale lock of writer w-12 was not released before its lease expired"


@pytest.fixture
def store(base):
    return base(lock=LOCK, batch=OTHER)


def looked_up(store, lines):
    return retrieve([TextLine("-", number, line) for number, line in enumerate(lines, 1)], (), store)


def noise(count):
    chance = random.Random(3)
    words = "heartbeat worker finished compaction segment flushed replica elected session opened batch returned".split()
    return [f"12:00:{n:02} INFO {' '.join(chance.choices(words, k=7))} {chance.randrange(9999)}" for n in range(count)]


def test_a_message_is_covered_alone_and_in_sixty_lines_of_other_logs(store):
    alone = looked_up(store, [LINE]).covered[0]
    lines = noise(60)
    lines.insert(41, LINE)
    padded = next(c for c in looked_up(store, lines).covered if c.problem == "lock")
    assert alone.problem == "lock"
    assert padded.share == pytest.approx(alone.share)
    assert padded.place.line == 42


def test_a_message_that_a_console_wrapped_is_covered_as_well(store):
    width = 38
    wrapped = [LINE[start : start + width] for start in range(0, len(LINE), width)]
    assert looked_up(store, wrapped).covered[0].share > 0.8


def test_words_of_a_message_that_are_spread_over_a_log_do_not_cover_it(store):
    words = LINE.split()
    lines = []
    for left, right in zip(words, words[1:], strict=False):
        lines += [f"{left} {right}", *noise(reach(20))]
    shares = [covered.share for covered in looked_up(store, lines).covered if covered.problem == "lock"]
    assert max(shares, default=0.0) < 0.5


def test_the_best_stretch_is_the_same_in_noise(store):
    alone = looked_up(store, [LINE]).fulltext["lock"]
    padded = looked_up(store, [*noise(20 * STRETCH), LINE]).fulltext["lock"]
    assert padded.worth >= alone.worth * 0.9


@pytest.mark.parametrize(
    "text",
    [
        "dial tcp 10.0.0.7:6379: refused",
        "redis-cli says no",
        "at com.redisx.Client redis://h",
        "listening on port 6379",
    ],
)
def test_a_product_is_named_by_its_name_or_its_port(store, text):
    passage = Passage("-", 1, (text,), (text,))
    found = context_of([passage], store, ["lock", "batch"])
    assert found["lock"] > 0 > found["batch"]


def test_a_text_without_product_names_says_nothing_of_them(store):
    passage = Passage("-", 1, ("it failed",), ("it failed",))
    assert context_of([passage], store, ["lock", "batch"]) == {}


def test_forms_of_a_word_and_parts_of_a_name_meet():
    assert stem("saving") == stem("saved") == stem("save")
    assert stem("configuration") == stem("config")
    assert {stem("topic"), stem("authorization")} <= set(prose("TopicAuthorizationException"))
    assert set(prose("TOPIC_AUTHORIZATION_FAILED")) & set(prose("TopicAuthorizationException")) >= {stem("topic")}


def test_a_pattern_is_read_as_its_words_with_gaps():
    assert (
        bare_words(r"timed out for \w+ .* from (?:xds|eds)", " <*> ").split()
        == "timed out for <*> <*> from xds|eds".split()
    )


@pytest.mark.parametrize(
    ("line", "shared"), [("download failed: 0x80070002", True), ("download failed with error 2", False)]
)
def test_an_article_with_a_long_code_is_not_named_by_its_last_digit(base, line, shared):
    store = base(fetch="---\ntitle: Fetching stops\n---\n# Fetching stops\n\nThe log ends in 0x80070002.\n")
    passage = Passage("-", 1, (line,), (line,))
    codes = [(key, place) for key, place, _ in codes_in([passage])]
    found = retrieve([TextLine("-", 1, line)], codes, store)
    assert {n.term for n in found.named} <= {"code:win32:2"}
    assert bool(found.named) is shared


def test_a_hexadecimal_code_is_one_word_and_a_long_number_is_a_placeholder():
    assert words("error 0x800706BA, 0x80070005: id 12345678") == ["error", "0x800706ba", "0x80070005", "id", "<*>"]
    assert prose("code 0x80070005") == ["cod", "0x80070005"]


@pytest.mark.parametrize(
    ("system", "trace"),
    [
        *(("windows", t) for t in (r"PS C:\ ", r"at D:\x", "FullyQualifiedErrorId : X", "HRESULT", "Event ID 7", "EventID 7", "Win32", "HKLM", "0x80070005")),
        *(("linux", t) for t in ("systemd", "/var/log", "/etc/x", "/usr/bin", "kernel: x", "sudo x", "errno 2", "me@host:~")),
        *(("macos", t) for t in ("/Library/Logs", "Darwin", "com.apple.x", "launchd")),
    ],
)  # fmt: skip
def test_every_trace_of_a_system_tells_it(system, trace):
    assert platform_of([Passage("-", 1, (f"log {trace} end",), (f"log {trace} end",))]) == system
