"""A form taken apart while it comes: the same in every cut, bounded, its files never kept."""

import pytest

from kb.serve.bodies import SMALL
from kb.serve.forms import Form, boundary_of, named
from kb.serve.problems import RequestError

BODY = (
    b'--x\r\nContent-Disposition: form-data; name="form"\r\n\r\nabc\r\n'
    b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nline\r\n--not\r\n\xc3\xbc\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.log"\r\nContent-Type: text/plain\r\n\r\n'
    b"first\r\n--y\r\n"
    b'\r\n--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="C:\\logs\\b.log"\r\n\r\nsecond\r\n--x--\r\n'
)


def taken(pieces, boundary=b"x"):
    form = Form(iter(pieces), boundary)
    fields = form.fields()
    files = []
    for name, file in form.files():
        data = b""
        while piece := file.read(3):
            data += piece
        files.append((name, data))
    return fields, files


WHOLE = ({"form": ["abc"], "text": ["line\r\n--not\r\nü"]}, [("a.log", b"first\r\n--y\r\n"), ("b.log", b"second")])


def test_a_form_is_the_same_in_every_cut():
    for at in range(1, len(BODY)):
        assert taken([BODY[:at], BODY[at:]]) == WHOLE
    assert taken([bytes([byte]) for byte in BODY]) == WHOLE


def test_a_form_that_ends_early_is_refused_wherever_it_ends():
    for at in range(len(BODY) - 6):
        with pytest.raises(RequestError) as caught:
            taken([BODY[:at]])
        assert caught.value.status == 400


def test_a_file_that_nobody_reads_is_passed_over():
    form = Form(iter([BODY]), b"x")
    form.fields()
    assert [name for name, _ in form.files()] == ["a.log", "b.log"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"nonsense", 400),
        (b"--y\r\n\r\n", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n\r\n--x\r\nContent-Disposition: form-data; name="late"\r\n\r\n\r\n--x--',
            400,
        ),
        (b'--x\r\nContent-Disposition: form-data; name="t"\r\n\r\n' + b"a" * (SMALL + 1) + b"\r\n--x--", 413),
        (b'--x\r\nContent-Disposition: form-data; name="t"\r\n\r\n\r\n' * 300 + b"--x--", 413),
        (b"--x\r\nA: " + b"b" * 100_000, 400),
    ],
)
def test_what_is_no_form_or_too_much_is_one_clear_error(body, status):
    with pytest.raises(RequestError) as caught:
        taken([body])
    assert caught.value.status == status


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 99]
)
def test_another_type_is_refused(kind):
    with pytest.raises(RequestError) as caught:
        boundary_of(kind)
    assert caught.value.status == 415


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b", "b"),
        ("-", "upload"),
        ("..", "upload"),
        ("", "upload"),
        ("a" * 999, "a" * 200),
    ],
)
def test_a_file_name_is_a_label(given, name):
    assert named(given) == name
