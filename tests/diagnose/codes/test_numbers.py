"""The numbers by which a text names its errors: in any notation one key, and no number that is something else."""

import pytest

from diagnose.codes.numbers import error_numbers, of_another


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("System error 53 has occurred.", {"53"}),
        ("could not open \\\\srv\\c$: 53 - ERROR_BAD_NETPATH", {"53"}),
        ("HRESULT 0x80070035", {"53"}),
        ("-2147024843", {"53"}),
        ("net use asks for a password and then gives me error 67.", {"67"}),
        ("Systemfehler 53 aufgetreten.", {"53"}),
        ("Error 51 or 53 when you open a share", {"51", "53"}),
        ("Error: 18456, Severity: 14, State: 8", {"18456"}),
        ("Error 789: The L2TP connection attempt failed", {"789"}),
        ("Request ended with HTTP status 403.16", {"403.16"}),
        ("HTTP Error 404.2 - Not Found.", {"404.2"}),
        ("ERROR 2022/04/16 all is well", set()),
        ("finished, error 3 of 5 files", set()),
        ("[error] 8496#8496: open() failed", set()),
        ("Framework version 4.0.30319, HTTP/1.1", set()),
        ("Err:5 https://deb.example.com", set()),
        ("error 0", set()),
        ("error 0x35", {"53"}),
        ("Win32 error: 0x00000035", {"53"}),
        ("53", {"53"}),
        ("0x35\n", {"53"}),
        ("53 files", set()),
        ("12:53", set()),
    ],
)
def test_a_number_of_an_error_is_read_in_any_notation(text, numbers):
    assert error_numbers(text) == numbers


def test_two_texts_that_name_other_errors_are_about_others():
    assert of_another({"789"}, {"787"})
    assert not of_another({"789"}, set())
    assert not of_another({"403.16"}, {"403"})
    assert of_another({"403.16"}, {"403.7"})
