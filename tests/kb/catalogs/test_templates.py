"""Texts with places: cut, found in lines, filled again."""

import pytest

from kb.catalogs.templates import Place, filled, find, folded, keys, pieces, weight, whole_keys


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('could not open file "%s": %m', ["1", "2"]),
        ("%2$s liegt in %1$s", ["2", "1"]),
        ("%5d of %-10.3lf bytes, %.*ls", ["1", "2", "3"]),
        ("The service %1 did not start. %2!s!", ["1", "2"]),
        ("%(name)s is {other} and {0:>3}", ["name", "other", "0"]),
        ("Process @COREDUMP_PID@ dumped core", ["COREDUMP_PID"]),
        ("100%% sure, 50% safe", []),
    ],
)
def test_places_are_those_of_every_language_of_formats(text, places):
    assert [part.name for part in pieces(text) if isinstance(part, Place)] == places


def translated(german, english, line):
    found = find(pieces(german), folded(line))
    return found and filled(pieces(english), found.values)


@pytest.mark.parametrize(
    ("german", "english", "line", "expected"),
    [
        ("Rolle »%s« existiert nicht", 'role "%s" does not exist', 'x: Rolle "bob" existiert nicht', 'role "bob" does not exist'),
        ("%2$s gibt es in %1$s", "%1$s has %2$s", "Tür gibt es in Haus", "Haus has Tür"),
        ("%s: Datei fehlt", "%s: file missing", "app: a.txt: Datei fehlt", "a.txt: file missing"),
        ("»%s« ist kein Ordner", '"%s" is no folder', 'in "a": "b" ist kein Ordner', '"b" is no folder'),
        ("kann nicht %s", "cannot %s", "unbekannt nicht x", None),
        ("Fehler beim Lesen", "read error", "Fehler beim Lesens", None),
        ("ファイル%sを削除できません", "cannot remove %s", "ファイルaを削除できません", "cannot remove a"),
    ],
)  # fmt: skip
def test_a_line_gives_its_values_to_the_english_text(german, english, line, expected):
    assert translated(german, english, line) == expected


def test_every_line_of_a_template_has_its_keys():
    made = pieces("konnte Datei%s nicht %söffnen, あ%sファイルを削除")
    line = 'konnte Datei"x" nicht wiederöffnen, あbファイルを削除'
    assert {"konnte", "nicht", "ファイ", "削除"} & whole_keys(made) == {"konnte", "nicht", "ファイ"}
    assert "datei" not in whole_keys(made)
    assert whole_keys(made) <= keys(folded(line))


def test_signs_of_scripts_that_need_few_weigh_more():
    assert weight(pieces("削除失敗")) >= 7 > weight(pieces("Datei: %s"))
