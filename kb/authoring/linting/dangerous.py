"""Commands that nobody should copy unread: they fetch and run, hide what they run, or delete without asking.

Takes a command line, gives what it does, in words that follow "the command ..."; empty where it is none of these.
"""

from __future__ import annotations

import re

_SHELL = r"(?:(?:ba|z|da|k|c|tc|fi)?sh|python[\d.]*|perl|ruby|node|php|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh)"
_PREFIX = r"(?:(?:sudo|env|command|exec|nohup)\s+(?:-\S+\s+)*)*(?:/(?:usr/)?bin/)?"
_FETCHING = (
    r"curl|wget|aria2c|iwr|irm|invoke-webrequest|invoke-restmethod|start-bitstransfer|bitsadmin|certutil\s+-urlcache"
    r"|downloadstring|downloadfile|downloaddata"
)
_KINDS = (
    (
        "pipes text into a shell",
        rf"\|\s*{_PREFIX}{_SHELL}(?=\s*(?:$|[;&])|\s+\||\s+-(?:\s|$|s\b|nop))|\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b|\binvoke-expression\b|(?:^|[;|&({{])\s*iex\b"
        rf"|\b(?:source|\.|{_SHELL})\s+<\(|\beval\s+[\"']?\$\(\s*(?:{_FETCHING})|\[scriptblock\]::create",
    ),
    (
        "runs a script from elsewhere",
        r"\bmshta\b.*(?:https?:|javascript:|vbscript:)|\bregsvr32\b.*/i:\s*https?:|\brundll32\b.*(?:javascript:|https?:)",
    ),
    (
        "runs an encoded command",
        r"-e(?:nc|ncodedcommand)\s+[A-Za-z0-9+/=]{8,}|\b(?:powershell|pwsh)(?:\.exe)?\b.*\s-ec?\s+[A-Za-z0-9+/=]{8,}"
        r"|\bbase64\s+(?:-d\b|-D\b|--decode\b)|\bxxd\s+-r\b|b64decode|frombase64string|\bcertutil\b.*-decode",
    ),
    (
        "downloads",
        rf"\b(?:{_FETCHING})\b(?!.*\s-o (?:/dev/null|NUL)\s).*https?://(?!localhost\b|127\.)|\bscp\s+(?:-\S+\s+)*[^\s:/\\]{{2,}}:\S+\s+\S",
    ),
    (
        "deletes without asking",
        r"\brm\s+(?:-\w*[rf]|.*--(?:recursive|force)\b)|\bremove-item\b.*-(?:recurse|force)|\bdel\s+(?:/\w\s+)*/[sq]\b"
        r"|\b(?:rd|rmdir)\s+(?:/\w\s+)*/s\b|\bformat\s+[a-z]:|\bmkfs|\bdd\s+(?:\S+\s+)*[io]f=|\bshred\b"
        r"|\bfind\b.*\s(?:-delete\b|-exec(?:dir)?\s+rm\b)",
    ),
)
_TABLE = tuple((what, re.compile(pattern, re.IGNORECASE)) for what, pattern in _KINDS)


def danger(line: str) -> str:
    """What the first kind of danger in `line` is; empty where there is none."""
    return next((what for what, pattern in _TABLE if pattern.search(line)), "")
