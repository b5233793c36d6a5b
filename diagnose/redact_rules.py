"""What secrets look like: the rules of redaction, one row each, tried in this order, the most specific first.

A rule has a kind, what must stand in the text for it to be tried, a pattern whose last named group holds the candidate,
and a judge that says how much of it is secret. All patterns take time linear in the text: repeats before something
that may fail are bounded or possessive.

Knows nothing of pseudonyms or counts (see redact).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from diagnose.redact_judges import anything, basic, credential, password, pem, pem_line, scheme
from diagnose.redact_tokens import TOKENS

if TYPE_CHECKING:
    from diagnose.redact_judges import Judge


class Rule(NamedTuple):
    """`parts` are pieces of text, `words` whole words, `stems` the first three letters of a long word; lower case."""

    kind: str
    pattern: re.Pattern[str]
    judge: Judge = anything
    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()


def _rule(kind: str, *pattern: str, judge: Judge = anything, parts: str = "", words: str = "", stems: str = "") -> Rule:
    compiled = re.compile("".join(pattern))
    return Rule(kind, compiled, judge, tuple(parts.split()), tuple(words.split()), tuple(stems.split()))


# A value after a name: in quotes of JSON inside JSON, in quotes, in braces of a connection string, or bare, up to a
# blank or to a separator that a blank or another name= follows. No closing quote is asked for: lines are cut.
_VALUE = (
    r"(?:\\+\"(?P<json>(?:[^\"\\\n]|\\(?!\"))++)|\"(?P<double>(?:[^\"\\\n]|\\.)++)|'(?P<single>(?:[^'\n]|'')++)"
    r"|\{(?P<brace>[^}\n]++)\}|(?P<bare>(?:[^\s\"'<>,;&]|[,;&](?!\s|$|[\w .-]{0,40}=))++))"
)
_ARGUMENT = r"(?:'(?P<single>[^'\n]+)|\"(?P<double>[^\"\n]+)|(?P<bare>[^\s\"']+))"
_IS = r"\\*[\"']?\s{0,8}(?:::?|=>?|:=|value\s?=)\s{0,8}"
_Q = r"\\*[\"']?"
_LOGIN_WORDS = (
    r"(?:pass(?:word|wd|phrase|code|wort)|pwd|kennwort|senha|contrase[nñ]a|пароль)"
    r"(?:\d{1,3}|[_-]?(?:hash|text|plain))?"
)
_KEYS = (
    r"(?:secret(?:[ _-]?key)?|(?:api|access|account|private|encryption|encrypt|signing|shared|master|auth|subscription"
    r"|license|storage|function|integration|session|jwt|decryption|validation)[ _-]?keys?|token|credentials?|psk)"
)
_COOKIES = (
    r"(?:\bJSESSIONID(?:SSO)?|\bPHPSESSID|\bASPSESSIONID\w{0,12}|\bASP\.NET_SessionId|\bconnect\.sid|\bsessionid"
    r"|_session|\.ASPXAUTH|\bFedAuth|\bcsrftoken|\bXSRF-TOKEN)"
)
_SCHEMES = r"(?:basic|digest|negotiate|ntlm|token|apikey|api-key|sharedkey(?:lite)?|key|aws4-hmac-sha256)"
_MYSQL = "mysql mysqldump mysqladmin mysqlimport mysql.exe mysqldump.exe mariadb mariadb-dump mariadb-admin"
_COMMUNITY = (
    "community communitystring community-string community_string communityname community_name rocommunity rwcommunity"
    " rocommunity6 rwcommunity6 snmpcommunity snmp_community snmp-community trapcommunity"
)
_ARGS = r"[^\r\n|;]{0,300}?\s"  # of a command, before the option with the secret

_KEY_BLOCKS = (
    _rule(
        "private-key",
        r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?P<s>(?:[^-]++|-(?!----))++)",
        judge=pem,
        words="private",
    ),
    _rule("private-key", r"(?m)^[ \t>|]{0,8}(?P<s>[A-Za-z0-9+/]{60,76}+={0,2})[ \t\r]*+$", judge=pem_line),
)

_WEB = (
    _rule(
        "cookie",
        rf"(?i)\bcookie2?{_Q}\s{{0,8}}[:=]\s{{0,8}}{_Q}",
        r"(?P<s>[^\s=;,\"'\\]{1,128}=[^\r\n\"'\\]+)",
        words="cookie cookie2 set-cookie set-cookie2",
    ),
    _rule(
        "session",
        rf"(?i){_COOKIES}=(?P<bare>[^\s;,&\"'<>]+)",
        judge=credential,
        words="jsessionid jsessionidsso phpsessid asp.net_sessionid connect.sid sessionid laravel_session .aspxauth"
        " fedauth csrftoken xsrf-token",
        stems="asp",
    ),
    # Host:port/path@version has digits after the colon; a slash in a password is tolerated only where @ and a host follow.
    _rule("password", r"://[^\s/:@\"'<>]{0,128}:(?!\d{1,5}(?:[/?#]|$))(?P<s>[^\s/\"'<>]{1,256})@", parts="://"),
    _rule(
        "password", r"://[^\s/:@\"'<>\[]{1,128}:(?!\d{1,5}[/?#,])(?P<s>[^\s@\"'<>]{1,256})@(?=[\w.\[-])", parts="://"
    ),
    _rule("token", r"://(?P<s>(?=[\w~-]{0,60}\d)[\w~-]{20,256})@", parts="://"),
    _rule(
        "webhook",
        r"(?i)(?:hooks\.slack\.com/(?:services|workflows)|discord(?:app)?\.com/api/webhooks|/webhookb2)",
        r"/(?P<s>[\w/@+-]{20,})",
        words="hooks.slack.com discord.com discordapp.com webhookb2",
    ),
    _rule(
        "signature",
        r"(?i)(?:(?<![A-Za-z0-9])sig|signature|security-token)=\"?(?P<s>[\w%+/=-]{20,})",
        words="sig signature x-amz-signature x-goog-signature x-amz-security-token",
    ),
    _rule("signature", r"[?&]code=(?P<s>[\w%+/=-]{20,})", words="code"),
)

_TOKENS = tuple(
    _rule(kind, r"(?<![A-Za-z0-9_.])(?P<s>", "|".join(patterns), ")", stems=stems) for kind, stems, patterns in TOKENS
)

_CLOUDS = (
    _rule("telegram-token", r"(?<!\d)\d{8,10}:(?P<s>AA[\w-]{32,34})(?![\w-])", parts=":aa"),
    _rule("azure-secret", r"(?<![\w.~-])(?P<s>[\w.~-]{3}[78]Q~[\w.~-]{31,34})", parts="q~"),
    _rule(
        "aws-secret",
        r"\[aws-key-id-\d+\][\s,:;/|\"']{1,4}(?P<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
        stems="aki asi",
    ),
    _rule(
        "aws-secret",
        rf"(?i)(?:aws[\w.-]{{0,30}}(?:secret|key|sk)[\w.-]{{0,20}}|secretaccesskey){_IS}{_Q}",
        r"(?P<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        parts="secret key",
    ),
    _rule(
        "azure-key",
        rf"(?i)(?:accountkey|sharedaccesskey){_Q}\s?[=:]\s?{_Q}(?P<s>[A-Za-z0-9+/%]{{20,}}={{0,2}})",
        parts="key",
    ),
)

_HEADERS = (
    _rule("authorization", r"(?i)\bbasic\s{1,4}(?P<s>[A-Za-z0-9+/]{4,}={0,2})", judge=basic, words="basic"),
    _rule("authorization", r"(?i)\bauth\\?\"\s?:\s?\\?\"(?P<s>[A-Za-z0-9+/]{8,}={0,2})", judge=basic, words="auth"),
    _rule(
        "authorization",
        rf"(?i)\b(?:bearer|authorization{_Q}\s{{0,4}}[:=]\s{{0,4}}{_Q}{_SCHEMES}|www-authenticate:\s(?:negotiate|ntlm))",
        r"\s{1,4}(?P<bare>(?!(?:credential|username|realm|signedheaders)=)[^\s\"',;<>\\]{4,})",
        judge=scheme,
        words="bearer authorization proxy-authorization www-authenticate",
    ),
    _rule(
        "authorization",
        rf"(?i)\bauthorization{_Q}\s{{0,4}}[:=]\s{{0,4}}(?!\[){_VALUE}",
        judge=credential,
        words="authorization proxy-authorization",
    ),
    _rule("authorization", r"(?i)\bdigest\s[^\r\n]{0,600}?\bresponse=\"(?P<s>[0-9a-f]{32,})", words="digest"),
)

_HASHES = (
    _rule(
        "password-hash",
        r"\$(?P<s>(?:1|2[abxy]|5|6|y|apr1|argon2\w{1,2}|pbkdf2[\w-]{0,10})\$[./A-Za-z0-9$=,+-]{20,})",
        parts="$",
    ),
    _rule("password-hash", r"(?i)\{s?sha\d{0,3}\}(?P<s>[\w+/=]{20,})", words="sha ssha sha256 ssha256 sha512 ssha512"),
    _rule("password-hash", r"(?i)(?<=:)(?P<s>[0-9a-f]{32}:[0-9a-f]{32})(?=:::)", parts=":::"),
)

_NAMED = (
    _rule(
        "password",
        rf"(?i){_LOGIN_WORDS}{_IS}{_VALUE}",
        judge=password,
        parts="pass pwd пароль",
        words="kennwort senha contrase",
    ),
    _rule("password", rf"(?i)\bpass(?:=|[\"']\s?:\s?){_VALUE}", judge=password, parts="pass"),
    _rule(
        "password",
        r"(?i)<(?:\w{1,20}:)?[\w.-]{0,40}(?:password|passwd|pwd|passphrase)>(?P<s>[^<\n]+)",
        judge=password,
        parts="pass pwd",
    ),
    _rule(
        "password",
        r"(?i)(?:identified\s{1,4}by|password)\s{1,4}(?:password\s{1,4})?(?:N?'(?P<s>[^'\n]+)|\"(?P<t>[^\"\n]+)\")",
        judge=password,
        parts="pass",
        words="identified",
    ),
    _rule(
        "secret",
        rf"(?i){_KEYS}{_IS}{_VALUE}",
        judge=credential,
        parts="secret key token",
        words="credential credentials psk wpa_psk wpa-psk",
    ),
)

_COMMANDS = (
    _rule(
        "password",
        r"(?i)[-/](?<![\w-][-/])-?(?:\w{1,20}-){0,4}(?:password|passwd|passphrase|pass|pwd|pw|secret|token|api-?key"
        rf"|access-?key)[ :]\s{{0,4}}(?![-/$(@]){_VALUE}",
        judge=password,
        parts="pass pwd secret token key",
        words="-pw",
    ),
    _rule("password", r"(?i)-pass(?:in|out)?\s+pass:(?P<bare>\S+)", judge=password, parts="pass"),
    _rule(
        "password",
        rf"(?i)convertto-securestring\s{{1,4}}(?:-string\s{{1,4}})?(?![-$(]){_ARGUMENT}",
        judge=password,
        words="convertto-securestring",
    ),
    _rule(
        "password",
        r"(?i)\bnet1?(?:\.exe)?\s{1,4}user\s{1,4}(?:\"[^\"\n]{1,80}\"|\S{1,80})\s{1,4}(?P<bare>(?![/*])\S+)",
        judge=password,
        words="net net1 net.exe",
    ),
    _rule(
        "password",
        r"(?i)\bnet(?:\.exe)?\s{1,4}use\s{1,4}(?:[a-z*]:?\s{1,4})?\\\\\S{1,200}(?:\s{1,4}/user:\S{1,100})?\s{1,4}",
        r"(?P<bare>(?![/*])\S+)",
        judge=password,
        words="net net.exe",
    ),
    _rule(
        "password",
        rf"\b(?:sshpass|[Pp]s[Ee]xec(?:64)?(?:\.exe)?|plink(?:\.exe)?|pscp|(?:docker|podman|az)\slogin)\b{_ARGS}"
        rf"-(?:pw|p)\s{{0,4}}{_ARGUMENT}",
        judge=password,
        words="sshpass psexec psexec.exe psexec64 psexec64.exe plink plink.exe pscp login",
    ),
    _rule("password", rf"\b(?:mysql\w*|mariadb\w*)\s(?:{_ARGS})?-p{_ARGUMENT}", judge=password, words=_MYSQL),
    _rule("password", rf"\bldap\w+\s{_ARGS}-w\s{{1,4}}{_ARGUMENT}", judge=password, words="-w"),
    _rule("password", rf"\bredis-cli\s(?:{_ARGS})?-a\s{{1,4}}{_ARGUMENT}", judge=password, words="redis-cli"),
    _rule(
        "password",
        rf"\b(?:curl|wget)(?:\.exe)?\s(?:{_ARGS})?(?:-u|--user)[ =]?\s{{0,4}}[\"']?[^\s:\"']{{1,100}}:{_ARGUMENT}",
        judge=password,
        words="curl curl.exe wget wget.exe",
    ),
    _rule(
        "password", rf"(?i)\bschtasks\b{_ARGS}/r?p\s{{1,4}}{_ARGUMENT}", judge=password, words="schtasks schtasks.exe"
    ),
    _rule(
        "password", rf"\bsmbclient\s{_ARGS}-U\s{{0,4}}[^\s%]{{1,100}}%{_ARGUMENT}", judge=password, words="smbclient"
    ),
    _rule("password", rf"(?i)\brequirepass\s{{1,4}}{_ARGUMENT}", judge=password, words="requirepass"),
    _rule(
        "password",
        r"(?i)(?:jdbc:oracle:\w+:|sqlplus\s+(?:-\w+\s+)?)[\w.$#-]{1,64}/(?P<s>[^\s@/]{1,128})@",
        words="oracle sqlplus",
    ),
    _rule("snmp-community", rf"(?i)\bsnmp-server\s{{1,4}}community\s{{1,4}}{_ARGUMENT}", words="snmp-server"),
    _rule(
        "snmp-community",
        rf"(?i)community(?:[ _-]?(?:string|name))?{_Q}\s{{0,4}}[:=]\s{{0,4}}(?!\d{{1,10}}:\d){_VALUE}",
        judge=password,
        words=_COMMUNITY,
    ),
    _rule(
        "snmp-community",
        rf"(?i)\b(?:(?:ro|rw)community6?|community[ _-]?string)\s{{1,4}}{_ARGUMENT}",
        judge=scheme,
        words=_COMMUNITY,
    ),
    _rule(
        "snmp-community",
        rf"\bsnmp(?:walk|get|getnext|bulkwalk|bulkget|set|table|trap)\b{_ARGS}-c\s{{0,4}}{_ARGUMENT}",
        judge=password,
        words="snmpwalk snmpget snmpgetnext snmpbulkwalk snmpbulkget snmpset snmptable snmptrap",
    ),
)

RULES: tuple[Rule, ...] = (
    *_KEY_BLOCKS,
    *_WEB,
    *_TOKENS,
    *_CLOUDS,
    *_HEADERS,
    *_HASHES,
    *_NAMED,
    *_COMMANDS,
)
