"""Message tables of Windows: those in mui/ were made of messages of our own with windmc, windres and ld of binutils 2.40."""

import builtins
import shutil
import struct
from pathlib import Path

import pytest

from kb.catalogs.catalog import opened
from kb.catalogs.message_tables import NotAMessageTableError, _messages
from kb.catalogs.readers import Left, read_catalog
from kb.catalogs.take_in import take_in

MUI = Path(__file__).parent / "mui"


def test_messages_are_matched_by_their_numbers_with_the_english_file_beside():
    found = read_catalog(MUI / "de-DE" / "pump.dll.mui")
    assert found.language == "de-DE"
    assert found.messages == [
        ("The pump %1 was not found.", "Die Pumpe %1 wurde nicht gefunden."),
        ("There is not enough water in the tank.\nFill it.", "Es ist zu wenig Wasser im Tank.\nEr ist zu fuellen."),
    ]
    assert read_catalog(MUI / "en-US" / "pump.dll.mui").messages == []


def test_a_line_with_a_translation_is_read_in_english(tmp_path):
    assert take_in([MUI], tmp_path).messages == 3  # the lines of a message are entries of their own
    catalog = opened(tmp_path)
    line = "pumpctl: Die Pumpe nord7 wurde nicht gefunden."
    assert catalog.english([line])[line] == ("pumpctl: The pump nord7 was not found.",)
    catalog.close()


def test_without_the_english_file_or_the_extra_the_reason_is_told(tmp_path, monkeypatch):
    alone = tmp_path / "de-DE" / "pump.dll.mui"
    alone.parent.mkdir()
    shutil.copy(MUI / "de-DE" / "pump.dll.mui", alone)
    assert "en-US" in read_catalog(alone).why
    real = builtins.__import__

    def without(name, *rest):
        if name == "pefile":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "kb-diagnose[mui]" in read_catalog(alone).why


def test_a_damaged_file_is_left_out_with_a_reason(tmp_path):
    whole = (MUI / "de-DE" / "pump.dll.mui").read_bytes()
    path = tmp_path / "x.mui"
    # A byte of the headers, the resources and the table changed, one after the other, and the file cut there.
    for at in (0, 60, 134, 300, 1030, 1044, 1130, 1200, len(whole) - 3):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            path.write_bytes(data)
            found = read_catalog(path)
            assert isinstance(found, Left) or len(found.messages) <= 2


@pytest.mark.parametrize(
    "table",
    [
        struct.pack("<I", 1 << 30),
        struct.pack("<4I", 1, 1, 0xFFFFFFFF, 16) + struct.pack("<2H", 0, 1),
        struct.pack("<4I", 1, 1, 1, 1 << 31),
        b"",
    ],
)
def test_a_table_that_points_outside_of_itself_ends(table):
    with pytest.raises((NotAMessageTableError, struct.error)):
        list(_messages(table))
