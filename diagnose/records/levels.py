"""How bad a message says it is: the places where log lines keep their level, one table, and the words for each level.

Takes the first lines of one message; gives `fatal`, `error`, `warning`, `info`, `debug` or an empty string. Knows nothing of
where the message came from.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

Level = Literal["fatal", "error", "warning", "info", "debug", ""]

_WORDS: dict[Level, str] = {
    "fatal": "fatal ftl f emerg emergency alert crit critical panic kritisch critique crítico critico 重大 严重 심각",
    "error": "error err erro e severe fehler erreur errore エラー 错误 오류 ошибка błąd fout fel fejl",
    "warning": "warning warn wrn w warnung avertissement advertencia avviso aviso 警告 경고 предупреждение ostrzeżenie",
    "info": "info inf i information informational informationen información informazioni informações notice note log"
    " 情報 信息 정보 сведения informacje",
    "debug": "debug dbg dbug d trace v verbose noise fine finer finest",
}
LEVELS: dict[str, Level] = {word: level for level, words in _WORDS.items() for word in words.split()}

# Numbers and marks that stand for a level: Windows events, severities of syslog, bunyan and pino, Redis.
_NUMBERS: dict[str, Level] = {"1": "fatal", "2": "error", "3": "warning", "4": "info", "5": "debug"}
_SYSLOG: tuple[Level, ...] = ("fatal", "fatal", "fatal", "error", "warning", "info", "info", "debug")
_PINO: dict[str, Level] = {
    "10": "debug", "20": "debug", "30": "info", "40": "warning", "50": "error", "60": "fatal"
}  # fmt: skip
_REDIS: dict[str, Level] = {".": "debug", "-": "debug", "*": "info", "#": "warning"}

_UPPER = r"FATAL|CRITICAL|CRIT|EMERG|ALERT|PANIC|SEVERE|ERROR|ERR|WARNING|WARN|WRN|NOTICE|INFORMATION|INFO|INF|LOG|DEBUG|DBG|TRACE|VERBOSE"
_LOWER = r"fatal|critical|crit|emerg|alert|panic|error|erro|err|warning|warn|notice|information|info|debug|trace"
_LABEL = r"Level|Event Type|LevelDisplayName|Ebene|Niveau|Nivel|Nível|Livello|レベル|级别|수준|Уровень|Poziom"
REACH = 400
# How far into the text a place may begin, and how it looks. First match wins: a field that says that it is a level is
# surer than a word that looks like one.
_PLACES = (
    (60, r"\bTL_(ERROR|WARN|INFO|VERBOSE|NOISE)\("),
    (60, r"(?<![\w.])([IWEF])(?:\d{4})?\d{4} \d\d:\d\d:\d\d\."),
    (60, r"^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {1,5}\d{1,7} {1,5}\d{1,7} ([VDIWEF]) "),
    (REACH, rf"(?:^|\s)(?:{_LABEL})[ \xa0]?[:：]\s{{0,20}}([^\W\d_]{{2,20}})"),
    (REACH, r"\"(?:level|levelname|severity|log\.level|lvl|loglevel|log_level|s|@l)\" ?: ?\"(\w{1,20})\""),
    (REACH, r"(?<![\w.])(?:level|lvl|severity)=[\"']?([A-Za-z]{1,13})\b"),
    (100, rf"\[ {{0,2}}(?:\w{{1,20}}:)?({_LOWER}|{_UPPER}) {{0,2}}\]"),
    (160, rf"(?<![\w./=-])({_UPPER})(?![\w.=-])"),
    (60, r"\d, (Info|Warning|Error) "),
    (REACH, rf"(?:^|[\s\]:])({_LOWER})(?: error)?(?:\[\w{{1,10}}\])?:(?!:)"),
    (60, rf"\d[Z\d]\s{{1,8}}({_LOWER})\s"),
    (80, r"\d\d:\d\d(?::\d\d)?(?:[ \xa0\u202f][AP]M)?[ \t]{1,12}\d{1,5}[ \t]{1,12}([^\W\d_]{3,20})[ \t]"),
)
_CODES: tuple[tuple[int, str, dict[str, Level]], ...] = (
    (REACH * 4, r"<Level>([1-5])</Level>", _NUMBERS),
    (REACH, r"^\{.{0,400}?\"level\" ?: ?([1-6]0)\b", _PINO),
    (60, r"^\d{1,7}:[MSCX] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} ([.*#-]) ", _REDIS),
)
_PRIORITY = r"<(\d{1,3})>"
# Compiled when first needed: a diagnosis without a message to show needs none of them.
_regex = cache(re.compile)


def level_of(text: str) -> Level:
    """The level that the first 1,600 characters of a message give; empty where they give none."""
    for reach, place, table in _CODES:
        found = _regex(place).search(text, 0, reach)
        if found:
            return table[found[1]]
    for reach, place in _PLACES:
        found = _regex(place).search(text, 0, reach)
        if found and found[1].lower() in LEVELS:
            return LEVELS[found[1].lower()]
    priority = _regex(_PRIORITY).match(text)
    return _SYSLOG[int(priority[1]) & 7] if priority else ""
