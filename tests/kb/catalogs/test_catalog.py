"""Catalogues that were taken in answer for lines, and so does a diagnosis."""

import pytest

from kb.catalogs.catalog import opened
from kb.catalogs.take_in import take_in
from kb.folders import catalogs_file

PO = """
msgid ""
msgstr "Language: de\\nContent-Type: text/plain; charset=UTF-8\\n"

msgid "could not open file \\"%s\\": %m"
msgstr "konnte Datei »%s« nicht öffnen: %m"

msgid "No such file or directory"
msgstr "Datei oder Verzeichnis nicht gefunden"

msgid "File"
msgstr "Verzeichnis"

msgid "the pump of %s has stopped by itself"
msgstr "die Pumpe von %s steht von selbst still"

msgid "could not delete %s"
msgstr "kann %s nicht entfernen"

msgid "could not remove %s"
msgstr "kann %s nicht entfernen"
"""
ARTICLE = """---
id: pump
title: A pump stops
signals: {s: {contains: has stopped by itself}}
symptoms: [s]
causes: [{id: worn, title: It is worn}]
---
"""


@pytest.fixture
def catalog(tmp_path):
    (tmp_path / "de.po").write_text(PO, encoding="utf-8")
    take_in([tmp_path / "de.po"], tmp_path / "data")
    found = opened(tmp_path / "data")
    yield found
    found.close()


def english(catalog, line):
    return catalog.english([line]).get(line, ())


def test_a_message_and_the_message_in_it_are_read_in_english(catalog):
    line = "app[7]: konnte Datei »a.txt« nicht öffnen: Datei oder Verzeichnis nicht gefunden"
    assert english(catalog, line) == ('app[7]: could not open file "a.txt": No such file or directory',)


def test_a_short_message_is_none_inside_a_sentence(catalog):
    assert english(catalog, "das Verzeichnis der Straßen") == ()
    assert english(catalog, "Verzeichnis: /tmp") == ("File: /tmp",)


def test_all_messages_of_one_translation_are_told(catalog):
    assert set(english(catalog, "kann a.txt nicht entfernen")) == {"could not delete a.txt", "could not remove a.txt"}


def test_a_translated_line_fires_the_signal_of_the_english_one(catalog, base):
    from diagnose.pipeline import diagnose, paste

    store = base(pump=ARTICLE)
    text = "zeile\ndie Pumpe von nord7 steht von selbst still\n"
    assert diagnose(paste(text), store).verdict == "unknown"
    store.catalog = catalog
    found = diagnose(paste(text), store)
    assert found.articles[0].id == "pump"
    seen = found.causes[0].evidence[0]
    assert (seen.line, seen.quote) == (2, "die Pumpe von nord7 steht von selbst still")
    store.catalog = None


def test_a_damaged_or_foreign_file_is_no_catalogue(catalog, tmp_path):
    catalogs_file(tmp_path / "data").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    assert opened(tmp_path / "data") is None
    assert opened(tmp_path / "none") is None
