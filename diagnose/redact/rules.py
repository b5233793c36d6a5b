"""What secrets look like in logs, headers, URLs and settings: the rules of redaction, the most specific first.

Rules for command lines are in command_lines, forms in forms, tokens known by their first letters in tokens, data of persons
in personal. Knows nothing of pseudonyms or counts (see redactor).
"""

from __future__ import annotations

from diagnose.redact.command_lines import COMMANDS
from diagnose.redact.forms import FORMS
from diagnose.redact.personal import MONEY
from diagnose.redact.rule import (
    IS,
    VALUE,
    Q,
    Rule,
    basic,
    credential,
    make,
    password,
    pem,
    redaction_told,
    scheme,
    session,
)
from diagnose.redact.tokens import TOKENS

_LOGIN_WORDS = (
    r"(?:pass(?:word|wd|phrase|code|wort)|pwd|kennwort|senha|contrase[nñ]a|пароль)"
    r"(?:\d{1,3}|[_-]?(?:hash|text|plain))?"
)
_KEYS = (
    r"(?:secret(?:[ _-]?key)?|(?:api|access|account|private|encryption|encrypt|signing|shared|master|auth|subscription"
    r"|license|storage|functions?|integration|session|jwt|decryption|validation)[ _-]?keys?|token|credentials?|psk)"
)
_COOKIES = (
    r"(?:\bJSESSIONID(?:SSO)?|\bPHPSESSID|\bASPSESSIONID\w{0,12}|\bASP\.NET_SessionId|\bconnect\.sid|\bsessionid"
    r"|_session|\.ASPXAUTH|\bFedAuth|\bcsrftoken|\bXSRF-TOKEN)"
)
_SCHEMES = r"(?:basic|digest|negotiate|ntlm|token|apikey|api-key|sharedkey(?:lite)?|key|aws4-hmac-sha256)"

_KEY_BLOCKS = (
    make(
        "private-key",
        r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?P<s>(?:[^-]++|-(?!----))++)",
        judge=pem,
        words="private",
    ),
)

_WEB = (
    make(
        "cookie",
        rf"(?i)\bcookies?2?{Q}\s{{0,8}}[:=]\s{{0,8}}{Q}",
        r"(?P<s>[^\s=;,\"'\\]{1,128}=[^\r\n\"'\\]+)",
        words="cookie cookies cookie2 set-cookie set-cookie2",
    ),
    make(
        "session",
        rf"(?i){_COOKIES}=(?P<bare>[^\s;,&\"'<>]+)",
        judge=credential,
        words="jsessionid jsessionidsso phpsessid asp.net_sessionid connect.sid sessionid laravel_session .aspxauth"
        " fedauth csrftoken xsrf-token",
        stems="asp",
    ),
    make(
        "session",
        r"(?i)(?<![a-z0-9])(?:session[_-]?id|sid)=(?P<bare>[^\s;,&\"'<>]+)",
        judge=session,
        words="session_id session-id sessionid sid",
    ),
    # Host:port/path@version has digits after the colon; a slash in a password is tolerated only where @ and a host follow.
    make("password", r"://[^\s/:@\"'<>]{0,128}:(?!\d{1,5}(?:[/?#]|$))(?P<s>[^\s/\"'<>]{1,256})@", parts="://"),
    make("password", r"://[^\s/:@\"'<>\[]{1,128}:(?!\d{1,5}[/?#,])(?P<s>[^\s@\"'<>]{1,256})@(?=[\w.\[-])", parts="://"),
    make("token", r"://(?P<s>(?=[\w~-]{0,60}\d)[\w~-]{20,256})@", parts="://"),
    make(
        "webhook",
        r"(?i)(?:hooks\.slack\.com/(?:services|workflows)|discord(?:app)?\.com/api/webhooks|/webhookb2)",
        r"/(?P<s>[\w/@+-]{20,})",
        words="hooks.slack.com discord.com discordapp.com webhookb2",
    ),
    make(
        "signature",
        r"(?i)(?:(?<![A-Za-z0-9])sig|signature|security-token)=\"?(?P<s>[\w%+/=-]{20,})",
        words="sig signature x-amz-signature x-goog-signature x-amz-security-token",
    ),
    make("signature", r"[?&](?:code|key)=(?P<s>[\w%+/=-]{16,})", words="code key"),
    make("signature", r"(?i)saml(?:response|request)=(?P<s>[\w%+/=-]{40,})", words="samlresponse samlrequest"),
    make(
        "password",
        r"(?i)\b(?:\w{1,5}_)?proxy[ ]?[=:][ ]?[\"']?[^\s:@/\"']{1,64}:(?P<s>[^\s@/\"']{1,128})@",
        words="proxy http_proxy https_proxy all_proxy ftp_proxy",
    ),
)

_TOKENS = tuple(
    make(kind, r"(?<![A-Za-z0-9_.])(?P<s>", "|".join(patterns), ")", stems=stems) for kind, stems, patterns in TOKENS
)

_CLOUDS = (
    make("telegram-token", r"(?<!\d)\d{8,10}:(?P<s>AA[\w-]{32,34})(?![\w-])", parts=":aa"),
    make("azure-secret", r"(?<![\w.~-])(?P<s>[\w.~-]{3}[78]Q~[\w.~-]{31,34})", parts="q~"),
    make(
        "aws-secret",
        r"\[aws-key-id-\d+\][\s,:;/|\"']{1,4}(?P<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
        stems="aki asi",
    ),
    make(
        "aws-secret",
        rf"(?i)(?:aws[\w.-]{{0,30}}(?:secret|key|sk)[\w.-]{{0,20}}|secretaccesskey){IS}{Q}",
        r"(?P<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        parts="secret key",
    ),
    make(
        "azure-key",
        rf"(?i)(?:accountkey|sharedaccesskey){Q}\s?[=:]\s?{Q}(?P<s>[A-Za-z0-9+/%]{{20,}}={{0,2}})",
        parts="key",
    ),
)

_HEADERS = (
    make("authorization", r"(?i)\bbasic\s{1,4}(?P<s>[A-Za-z0-9+/]{4,}={0,2})", judge=basic, words="basic"),
    make("authorization", r"(?i)\bauth\\?\"\s?:\s?\\?\"(?P<s>[A-Za-z0-9+/]{8,}={0,2})", judge=basic, words="auth"),
    make(
        "authorization",
        rf"(?i)\b(?:bearer|authorization{Q}\s{{0,4}}[:=]\s{{0,4}}{Q}{_SCHEMES}|www-authenticate:\s(?:negotiate|ntlm))",
        r"\s{1,4}(?P<bare>(?!(?:credential|username|realm|signedheaders)=|\w{1,20}=\")[^\s\"',;<>\\]{4,})",
        judge=scheme,
        words="bearer authorization proxy-authorization www-authenticate",
    ),
    make(
        "authorization",
        rf"(?i)\bauthorization{Q}\s{{0,4}}[:=]\s{{0,4}}(?!\[){VALUE}",
        judge=credential,
        words="authorization proxy-authorization",
    ),
    make("authorization", r"(?i)\bdigest\s[^\r\n]{0,600}?\bresponse=\"(?P<s>[0-9a-f]{32,})", words="digest"),
)

_HASHES = (
    make(
        "password-hash",
        r"\$(?P<s>(?:1|2[abxy]|5|6|y|apr1|argon2\w{1,2}|pbkdf2[\w-]{0,10})\$[./A-Za-z0-9$=,+-]{20,})",
        parts="$",
    ),
    make("password-hash", r"(?i)\{s?sha\d{0,3}\}(?P<s>[\w+/=]{20,})", words="sha ssha sha256 ssha256 sha512 ssha512"),
    make("password-hash", r"(?i)(?<=:)(?P<s>[0-9a-f]{32}:[0-9a-f]{32})(?=:::)", parts="::"),
)

_NAMED = (
    make(
        "password",
        rf"(?i){_LOGIN_WORDS}{IS}{VALUE}",
        judge=password,
        parts="pass pwd пароль",
        words="kennwort senha contrase",
    ),
    make(
        "password",
        rf"(?i)(?<!by)(?<!com)(?:pass(?:=|[\"']\s?:\s?)|(?:(?-i:pass)|_pass):[ ]{{1,4}}(?!\d{{1,4}}\b)){VALUE}",
        judge=password,
        parts="pass",
    ),
    make("password", rf"(?i)\bpw{Q}[ ]?[:=][ ]?{VALUE}", judge=password, words="pw"),
    make(
        "password",
        r"(?i)(?:(?:with|using)\spassword|password\s(?:is|was|(?:re)?set\sto|changed\sto)):?\s{1,4}[\"'“]?(?P<bare>[^\s\"'”]+)",
        judge=redaction_told,
        parts="pass",
    ),
    make(
        "password",
        r"(?i)<(?:\w{1,20}:)?[\w.-]{0,40}(?:password|passwd|pwd|passphrase)(?:\s[^>\n]{0,80})?>(?P<s>[^<\n]{1,512}(?=</)|[^\s<]{1,512}$)",
        judge=password,
        parts="pass pwd",
    ),
    make(
        "password",
        r"(?i)\b(?:user|role|grant)\b[^\n]{0,200}?\bidentified\s{1,4}(?:with\s\S{1,64}\s)?(?:by|as)\s{1,4}(?:password\s{1,4})?"
        r"(?:'(?P<s>[^'\n]+)|\"(?P<t>[^\"\n]+)|(?P<bare>[^\s\"';]+))",
        judge=password,
        words="identified",
    ),
    make(
        "password",
        r"(?i)password(?:\s{1,4}|\()(?:N?'(?P<s>[^'\n]+)'|\"(?P<t>[^\"\n]+)\")",
        judge=password,
        parts="pass",
    ),
    make(
        "secret",
        r"(?i)api[ _-]?key\s{1,4}(?P<bare>[^\s\"'=:]{12,})",
        judge=redaction_told,
        parts="key",
    ),
    make(
        "secret",
        rf"(?i){_KEYS}{IS}{VALUE}",
        judge=credential,
        parts="secret key token",
        words="credential credentials psk wpa_psk wpa-psk",
    ),
)

RULES: tuple[Rule, ...] = (
    *_KEY_BLOCKS,
    *FORMS,
    *_WEB,
    *_TOKENS,
    *_CLOUDS,
    *_HEADERS,
    *_HASHES,
    *_NAMED,
    *COMMANDS,
    *MONEY,
)
