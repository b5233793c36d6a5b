"""What secrets look like: the rules of redaction, one row each, most specific first.

A rule has a kind, the needles (in lower case) without which it is not tried, a pattern whose last named group holds the
secret, and a judge that says how much of the group is secret: 0 for "not a secret". Every pattern runs in linear time:
repeats are possessive or end the pattern, and nothing unbounded stands before what may fail.

Knows nothing of pseudonyms or counts (see redact).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

Judge = "Callable[[re.Match[str], str], int]"

# --- what is not a secret ------------------------------------------------------------------------------------------

# A name given by redaction, a mask, a variable, a placeholder, an object of .NET or Java.
_MASKED = re.compile(
    r"(?i)\[[a-z][a-z0-9-]*\]?[.,;)\]}]*|[*•.#x-]+|\$\{.*|\$\(.*|\$env:.*|%\w+%|\{\{.*|\(.*|<.*"
    r"|system\.security\.securestring|[\w.$]+@[0-9a-f]{5,8}|0x[0-9a-f]+"
)
_PROSE = frozenset(
    ["null", "none", "nil", "true", "false", "yes", "no", "n/a", "na", "empty", "blank", "undefined", "unknown", "required", "optional", "expired", "incorrect", "wrong", "invalid", "valid", "changed", "set", "unset", "reset", "missing", "prompt", "default", "ok", "failed", "failure", "error", "denied", "accepted", "rejected", "not", "must", "is", "was", "has", "have", "for", "and", "or", "the", "a", "an", "in", "of", "to", "from", "with", "authentication", "permission", "access", "bad", "weak", "disabled", "enabled", "unavailable", "mismatch", "cannot", "could", "string", "password", "token", "key", "hidden"]
)
_WORD = re.compile(r"[A-Z]?[a-z]+")
_NEXT_WORD = re.compile(r"[.,;]?\s+[a-z]+(?![\w]*\s*[:=])")
_PATHLIKE = re.compile(r"[/~]|[A-Za-z]:[\\/]|\\\\")
_ENDINGS = ".,;:)]}\\"


def _trimmed(value: str) -> int:
    """The length without the punctuation of the sentence around it."""
    return len(value.rstrip(_ENDINGS)) or len(value)


def _any(_: re.Match[str], value: str) -> int:
    return 0 if _MASKED.fullmatch(value) else len(value)


def _password(match: re.Match[str], value: str) -> int:
    """Anything but masks, and after a colon, words of prose: "password: authentication failed"."""
    if _MASKED.fullmatch(value) or value.rstrip(_ENDINGS).lower() in _PROSE:
        return 0
    end = match.end(match.lastgroup or 0)
    before = match.string[match.start() : match.end() - len(value)]
    if match.lastgroup == "bare":
        if ":" in before and "=" not in before and _WORD.fullmatch(value) and _NEXT_WORD.match(match.string, end):
            return 0
        # The working directory, in sudo's lines and in environments.
        if before[:3].lower() == "pwd" and _PATHLIKE.match(value):
            return 0
        return _trimmed(value)
    return len(value)


_ORDINARY_BEFORE = re.compile(r"(?i)(?:public|publickey|correlation|activity|request|trace|window)[ _-]?$")


def _credential(match: re.Match[str], value: str) -> int:
    """The value of a "token", "key" or "secret": long, and of more than one kind of character."""
    length = _trimmed(value) if match.lastgroup == "bare" else len(value)
    inner = value[:length]
    if length < 8 or _MASKED.fullmatch(value) or _MASKED.fullmatch(inner) or _PATHLIKE.match(inner):
        return 0
    if _ORDINARY_BEFORE.search(match.string, max(match.start() - 12, 0), match.start()):
        return 0
    letters, digits = any(ch.isalpha() for ch in inner), any(ch.isdigit() for ch in inner)
    mixed = any(ch.islower() for ch in inner) and any(ch.isupper() for ch in inner)
    return length if (letters and (digits or (mixed and length >= 16))) or length >= 32 else 0


def _scheme(match: re.Match[str], value: str) -> int:
    """After "Bearer" and the like: not the word of a sentence ("Bearer authentication")."""
    plain = _WORD.fullmatch(value.rstrip(_ENDINGS)) or value.rstrip(_ENDINGS).lower() in _PROSE
    return 0 if plain or _MASKED.fullmatch(value) else _trimmed(value)


def _basic(_: re.Match[str], value: str) -> int:
    """Base64 of user:password, and nothing else (RFC 7617)."""
    try:
        plain = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return 0
    return len(value) if b":" in plain and all(byte >= 0x20 for byte in plain) else 0


def _pem(match: re.Match[str], value: str) -> int:
    """All up to the end line; without one, only what can be the body of a key."""
    if match.string.startswith("-----END", match.end()):
        return len(value)
    body = _PEM_BODY.match(value)
    return body.end() if body else 0


_PEM_BODY = re.compile(r"(?:[\s>|]|\\[nrt]|[A-Z][A-Za-z-]{2,20}: [^\n]{0,80}|[A-Za-z0-9+/]++={0,2}(?=\s|\\|$))*+")


def _body_line(_: re.Match[str], value: str) -> int:
    """A line of Base64 and nothing else, as the body of a key has when its first line was left behind."""
    enough = (sum(map(str.isupper, value)) >= 8, sum(map(str.islower, value)) >= 8, sum(map(str.isdigit, value)) >= 3)
    return len(value) if all(enough) else 0


def _url_password(match: re.Match[str], value: str) -> int:
    return 0 if _MASKED.fullmatch(value) else len(value)


class Rule(NamedTuple):
    kind: str
    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    length: Callable[[re.Match[str], str], int] = _any


def _rule(kind: str, needles: str, pattern: str, length: Callable[[re.Match[str], str], int] = _any) -> Rule:
    return Rule(kind, tuple(needles.split()), re.compile(pattern), length)


# --- the values after a name -----------------------------------------------------------------------------------------

# In quotes of JSON inside JSON, in quotes, in braces of a connection string, or bare: up to a blank, or to a separator
# that another name=value or a blank follows. A closing quote is not asked for: lines are cut.
_VALUE = (
    r"(?:\\+\"(?P<json>(?:[^\"\\\n]|\\(?!\"))++)|\"(?P<double>(?:[^\"\\\n]|\\.)++)|'(?P<single>(?:[^'\n]|'')++)"
    r"|\{(?P<brace>[^}\n]++)\}|(?P<bare>(?:[^\s\"'<>,;&]|[,;&](?!\s|$|[\w .-]{0,40}=))++))"
)
_IS = r"\\*[\"']?\s{0,8}(?:::?|=>?|:=|value\s?=)\s{0,8}"
_PASSWORD = r"(?:pass(?:word|wd|phrase|code|wort)|pwd|pword|kennwort|senha|contrase[nñ]a|пароль)(?:\d{1,3}|[_-]?(?:hash|text|plain))?"
_KEYS = (
    r"(?:(?:client|app|shared|consumer|webhook|signing)?[ _-]?secret(?:[ _-]?key)?"
    r"|(?:api|access|account|private|encryption|encrypt|signing|shared|master|auth|subscription|license|storage|function"
    r"|integration|routing|write|session|ssh|jwt|wallet|decryption|validation|machine|host)[ _-]?keys?"
    r"|(?:secret)?access[ _-]?key|token|credentials?|authkey|psk|pre-?shared-?key)"
)

# --- tokens that are known by their first letters ----------------------------------------------------------------------

_B = r"(?<![A-Za-z0-9])"
_TOKENS: tuple[tuple[str, str, str], ...] = (
    ("github-token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}"),
    (
        "gitlab-token",
        "glpat- gldt- glrt- glptt- glcbt- glft- glsoat- glagent- gloas- glimt- gr1348941",
        r"gl(?:pat|dt|rt|ptt|cbt|ft|soat|agent|oas|imt)-[\w.=-]{16,}|GR1348941[\w-]{16,}",
    ),
    ("slack-token", "xox xapp-", r"xox[a-z](?:\.xox[a-z])?-[\w-]{10,}|xapp-[\w-]{10,}"),
    ("npm-token", "npm_", r"npm_[A-Za-z0-9]{30,}"),
    ("pypi-token", "pypi-", r"pypi-[\w-]{32,}"),
    ("google-key", "aiza ya29. gocspx- 1//0", r"AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|1//0[\w-]{30,}"),
    ("stripe-key", "_live_ _test_ whsec_", r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[\w+/=]{16,}"),
    (
        "aws-key-id",
        "akia asia agpa aida aroa aipa anpa anva abia acca a3t",
        r"(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    ),
    ("azure-secret", "q~", r"[\w.~-]{3}[78]Q~[\w.~-]{31,34}"),
    (
        "token",
        "sk- hf_ hvs. hvb. dop_v1_ doo_v1_ dckr_pat_ shpat_ shpss_ shpca_ shppa_ sg. nrak- dapi glsa_ rubygems_ atatt3"
        " lin_api_ dp.pt. pscale_ pul- sq0 key- xkeysib- shippo_ ezak eztk dt0c01. flwseck age-secret-key- ltai"
        " .atlasv1. pmak- clojars_ duffel_ tfp_ ion_ fio-u- p8e- ops_ ntn_ secret_ figd_ lsv2_ gsk_ r8_ eaac",
        r"sk-(?:proj-|ant-|or-|live-)?(?=[\w-]*\d)[\w-]{20,}|hf_[A-Za-z0-9]{30,}|hv[sb]\.[\w-]{20,}|do[op]_v1_[a-f0-9]{40,}"
        r"|dckr_pat_[\w-]{20,}|shp(?:at|ss|ca|pa)_[A-Fa-f0-9]{32}|SG\.[\w-]{16,}\.[\w-]{16,}|NRAK-[A-Z0-9]{20,}"
        r"|dapi[a-f0-9]{32}(?:-\d)?|glsa_\w{30,}|rubygems_[a-f0-9]{40,}|ATATT3[\w=-]{20,}|lin_api_[A-Za-z0-9]{30,}"
        r"|dp\.pt\.[A-Za-z0-9]{40,}|pscale_(?:tkn|pw|oauth)_[\w.=-]{30,}|pul-[a-f0-9]{40}|sq0(?:atp|csp)-[\w-]{20,}"
        r"|key-[0-9a-f]{32}|xkeysib-[a-f0-9]{40,}[\w-]*|shippo_(?:live|test)_[a-f0-9]{40}|EZ[AT]K[A-Za-z0-9]{50,}"
        r"|dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}|FLWSECK(?:_TEST)?-[\w-]{12,}|AGE-SECRET-KEY-1[A-Z0-9]{50,}"
        r"|LTAI[A-Za-z0-9]{16,24}|[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}|PMAK-[a-f0-9]{24}-[a-f0-9]{34}"
        r"|CLOJARS_[a-z0-9]{60}|duffel_(?:live|test)_[\w=-]{40,}|tfp_[\w.=-]{40,}|ion_[a-z0-9]{42}|fio-u-[\w=-]{60,}"
        r"|p8e-[a-z0-9]{32}|ops_eyJ[\w+/=-]{40,}|ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{40,}|figd_[\w-]{30,}"
        r"|lsv2_(?:pt|sk)_[\w-]{30,}|gsk_[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{30,}|EAAC[A-Za-z0-9]{40,}",
    ),
    ("jwt", "eyj", r"eyJ[\w-]{8,}(?:\.[\w-]*){1,4}|eyJ[\w-]{40,}"),
)

RULES: tuple[Rule, ...] = (
    _rule(
        "private-key",
        "-----begin",
        r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?P<s>(?:[^-]++|-(?!----))++)",
        _pem,
    ),
    Rule("private-key", (), re.compile(r"(?m)^[ \t>|]{0,8}(?P<s>[A-Za-z0-9+/]{60,76}+={0,2})[ \t\r]*+$"), _body_line),
    _rule(
        "cookie",
        "cookie",
        r"(?i)\bcookie2?\\*[\"']?\s{0,8}[:=]\s{0,8}\\*[\"']?(?P<s>[^\s=;,\"'\\]{1,128}=[^\r\n\"'\\]+)",
    ),
    _rule(
        "session",
        "sessionid sessid sess connect.sid aspxauth fedauth rtfa estsauth msisauth csrftoken xsrf-token aspnetcore",
        r"(?i)(?:\bJSESSIONID(?:SSO)?|\bPHPSESSID|\bASPSESSIONID\w{0,12}|\bASP\.NET_SessionId|\bconnect\.sid|\bsessionid"
        r"|\blaravel_session|_session|\.ASPXAUTH|\.AspNetCore\.[\w.]{1,40}|\bFedAuth|\brtFa|\bESTSAUTH\w{0,16}"
        r"|\bMSISAuth\w{0,4}|\bcsrftoken|\bXSRF-TOKEN)=(?P<bare>[^\s;,&\"'<>]+)",
        _credential,
    ),
    _rule(
        "password", "://", r"://[^\s/:@\"'<>]{0,128}:(?!\d{1,5}(?:[/?#]|$))(?P<s>[^\s/\"'<>]{1,256})@", _url_password
    ),
    _rule(
        "password",
        "://",
        r"://[^\s/:@\"'<>]{1,128}:(?!\d{1,5}(?:[/?#,]|$))(?P<s>[^\s@\"'<>]{1,256})@(?=[\w.\[-])",
        _url_password,
    ),
    _rule("token", "://", r"://(?P<s>(?=[\w~.-]{0,60}\d)[\w~-]{20,256})@"),
    _rule(
        "password",
        "jdbc:oracle sqlplus",
        r"(?i)(?:jdbc:oracle:\w+:|sqlplus\s+(?:-\w+\s+)?)[\w.$#-]{1,64}/(?P<s>[^\s@/]{1,128})@",
    ),
    *(_rule(kind, needles, rf"{_B}(?P<s>{pattern})") for kind, needles, pattern in _TOKENS),
    _rule("telegram-token", ":aa", rf"{_B}\d{{8,10}}:(?P<s>AA[\w-]{{32,34}})(?![\w-])"),
    _rule(
        "webhook",
        "hooks.slack.com discord webhook.office logic.azure",
        r"(?i)(?:hooks\.slack\.com/(?:services|workflows)|discord(?:app)?\.com/api/webhooks|webhook\.office\.com/webhookb2)"
        r"/(?P<s>[\w/@+-]{20,})",
    ),
    _rule(
        "signature",
        "sig= signature= security-token= code=",
        r"(?i)(?:[?&;\s\"']sig|signature|security-token|[?&]code)=\"?(?P<s>[\w%+/=-]{20,})",
    ),
    _rule("aws-secret", "[aws-key-id", r"\[aws-key-id-\d+\][\s,:;/|\"']{1,4}(?P<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"),
    _rule(
        "aws-secret",
        "aws secretaccesskey",
        r"(?i)(?:aws[\w.-]{0,30}(?:secret|sk)[\w.-]{0,20}|secretaccesskey)"
        + _IS
        + r"\\*[\"']?(?P<s>[A-Za-z0-9/+=]{40})(?![A-Za-z0-9/+=])",
    ),
    _rule(
        "azure-key",
        "accountkey sharedaccesskey",
        r"(?i)(?:accountkey|sharedaccesskey)\\*[\"']?\s?[=:]\s?\\*[\"']?(?P<s>[A-Za-z0-9+/%]{20,}={0,2})",
    ),
    _rule("authorization", "basic", r"(?i)\bbasic\s{1,4}(?P<s>[A-Za-z0-9+/]{4,}={0,2})", _basic),
    _rule("authorization", "auth", r"(?i)\bauth\\?\"\s?:\s?\\?\"(?P<s>[A-Za-z0-9+/]{8,}={0,2})", _basic),
    _rule(
        "authorization",
        "bearer authorization digest negotiate ntlm sharedkey",
        r"(?i)\b(?:bearer|authorization\\*[\"']?\s{0,4}[:=]\s{0,4}\\*[\"']?(?:basic|digest|negotiate|ntlm|token|apikey|api-key"
        r"|sharedkey(?:lite)?|key|aws4-hmac-sha256)|www-authenticate:\s(?:negotiate|ntlm))\s{1,4}(?P<s>[^\s\"',;<>\\]{4,})",
        _scheme,
    ),
    _rule(
        "authorization",
        "authorization",
        r"(?i)\bauthorization\\*[\"']?" + r"\s{0,4}[:=]\s{0,4}(?!\[)" + _VALUE,
        _credential,
    ),
    _rule("authorization", "response=", r"(?i)\bdigest\s[^\r\n]{0,600}?\bresponse=\"(?P<s>[0-9a-f]{32,})"),
    _rule(
        "password-hash",
        "$1$ $2a$ $2b$ $2y$ $5$ $6$ $y$ $apr1$ $argon2 $pbkdf2 sha} :::",
        r"(?i)(?P<s>\$(?:1|2[abxy]|5|6|y|apr1|argon2\w{1,2}|pbkdf2[\w-]{0,10})\$[./a-z0-9$=,+-]{20,}|\{s?sha\d{0,3}\}[\w+/=]{20,}"
        r"|(?<=:)[0-9a-f]{32}:[0-9a-f]{32}(?=:::))",
    ),
    _rule("password", "pass pwd kennwort senha contrase пароль pword", r"(?i)" + _PASSWORD + _IS + _VALUE, _password),
    _rule(
        "password",
        "pass pwd",
        r"(?i)<(?:\w{1,20}:)?[\w.-]{0,40}(?:password|passwd|pwd|passphrase)>(?P<s>[^<\n]+)|\bpass="
        + _VALUE
        + r"|[\"']pass[\"']\s?:\s?"
        + _VALUE.replace("P<", "P<p_"),
        _password,
    ),
    _rule(
        "password",
        "pass pwd secret token -key apikey",
        r"(?i)(?<![\w-])(?:--?|/)(?:[\w]{1,20}-)*(?:password|passwd|passphrase|pass|pwd|pw|secret|token|api-?key|access-?key)[ :]\s{0,4}(?![-/$(@])"
        + _VALUE,
        _password,
    ),
    _rule("password", "pass:", r"(?i)-pass(?:in|out)?\s+pass:(?P<bare>\S+)", _password),
    _rule(
        "password",
        "identified password",
        r"(?i)(?:identified\s{1,4}by|password)\s{1,4}(?:password\s{1,4})?(?:N?'(?P<s>[^'\n]+)|\"(?P<t>[^\"\n]+)\")",
        _password,
    ),
    _rule(
        "password",
        "securestring",
        r"(?i)convertto-securestring\s{1,4}(?:-string\s{1,4})?(?:'(?P<s>[^'\n]+)|\"(?P<t>[^\"\n]+))",
        _password,
    ),
    _rule(
        "password",
        "net user net1 net.exe",
        r"(?i)\bnet1?(?:\.exe)?\s{1,4}user\s{1,4}(?:\"[^\"\n]{1,80}\"|\S{1,80})\s{1,4}(?P<bare>(?![/*])\S+)",
        _password,
    ),
    _rule(
        "password",
        "net use",
        r"(?i)\bnet(?:\.exe)?\s{1,4}use\s{1,4}(?:[a-z*]:?\s{1,4})?\\\\\S{1,200}(?:\s{1,4}/user:\S{1,100})?\s{1,4}(?P<bare>(?![/*])\S+)",
        _password,
    ),
    _rule(
        "password",
        "sshpass psexec plink pscp login mysql mariadb ldap redis-cli curl wget schtasks smbclient",
        r"\b(?:(?:sshpass|[Pp]s[Ee]xec(?:64)?(?:\.exe)?|plink(?:\.exe)?|pscp|docker login|podman login|az login)\b[^\r\n|;]{0,300}?\s-(?:p|pw)\s{0,4}"
        r"|(?:mysql\w*|mariadb\w*)\s(?:[^\r\n|;]{0,300}?\s)?-p|ldap\w+\s[^\r\n|;]{0,300}?\s-w\s{1,4}|redis-cli\s(?:[^\r\n|;]{0,300}?\s)?-a\s{1,4}"
        r"|(?:curl|wget)(?:\.exe)?\s(?:[^\r\n|;]{0,300}?\s)?(?:-u|--user)[ =]?\s{0,4}[\"']?[^\s:\"']{1,100}:|schtasks\b[^\r\n|;]{0,300}?\s/(?:rp|RP|p|P)\s{1,4}"
        r"|smbclient\s[^\r\n|;]{0,300}?\s-U\s{0,4}[^\s%]{1,100}%)(?:'(?P<single>[^'\n]+)|\"(?P<double>[^\"\n]+)|(?P<bare>[^\s\"']+))",
        _password,
    ),
    _rule(
        "password", "requirepass masterauth", r"(?i)\b(?:requirepass|masterauth)\s{1,4}\"?(?P<bare>[^\s\"]+)", _password
    ),
    _rule(
        "snmp-community",
        "communit snmp",
        r"(?i)\b(?:snmp-server\s{1,4}(?:community|host\s\S{1,80}(?:\sversion\s\S{1,3})?)|communityname|community[ _-]?string|(?:ro|rw|rd)?community)"
        r"\\*[\"']?\s{0,4}(?:[:=]|\s)\s{0,4}\\*[\"']?(?P<bare>(?!\d{1,10}:\d)[^\s\"',;]{3,})",
        _password,
    ),
    _rule(
        "snmp-community",
        "snmp",
        r"\bsnmp(?:walk|get|getnext|bulkwalk|bulkget|set|table|trap)\b[^\r\n|;]{0,200}?\s-c\s{0,4}[\"']?(?P<bare>[^\s\"']+)",
        _password,
    ),
    _rule("secret", "secret key token credential psk", r"(?i)" + _KEYS + _IS + _VALUE, _credential),
)
