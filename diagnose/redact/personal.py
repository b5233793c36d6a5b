"""Data of persons and of their money. Card numbers and account numbers are always replaced where they cannot be anything
else; the rest only for those who must (`personal`), since a diagnosis may need it.

Knows nothing of pseudonyms or counts (see redactor).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.redact.rule import IS, Q, make

if TYPE_CHECKING:
    from diagnose.redact.rule import Rule

# Countries of the IBAN registry.
_COUNTRIES = (
    "AD AE AL AT AZ BA BE BG BH BI BR BY CH CR CY CZ DE DJ DK DO EE EG ES FI FK FO FR GB GE GI GL GR GT HN HR HU IE IL IQ IS"
    " IT JO KW KZ LB LC LI LT LU LV LY MC MD ME MK MN MR MT MU NI NL NO OM PK PL PS PT QA RO RS RU SA SC SD SE SI SK SM SO ST"
    " SV TL TN TR UA VA VG XK YE"
)


def card(match: re.Match[str]) -> int:
    """A number of an issuer whose last digit fits (Luhn)."""
    value = match["s"]
    digits = [int(ch) for ch in value if ch.isdigit()]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(value) if len(set(digits)) > 1 and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0 else 0


def account(match: re.Match[str]) -> int:
    """An IBAN whose check digits fit (ISO 7064, modulo 97)."""
    value = match["s"].rstrip()
    compact = re.sub(r"[ -]", "", value).upper()
    fits = 15 <= len(compact) <= 34 and compact[:2] in _COUNTRIES.split()
    return len(value) if fits and int("".join(str(int(ch, 36)) for ch in compact[4:] + compact[:4])) % 97 == 1 else 0


# The issuers' first digits and lengths: American Express, Diners, the others.
_CARD = r"(?:3[47]\d{13}|3[068]\d{12}|(?:4\d|5[1-5]|2[2-7]|6\d)\d{14})"
_GROUPED = (
    r"(?:(?:4\d|5[1-5]|2[2-7]|6\d)\d{2}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}|3[47]\d{2}[ -]\d{6}[ -]\d{5})"
)

_ISSUERS = " ".join(
    str(head)
    for head in (
        *range(220, 280),
        *range(340, 350),
        *range(370, 380),
        *range(400, 500),
        *range(510, 560),
        *range(600, 700),
    )
)

MONEY: tuple[Rule, ...] = (
    make(
        "card-number",
        rf"(?i)(?:card|\bpan|\bcc)(?:[ _-]?(?:number|num|no\.?|nr))?{IS}{Q}(?P<s>{_GROUPED}|{_CARD})(?!\d)",
        judge=card,
        words="card cardnumber card_number card-number cardno card_no creditcard credit_card creditcardnumber credit_card_number"
        " pan cc ccnum cc_num cc_number ccnumber",
    ),
    make(
        "card-number",
        rf"(?<![\w-])(?P<s>{_GROUPED})(?![\w-])",
        judge=card,
        words="card visa mastercard amex payment",
        stems=_ISSUERS,
    ),
    make(
        "account-number",
        r"(?<![A-Za-z0-9])(?P<s>[A-Z]{2}\d{2}[A-Z0-9]{11,30})(?![A-Za-z0-9])",
        judge=account,
        stems=" ".join(f"{country.lower()}{digit}" for country in _COUNTRIES.split() for digit in range(10)),
    ),
    make(
        "account-number",
        r"(?<![A-Za-z0-9])(?P<s>[A-Z]{2}\d{2}(?:[ -][A-Z0-9]{4}){2,7}(?:[ -][A-Z0-9]{1,3})?)(?![A-Za-z0-9])",
        judge=account,
        words="iban account konto",
    ),
)

PERSONAL: tuple[Rule, ...] = (
    make("card-number", rf"(?<![\w.-])(?P<s>{_CARD})(?![\w.-])", judge=card, sizes=(14, 15, 16, 17)),
    make("sid", r"\bS-1-5-21-(?P<s>\d{1,10}(?:-\d{1,10}){2,3})(?![\d-])", parts="s-1-5-21-"),
    make(
        "user",
        r"(?<![\w.+/@-])(?P<s>[\w.+-]{1,64})@(?=[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?![\w-]))",
        parts="@",
    ),
    make("phone", r"(?<![\w+.])(?P<s>\+[1-9]\d{0,2}(?:[ ().-]{0,2}\d){7,12})(?![\w-])", parts="+"),
    make(
        "phone",
        rf"(?i)\b(?:tel(?:ephone)?|(?:tele|mobile[ _-]?|cell[ _-]?)?phone|mobile|fax)(?:[ _-]?(?:number|no\.?|nr))?{IS}{Q}"
        r"(?P<s>[+(]?\d(?:[ ()./-]{0,2}\d){6,14})(?!\w)",
        parts="tel phone mobile fax",
    ),
)
