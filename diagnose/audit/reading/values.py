"""Values that a statement names and that a log can show: codes, hosts, ports, paths, versions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.audit.model import Needle
from diagnose.codes.decode import pattern
from diagnose.codes.find import find
from diagnose.errors import KbError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.audit.model import Kind

_SUFFIXES = (
    "com net org io local internal intern lan corp home test example invalid localdomain edu gov mil int dev cloud"
    " de at ch uk eu us ca fr nl it es se no fi dk pl cz jp cn in au br ru"
)
_SUFFIX = "|".join(_SUFFIXES.split())
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_PORT_END = r"(?::(?P<{0}>\d{{2,5}})(?![\d:.]*\d:|\w))?"
_ADDRESS = re.compile(
    rf"(?<![\w.:-])(?P<ip>{_OCTET}(?:\.{_OCTET}){{3}})(?![\w.]*\.?\d|/\d)" + _PORT_END.format("ip_port")
)
_NAME = re.compile(
    rf"(?:(?<=[a-z]://)(?<!https://)(?<!http://)|(?<![\w.@/-]))(?P<name>(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,6}}(?:{_SUFFIX}))(?![\w-]|\.\w|\()"
    + _PORT_END.format("name_port"),
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"\b(?:host|server|node|machine|instance|broker|replica|worker|VM|controller|computer|appliance)\s+[\"'`]?(?P<host>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)[\"'`]?(?![\w.])"
)
_PORT = re.compile(
    r"\b(?:ports?(?:\s+number)?|TCP|UDP)(?:[ :#/]|\s+port\s+)`?(?P<port>\d{2,5})\b`?(?!\.\d)|(?<![\w.])(?P<before>\d{2,5})/(?:tcp|udp)\b",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?<![\w.:/\\-])(?P<unix>/(?:[\w.+@%-]+/)+[\w.+@%-]*[\w%-])"
    r"|(?<![\w])(?P<windows>[A-Za-z]:\\[^\s\"'`<>|*?,;]+[\w])|(?<![\w\\])(?P<share>\\\\[\w.-]+\\[\w.$\\-]*[\w$])"
)
_VERSION = re.compile(
    r"(?:\b(?P<product>[A-Za-z][\w+#-]{1,30})(?:/|\s+)(?:version\s+|v\.?\s?|release\s+)?|\bversion\s+|\brelease\s+|(?<![\w.])v)"
    r"`?v?(?P<version>\d{1,5}(?:\.\d{1,6}){1,4}(?:-[a-z0-9.]{1,20})?)`?(?![\w%]|\.\d|:\d)(?P<unit>\s*(?:%|[kMGT]i?B\b|[munµ]?s\b|sec|min|hour|day|percent|times|x\b|bytes|GHz|MHz|cores?|errors?|requests?))?",
    re.IGNORECASE,
)
_NO_PRODUCT = frozenset(
    "at from to the a of in is was by on after until till about around than and or with took takes line section chapter step"
    " figure table over under approximately rate load average ratio factor ip address addresses host server port node network subnet"
    " version release build part item page between since before only nearly almost level score up down were be are for as".split()
)
_EXCEPTION = re.compile(
    r"(?<![\w.])(?:[a-z][\w$]*\.)*(?P<name>[A-Z][A-Za-z0-9]{1,60}?(?:Exception|Error|Fault|Timeout))(?![\w])"
)
_HEX = re.compile(r"(?<![\w.])0x[0-9a-f]{8}(?!\w)", re.IGNORECASE)
_EVENT = re.compile(r"\bevent(?:[ -]?id)?s?[ :#]{1,3}`?(?P<event>\d{1,5})\b", re.IGNORECASE)
_STATUS = re.compile(
    r"\b(?:HTTP(?:/[\d.]+)?|status(?: code)?|response code|returned|returning|respond(?:ed|ing) with|code)\s{1,3}(?:an?\s+)?`?(?P<status>[1-5]\d\d)\b`?(?=[\s,.;:)]|$)"
    r"(?!\s*(?:ms|milli|sec|times|rows|bytes|lines|records|errors?\s+in|[kKMG]?i?B\b))"
    r"|\b(?P<plural>[45]\d\d)s?\s+(?:errors?|responses?|status|Service Unavailable|Internal Server Error|Bad Gateway|Not Found|Forbidden|Unauthorized|Gateway Time-?out)",
    re.IGNORECASE,
)
_EXIT = re.compile(r"\bexit(?:ed)?(?:\s+with)?(?:\s+(?:code|status))?\s+`?(?P<exit>\d{1,3})\b", re.IGNORECASE)


class Value(Struct, frozen=True):
    """A value at its place in the statement; `sides` is a needle whose finds are what stands in its place elsewhere."""

    kind: Kind
    start: int
    end: int
    about: str
    needle: Needle
    sides: Needle | None = None


def values_of(text: str) -> list[Value]:
    """The values of a statement (without its quotes) in order, none inside of another."""
    found: list[Value] = []
    for reader in (_paths, _hosts, _ports, _versions, _codes):
        for value in reader(text):
            if not any(value.start < other.end and other.start < value.end for other in found):
                found.append(value)
    return sorted(found, key=lambda value: value.start)


def token(text: str, more: str = "") -> str:
    """A regex for `text` as a whole word of a line in small letters."""
    return rf"(?<![\w.-])(?:{re.escape(text.lower())}){more}(?![\w-]|\.\w)"


def _paths(text: str) -> Iterator[Value]:
    for found in _PATH.finditer(text):
        path = found[0].rstrip(".,;:)").rstrip("\\/")
        if found["unix"] and (
            path.count("/") < 2 or text[max(0, found.start() - 3) : found.start()].endswith(("//", "m/"))
        ):
            continue
        lowered = path.lower()
        doubled = lowered.replace("\\", "\\\\")  # as JSON writes it
        either = "|".join(dict.fromkeys((re.escape(lowered), re.escape(doubled))))
        needle = Needle(f"path:{lowered}", regex=rf"(?:{either})(?![\w])", signs=(lowered, doubled))
        yield Value("path", found.start(), found.start() + len(path), path, needle)


def _hosts(text: str) -> Iterator[Value]:
    for regex, name in ((_ADDRESS, "ip"), (_NAME, "name")):
        for found in regex.finditer(text):
            if name == "ip" and re.search(r"\b(?:version|v|release|build)\s*$", text[: found.start()], re.IGNORECASE):
                continue
            host, port = found[name].lower(), found[f"{name}_port"]
            yield from _endpoint(found.start(), found.end(), host, port)
    for found in _MARKED.finditer(text):
        host = found["host"]
        if any(ch.isdigit() for ch in host) and any(ch.isalpha() for ch in host):
            yield Value("host", *found.span("host"), host, _host(host.lower()))


def _host(host: str) -> Needle:
    short, dot, rest = host.partition(".")
    if re.fullmatch(r"[\d.]+", host):
        return Needle(f"host:{host}", regex=rf"(?<![\w.]){re.escape(host)}(?!\d|\.\d)", signs=(host,))
    if not dot:
        return Needle(f"host:{host}", regex=rf"(?<![\w-]){re.escape(host)}(?![\w-])", signs=(host,))
    regex = rf"(?<![\w-]){re.escape(short)}(?:\.{re.escape(rest)})?(?![\w-]|\.\w)"
    return Needle(f"host:{host}", regex=regex, signs=(short,), near=rf"(?<![\w-]){re.escape(host)}(?![\w-]|\.\w)")


def _endpoint(start: int, end: int, host: str, port: str | None) -> Iterator[Value]:
    if not port:
        yield Value("host", start, end, host, _host(host))
        return
    bounds = r"(?<![\w.-])"
    whole = Needle(
        f"port:{host}:{port}", regex=rf"{bounds}{re.escape(host)}\]?[:/ ]{{1,2}}(?:port )?{port}(?!\d)", signs=(host,)
    )
    sides = Needle(f"ports:{host}", regex=rf"{bounds}{re.escape(host)}:(\d{{2,5}})(?!\d)", signs=(host,))
    yield Value("port", start, end, f"{host}:{port}", whole, sides)


def _ports(text: str) -> Iterator[Value]:
    for found in _PORT.finditer(text):
        name = "port" if found["port"] else "before"
        number = found[name]
        if int(number) > 65535:
            continue
        near = rf":{number}(?!\d)|port|{number}/(?:tcp|udp)|\b(?:dpt|spt|tcp|udp|listen\w*)\b|\({number}\)"
        needle = Needle(f"port:{number}", regex=rf"(?<![\w.]){number}(?!\w|\.\d)", signs=(number,), near=near)
        yield Value("port", *found.span(name), number, needle)


def _versions(text: str) -> Iterator[Value]:
    for found in _VERSION.finditer(text):
        version, product = found["version"].lower(), (found["product"] or "").lower()
        product = "" if product in _NO_PRODUCT else product
        told = re.search(
            r"(?:version|release|\bv\.?\s?)$|/$", text[: found.start("version")].rstrip("`"), re.IGNORECASE
        )
        if found["unit"] or not (told or (product and version.count(".") >= 2)) or _is_address(version):
            continue
        needle = Needle(f"version:{version}", regex=rf"(?<![\d.]){re.escape(version)}(?!\d|\.\d)", signs=(version,))
        sides = rf"(?<!\w){re.escape(product)}(?:/|\s+)(?:version\s+|v)?(\d{{1,5}}(?:\.\d{{1,6}}){{1,4}})"
        yield Value(
            "version",
            found.start("version"),
            found.end("version"),
            version,
            needle,
            Needle(f"versions:{product}", regex=sides, signs=(product,)) if len(product) > 2 else None,
        )


def _is_address(version: str) -> bool:
    parts = version.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts) and int(parts[0]) > 9


def _codes(text: str) -> Iterator[Value]:
    for regex, name, near in (
        (_EVENT, "event", r"event"),
        (_STATUS, "status", r"http|status|\b(?:get|post|put|head|delete|patch)\b|code"),
        (_STATUS, "plural", r"http|status|\b(?:get|post|put|head|delete|patch)\b|code"),
        (_EXIT, "exit", r"exit|code|status|terminated|return"),
    ):
        for found in regex.finditer(text):
            if number := found[name]:
                needle = Needle(f"{name}:{number}", regex=rf"(?<![\w.]){number}(?!\w|\.\d)", signs=(number,), near=near)
                yield Value("code", *found.span(name), number, needle)
    for found in _EXCEPTION.finditer(text):
        name = found["name"].lower()
        if name not in ("error", "exception"):
            needle = Needle(f"name:{name}", regex=rf"(?<![a-z0-9_]){re.escape(name)}(?![a-z0-9_])", signs=(name,))
            yield Value("code", *found.span(), found[0], needle)
    for found in _HEX.finditer(text):
        if needle_ := _code(found[0], found[0].lower()):
            yield Value("code", *found.span(), found[0], needle_)
    for code in find(text):
        if needle_ := _code(code.text, code.key):
            yield Value("code", code.start, code.start + len(code.text), code.text, needle_)


def _code(text: str, key: str) -> Needle | None:
    """A code in any notation of its value; of one that is a short number only where a line says that it is a code."""
    lowered = text.lower()
    bare = token(lowered.lstrip("-")) if len(lowered) > 2 else rf"(?<![\w.]){lowered}(?![\w.])"
    try:
        forms = pattern(key if ":" in key or key.startswith("0x") else text)
    except KbError:
        forms = ""
    short = re.fullmatch(r"\d{1,5}", text)
    near = rf"{forms or 'err|code|status|fail|exit|return'}|error\D{{1,12}}{text}" if short else ""
    regex = bare if short or not forms else rf"{forms}|{bare}"
    return Needle(f"code:{key}", regex=regex, near=near)
