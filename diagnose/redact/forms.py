"""Secrets known by their form, or by the lines around them: Windows and Kerberos credentials, recovery and product keys,
Kubernetes Secrets, one-time codes.

Knows nothing of pseudonyms or counts (see redactor). Forms are those that vendors document and that public scanners look for.
"""

from __future__ import annotations

import binascii
import re

from diagnose.redact.rule import IS, Q, Rule, anything, make, pem_line
from diagnose.text.late import late

_HEX = "[0-9a-fA-F]"


def recovery_password(match: re.Match[str]) -> int:
    """Eight groups, each a number of 16 bits times 11."""
    groups = match["s"].split("-")
    return len(match["s"]) if all(int(group) % 11 == 0 and int(group) < 720_896 for group in groups) else 0


def keytab_key(match: re.Match[str]) -> int:
    """As long as a key of DES, RC4 or AES-128, triple DES or AES-256."""
    return len(match["s"]) if len(match["s"]) - 2 in (16, 32, 48, 64) else 0


def discord_token(match: re.Match[str]) -> int:
    """Its first part is the number of the account in Base64."""
    head = match["s"].partition(".")[0]
    import base64

    try:
        return len(match["s"]) if base64.b64decode(head + "=" * (-len(head) % 4)).isdigit() else 0
    except binascii.Error:
        return 0


_NEAR = 20_000  # characters around a value in which its document is looked for
_KIND = late(r"kind\\*[\"']?\s{0,4}:\s{0,4}\\*[\"']?Secret\b")
_DATA = late(r"(?:d|stringD)ata\\*\"\s{0,4}:\s{0,4}\{$")
_MOST_LINES = 200


def secret_data(match: re.Match[str]) -> int:
    """A value of `data` or `stringData` of a Kubernetes Secret, in YAML or JSON."""
    text, at = match.string, match.start()
    begin = max(text.rfind("\n---", 0, at), at - _NEAR, 0)
    end = text.find("\n---", at, at + _NEAR)
    if not _KIND.search(text, begin, end if end >= 0 else at + _NEAR):
        return 0
    inside = _in_object(text, at) if match[0].lstrip()[:1] in '"\\' else _in_data(text, at)
    return anything(match) if inside else 0


def _in_object(text: str, at: int) -> bool:
    """Whether the object of JSON that begins last before `at`, and has not ended, is the value of `data`."""
    begin = text.rfind("{", max(0, at - _NEAR), at)
    return begin >= 0 and text.find("}", begin, at) < 0 and bool(_DATA.search(text[max(0, begin - 40) : begin + 1]))


def _in_data(text: str, at: int) -> bool:
    """Whether the line with less indentation that the line at `at` belongs to is `data:`."""
    indent = _indent(text[at : text.find("\n", at) if text.find("\n", at) >= 0 else len(text)])
    for _ in range(_MOST_LINES):
        if at <= 0:
            return False
        start = text.rfind("\n", 0, at - 1) + 1
        line = text[start : at - 1]
        if line.strip() and _indent(line) < indent:
            return line.strip().rstrip(":").lower() in ("data", "stringdata")
        at = start
    return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


_DISCORD = " ".join(a + b + c for a in "mno" for b in "dtjz" for c in "aeimquycgk")  # Base64 of three digits
_ENCRYPTION_TYPES = (
    "aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128 aes256-cts aes128-cts"
    " aes256-sha1 aes128-sha1 arcfour-hmac arcfour-hmac-md5 arcfour-hmac-exp rc4-hmac rc4-hmac-nt rc4 des3-cbc-sha1 des-cbc-md5"
    " des-cbc-crc camellia256-cts-cmac camellia128-cts-cmac"
)

FORMS: tuple[Rule, ...] = (
    make(
        "private-key",
        r"(?m)(?:^|[\s>|:\]])(?P<s>[A-Za-z0-9+/]{60,76}+={0,2})[ \t\r]*+$",
        judge=pem_line,
    ),
    Rule(
        "kubernetes-secret",
        r"(?m)^[ \t]+[\w.-]{1,253}:[ \t]{1,4}\"?(?P<bare>[^\s\"'#|>{\[&!*][^\n\"]*)",
        secret_data,
        words=("secret",),
    ),
    Rule(
        "kubernetes-secret",
        r"\\{0,3}\"[\w.-]{1,253}\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\"(?P<s>[^\"\n\\]+)",
        secret_data,
        words=("secret",),
    ),
    make(
        "kerberos-key",
        rf"(?i)(?:(?:aes|camellia)\d{{3}}|arcfour|rc4|des3?)[\w-]{{0,40}}\)?[^\n]{{0,60}}?(?P<s>0x{_HEX}{{16,64}})\b",
        judge=keytab_key,
        words=_ENCRYPTION_TYPES,
    ),
    make(
        "password",
        r"(?i)<(?:\w{1,20}:)?\w{0,40}password(?:\s[^>\n]{0,80})?>\s{0,200}<value>(?P<s>[^<\n]{1,512})",
        parts="pass",
    ),
    make("recovery-key", r"(?<![\d-])(?P<s>\d{6}(?:-\d{6}){7})(?![\d-])", judge=recovery_password, sizes=(55, 56)),
    make(
        "password",
        rf"(?i)app(?:lication)?[ _-]?passwords?{IS}{Q}(?P<s>[a-z0-9]{{4}}(?:[ -][a-z0-9]{{4}}){{3,5}})(?!\w)",
        parts="pass",
    ),
    make("password", rf"(?i)pass(?:word|code)?{IS}{Q}(?P<s>[a-z]{{4}}(?: [a-z]{{4}}){{3}})(?!\w| [a-z])", parts="pass"),
    make(
        "one-time-code",
        r"(?i)\b(?:t?otp|one-time[- ](?:pass)?(?:code|word|pin)|(?:verification|mfa|2fa|sms|authenticator)[ _-](?:code|pin|token)"
        r"|passcode)(?:[ _-](?:code|pin|value|token))?[\"']?\s{0,2}(?:(?:is|was|=|:)\s{0,2}){0,2}[\"']?(?P<s>\d{3}[ -]?\d{1,5})\b",
        words="otp totp otp_code otp_token user_otp one-time verification verification_code mfa mfa_code 2fa sms sms_code authenticator passcode",
    ),
    make(
        "one-time-code",
        r"(?i)\b(?P<s>(?:[A-Z]-)?\d{4,8})\s(?:is|as)\s(?:your|the)\s(?:[\w-]{1,30}\s){0,4}(?:code|otp|pin|passcode)\b",
        words="your otp passcode verification",
    ),
    make(
        "ntlm-response",
        rf"::[^:\s]{{0,80}}:{_HEX}{{16}}:(?P<s>{_HEX}{{32}}:{_HEX}{{16,}})",
        parts="::",
    ),
    make("ntlm-response", rf"::[^:\s]{{0,80}}:(?P<s>{_HEX}{{48}}:{_HEX}{{48}}):{_HEX}{{16}}\b", parts="::"),
    make(
        "ntlm-response",
        rf"(?<![A-Za-z0-9+/])(?P<s>TlRMTVNTUAAD[A-Za-z0-9+/]{{16,}}={{0,2}}|(?i:4e544c4d53535000(?:03)){_HEX}{{32,}})",
        stems="tlr 4e5",
    ),
    make(
        "kerberos-hash",
        rf"(?i)\$krb5(?:tgs|asrep|pa)\$[^\s]{{0,300}}?(?P<s>{_HEX}{{24,32}}\${_HEX}{{32,}}|{_HEX}{{60,}})",
        words="krb5tgs krb5asrep krb5pa",
    ),
    make(
        "kerberos-ticket",
        r"(?<![A-Za-z0-9+/])(?P<s>doI[A-Za-z0-9+/]{40}(?:[A-Za-z0-9+/=]"
        r"|[ \t]*\r?\n[ \t]{0,12}(?=[A-Za-z0-9+/=]{4,120}[ \t\r]*(?:\n|$)))++)",
        stems="doi",
    ),
    make(
        "product-key",
        r"(?<![A-Za-z0-9-])(?P<s>(?:[BCDFGHJKMNPQRTVWXY2346789]{5}-){4}[BCDFGHJKMNPQRTVWXY2346789]{5})(?![A-Za-z0-9-])",
        sizes=(29, 30),
    ),
    make(
        "product-key",
        rf"(?i)(?:[/-]ipk\s{{1,4}}|(?:product|cd|licen[sc]e|activation|serial)[ _-]?(?:key|number){IS}){Q}"
        r"(?P<s>[a-z0-9]{4,6}(?:-[a-z0-9]{4,6}){3,7})(?![\w-])",
        words="ipk -ipk product productkey product_key license activation serial cd-key cdkey",
    ),
    make("hashicorp-token", r"(?<![A-Za-z0-9])(?P<s>[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,})", parts=".atlasv1."),
    make(
        "discord-token",
        r"(?<![\w.-])(?P<s>[MNO][A-Za-z\d_-]{22,30}\.[\w-]{6,7}\.[\w-]{27,})",
        judge=discord_token,
        stems=_DISCORD,
    ),
    make(
        "view-state",
        rf"(?i)(?:view_?state|eventvalidation)\d{{0,3}}(?:{Q}[^\n<>]{{0,120}}?\bvalue=|{IS}){Q}(?P<s>[\w+/%=-]{{16,}})",
        words="__viewstate viewstate __eventvalidation eventvalidation view_state",
    ),
    make("token", r"(?<![\w-])(?P<s>[0-9a-f]{32}-us\d{1,2})(?![\w-])", parts="-us"),
)
