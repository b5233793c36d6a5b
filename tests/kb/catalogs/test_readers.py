"""Every form of catalogue, whole and damaged; files are taken in anew, not twice."""

import struct

import pytest

from diagnose.errors import KbError
from kb.catalogs.catalog import opened
from kb.catalogs.readers import Left, read_catalog
from kb.catalogs.take_in import take_in

PAIRS = [
    ("", "Language: fr\n"),
    ("%d file\0%d files", "%d fichier\0%d fichiers"),
    ("menu\x04Disk is full", "Le disque est plein"),
]


def mo(pairs, order="<"):
    """A file as msgfmt writes it, without its hash table."""
    texts = [(a.encode(), b.encode()) for a, b in pairs]
    at = 28 + 16 * len(texts)
    tables, data = [b"", b""], b""
    for column in (0, 1):
        for row in texts:
            tables[column] += struct.pack(f"{order}2I", len(row[column]), at + len(data))
            data += row[column] + b"\0"
    head = struct.pack(f"{order}7I", 0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
    return head + tables[0] + tables[1] + data


@pytest.mark.parametrize("order", ["<", ">"])
def test_mo_with_plurals_and_contexts(tmp_path, order):
    (tmp_path / "a.mo").write_bytes(mo(PAIRS, order))
    found = read_catalog(tmp_path / "a.mo")
    assert found.language == "fr"
    assert found.messages == [
        ("%d file", "%d fichier"), ("%d files", "%d fichiers"), ("Disk is full", "Le disque est plein")
    ]  # fmt: skip


def test_systemd_and_sql_server(tmp_path):
    (tmp_path / "x.catalog").write_text("\n-- aa11\nSubject: Unit @UNIT@ failed\nDefined-By: x\n\nIt has failed.\n")
    (tmp_path / "x.de.catalog").write_text(
        "\n-- aa11 de\nSubject: Einheit @UNIT@ misslang\nDefined-By: x\n\nSie misslang.\n"
    )
    assert read_catalog(tmp_path / "x.de.catalog").messages[0] == ("Unit @UNIT@ failed", "Einheit @UNIT@ misslang")
    assert read_catalog(tmp_path / "x.de.catalog").language == "de"
    (tmp_path / "m.csv").write_text(
        "message_id,language_id,text\n18456,1033,Login failed for user '%.*ls'.\n18456,1031,Fehler bei der Anmeldung für %.*ls\n",
        encoding="utf-8",
    )
    assert read_catalog(tmp_path / "m.csv").messages == [
        ("Login failed for user '%.*ls'.", "Fehler bei der Anmeldung für %.*ls")
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.mo", b"no catalogue"),
        ("a.mo", mo(PAIRS)[:40]),
        ("a.mo", mo(PAIRS)[:8] + struct.pack("<I", 1 << 30) + mo(PAIRS)[12:]),
        ("a.mo", mo([("a" * 4000, "b" * 4000)])[:8] + struct.pack("<3I", 200, 28, 28) + struct.pack("<2I", 4000, 28) * 1100),
        ("a.po", b"msgid \"a\"\nnonsense here\n"),
        ("a.csv", b"a,b\n1,2\n"),
        ("a.txt", b"text"),
    ],
)  # fmt: skip
def test_what_is_no_catalogue_is_left_out_with_a_reason(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    found = read_catalog(tmp_path / name)
    assert isinstance(found, Left)
    assert str(found).endswith("left out")


def test_taking_in_again_replaces_and_nothing_at_all_is_an_error(tmp_path):
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "a.mo").write_bytes(mo(PAIRS[1:]))
    (folder / "b.mo").write_bytes(b"damaged")
    for _ in range(2):
        taken = take_in([tmp_path / "fr"], tmp_path / "data")
        assert (taken.messages, len(taken.left)) == (3, 1)
    catalog = opened(tmp_path / "data")
    assert [(source.language, source.messages) for source in catalog.sources()] == [("fr", 3)]
    assert catalog.english(["Le disque est plein"]) == {"Le disque est plein": ("Disk is full",)}
    catalog.close()
    with pytest.raises(KbError, match="no message catalogue"):
        take_in([tmp_path / "data"], tmp_path / "data")
