"""One rule of redaction: when it is tried, what it looks for, and the judges that tell a secret from prose.

A pattern's last named group holds the candidate; a judge takes the match and gives how many characters of that group
are secret, 0 for none: masks, variables, placeholders and words of a sentence are not. The group is called `bare`
where no quote ends the value, so that the punctuation of the sentence stays out.

All patterns take time linear in the text: repeats before something that may fail are bounded or possessive. Knows
nothing of pseudonyms or counts (see redactor).
"""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, NamedTuple

from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Callable

    Judge = Callable[[re.Match[str]], int]

# A value after a name: in quotes of JSON inside JSON, in quotes, in braces of a connection string, or bare, up to a
# blank or to a separator that a blank or another name= follows. No closing quote is asked for: lines are cut.
VALUE = (
    r"(?:\\+\"(?P<json>(?:[^\"\\\n]|\\(?!\"))++)|\"(?P<double>(?:[^\"\\\n]|\\.)++)|N?'(?P<single>(?:[^'\n]|'')++)"
    r"|\{(?P<brace>[^}\n]++)\}|(?P<bare>(?:[^\s\"'<>,;&]|[,;&](?!\s|$|[\w .-]{0,40}=))++))"
)
ARGUMENT = r"(?:'(?P<single>[^'\n]+)|\"(?P<double>[^\"\n]+)|(?P<bare>[^\s\"']+))"
Q = r"\\*[\"']?"  # a quote, escaped or not, or none
# Between a name and its value: also the name and the value of an entry ("name": "DB_PASSWORD", "value": "x").
IS = rf"{Q}[ \t]{{0,8}}(?:(?:is|was)[ \t]?)?(?::=|::?|=>?|%3[ADad]|value[ ]?=|,?\s{{0,16}}{Q}value{Q}[ ]?[:=])[ \t]{{0,8}}"

_ENDINGS = ".,;:)]}\\"
# A name given by redaction, a mask, a variable, a reference, an object of .NET, Java or Android, a fingerprint.
_NO_SECRET = late(
    r"(?i)\[[a-z][a-z0-9-]*\]?[.,;:)\]}\\]*|\[[a-z][a-z0-9-]*\][/\\!].*|(?-i:\$[A-Z][A-Z0-9_]+)\W*|S-1-\d.*|[*•.#x-]+|\$\{.*|\$\(.*|\$env:.*|%\w+%|\{\{.*|\(.*|<.*"
    r"|system\.security\.securestring|[\w.$]+@[0-9a-f]{5,8}|0x[0-9a-f]+|[a-z.]+\{.*|(?:com|org|net|io)\.[\w./-]+"
    r"|(?:sha256|sha1|md5):.*|ssh-\w+"
)
# What a sentence says after "password:".
_PROSE = late(
    r"(?:null|none|nil|true|false|yes|no|n/a|na|empty|blank|undefined|"
    r"unknown|required|optional|expired|incorrect|wrong|invalid|valid|changed|set|unset|reset|"
    r"missing|prompt|default|ok|failed|failure|error|denied|accepted|rejected|not|must|"
    r"is|was|has|have|for|and|or|the|a|an|in|of|"
    r"to|from|with|authentication|authorization|permission|access|bad|weak|disabled|enabled|unavailable|"
    r"mismatch|cannot|could|string|password|token|key|hidden|public)"
)
_LIKE_SECRET = late(r"(?=.*[A-Za-z])(?=.*[0-9!#$%&*+=?@^~]).{4,}")
_NAME = late(r"[a-z]+(?:[-_/.][a-z]+)+|[A-Z]+(?:_[A-Z]+)+")  # of a thing: kube-system/tls-secret
_WORD = late(r"[A-Z]?[a-z]+")
_NEXT_WORD = late(r"[.,;]?\s+[a-z]+(?!\w*\s*[:=])")
_PATH = late(r"[/~]|[A-Za-z]:[\\/]|\\\\")
_ORDINARY_TOKEN = late(
    r"(?i)(?:public|publickey|correlation|activity|request|trace|next|page|continuation|sync)[ _-]?$"
)


def _value(match: re.Match[str]) -> str:
    """The candidate, without the punctuation after it if nothing else ends it."""
    value = match[match.lastgroup or 0]
    return value.rstrip(_ENDINGS) or value if match.lastgroup == "bare" else value


def _before(match: re.Match[str]) -> str:
    return match.string[match.start() : match.start(match.lastgroup or 0)]


def anything(match: re.Match[str]) -> int:
    """For patterns that are a secret by their form alone."""
    value = _value(match)
    return 0 if _NO_SECRET.fullmatch(match[match.lastgroup or 0]) else len(value)


def _is_object(match: re.Match[str]) -> bool:
    """Braces hold a password in a connection string (PWD={...}), an object elsewhere ("token":{...})."""
    return match.lastgroup == "brace" and "=" not in _before(match)


def _opens_prose(value: str) -> bool:
    """Whether a word of prose and something that is no letter open the value: incorrect](#the-password..."""
    word = re.split(r"[^a-z]", value.lower(), maxsplit=1)[0]
    return bool(_PROSE.fullmatch(word))


def password(match: re.Match[str]) -> int:
    """Anything but masks, words that tell of a password, and after a colon, prose: "password: try again"."""
    value, before = _value(match), _before(match)
    if _NO_SECRET.fullmatch(match[match.lastgroup or 0]) or _is_object(match) or _PROSE.fullmatch(value.lower()):
        return 0
    if match.lastgroup == "bare":
        follows = _NEXT_WORD.match(match.string, match.start("bare") + len(value))
        if ":" in before and "=" not in before and _WORD.fullmatch(value) and follows:
            return 0
        if before[:3].lower() == "pwd" and _PATH.match(value):  # the working directory, in sudo's lines
            return 0
    return len(value)


def credential(match: re.Match[str]) -> int:
    """The value of a key, a secret or a token: long enough, not a word, not the next part of a message."""
    value, before, whole = _value(match), _before(match), match[match.lastgroup or 0]
    if len(value) < 6 or _NO_SECRET.fullmatch(value) or _NO_SECRET.fullmatch(whole) or _is_object(match):
        return 0
    if _PROSE.fullmatch(value.lower()) or _PATH.match(value):
        return 0
    goes_on = whole.endswith(":") and not (len(value) >= 20 and sum(map(str.isdigit, value)) >= 3)
    if match.lastgroup == "bare" and (goes_on or value[0] in "{`*" or _NAME.fullmatch(value)):
        return 0
    if _ORDINARY_TOKEN.search(match.string, max(match.start() - 14, 0), match.start()):
        return 0
    letters = sum(map(str.isalpha, value))
    digits = sum(map(str.isdigit, value))
    named = "token" not in before.lower() and ("=" in before or match.lastgroup != "bare")
    strange = letters and (digits or letters < len(value)) and len(value) >= 8
    return len(value) if strange or len(value) >= 20 or (named and letters) else 0


def session(match: re.Match[str]) -> int:
    """The id of a web session; shorter ones, and numbers, are ids of something else."""
    length = credential(match)
    return length if length >= 16 else 0


def scheme(match: re.Match[str]) -> int:
    """After "Bearer" and the like: not the word of a sentence ("Bearer authentication")."""
    value = _value(match)
    return 0 if _WORD.fullmatch(value) or _PROSE.fullmatch(value.lower()) else anything(match)


def redaction_told(match: re.Match[str]) -> int:
    """In a sentence ("the password is x"): only what no sentence would hold, letters with digits or signs."""
    value = _value(match)
    return password(match) if _LIKE_SECRET.fullmatch(value) and not _opens_prose(value) else 0


def basic(match: re.Match[str]) -> int:
    """Base64 of user:password and of nothing else (RFC 7617)."""
    value = match[match.lastgroup or 0]
    import base64

    try:
        plain = base64.b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError):
        return 0
    return len(value) if b":" in plain and all(byte >= 0x20 for byte in plain) else 0


_PEM_BODY = late(r"(?:[\s>|]|\\[nrt]|[A-Z][A-Za-z-]{2,20}: [^\n]{0,80}|[A-Za-z0-9+/]++={0,2}(?=\s|\\|$))*+")


def pem(match: re.Match[str]) -> int:
    """All up to the END line; where that is missing, only what can be the body of a key."""
    value = match[match.lastgroup or 0]
    if not match.string.startswith("-----END", match.end()):
        body = _PEM_BODY.match(value)
        value = body[0] if body else ""
    return len(value) if len(value.strip()) >= 16 and not _NO_SECRET.fullmatch(value.strip()) else 0


def pem_line(match: re.Match[str]) -> int:
    """A line of Base64, not a path, a digest or a word: such is the body of a key whose first line was left behind."""
    value = match[match.lastgroup or 0]
    kinds = (sum(map(str.isupper, value)), sum(map(str.islower, value)), sum(map(str.isdigit, value)))
    return len(value) if kinds[0] >= 8 and kinds[1] >= 8 and kinds[2] >= 3 else 0


class Rule(NamedTuple):
    """`parts` are pieces of text, `words` whole words, `stems` the first three letters of a long word, in lower case;
    `sizes` are lengths of a word."""

    kind: str
    pattern: str  # compiled when first tried: all of them cost 15 ms, most runs need none
    judge: Judge = anything
    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()


def make(
    kind: str,
    *pattern: str,
    judge: Judge = anything,
    parts: str = "",
    words: str = "",
    stems: str = "",
    sizes: tuple[int, ...] = (),
) -> Rule:
    return Rule(kind, "".join(pattern), judge, tuple(parts.split()), tuple(words.split()), tuple(stems.split()), sizes)
