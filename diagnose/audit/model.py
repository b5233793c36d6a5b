"""What a report claims and what became of each claim: the field names of `Audit` are the JSON contract."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from diagnose.diagnosis import InputRead, Skipped
from diagnose.model import Seen

Kind = Literal[
    "message", "code", "count", "host", "port", "path", "version", "time", "order", "absence", "place", "cause"
]
# `reworded`: the words stand in one line, in another wording. `absent`: it stands nowhere in what was read.
Verdict = Literal["supported", "reworded", "contradicted", "absent", "not checkable"]
FAULTS = ("contradicted", "absent")
VERDICTS: tuple[Verdict, ...] = ("contradicted", "absent", "not checkable", "reworded", "supported")


class Shown(Seen, frozen=True, kw_only=True):
    """A line of a log that shows what a verdict says."""

    source: str
    line: int
    quote: str


class Checked(Seen, frozen=True, kw_only=True):
    """A claim and its verdict. `line` is that of the report, `claim` the words there, `about` what is looked for; `why` says
    what was found, `shows` where."""

    kind: Kind
    line: int
    claim: str
    about: str
    verdict: Verdict
    why: str
    shows: tuple[Shown, ...] = ()


class Rival(Seen, frozen=True, kw_only=True):
    """A cause that fits the logs and that the report does not speak of: the check that would rule it out, and its commands."""

    id: str
    article: str
    title: str
    probability: float
    check: str = ""
    asks: str = ""
    commands: tuple[str, ...] = ()


class Audit(Seen, frozen=True, kw_only=True):
    """What `kb audit --format json` prints: the claims in the order of the report. `named` is the cause that the report names,
    as ARTICLE/CAUSE, and `leading` the one that the logs speak for most; empty where there is none."""

    schema: str = "kb.audit/1"
    report: str
    inputs: tuple[InputRead, ...]
    skipped: tuple[Skipped, ...]
    complete: bool
    claims: tuple[Checked, ...]
    counts: dict[str, int]
    rivals: tuple[Rival, ...] = ()
    named: str = ""
    leading: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def faulty(self) -> bool:
        """Whether a claim is contradicted or stands nowhere."""
        return any(claim.verdict in FAULTS for claim in self.claims)


# --- what is looked for ------------------------------------------------------------------------------------------


class Needle(Struct, frozen=True):
    """Something to look for in lines.

    `text` is in small letters and without blanks, `pieces` are what is left of it where the report left parts out. Else
    `regex` is for a line in small letters and searched only where one of `signs` stands in it; a find is only of the right
    kind where `near` matches the line as well. Where `regex` has a group, what it takes is kept.
    """

    key: str
    text: str = ""
    pieces: tuple[str, ...] = ()
    regex: str = ""
    signs: tuple[str, ...] = ()
    near: str = ""


class Moment(Struct, frozen=True):
    """A time as a report tells it: day (ISO, empty where none is told), seconds of the day, how exact (1: to the second, 60: to
    the minute), whether it is only about so, and the offset of its zone in seconds (None: not told)."""

    day: str
    second: float
    grain: float
    text: str
    rough: bool = False
    zone: int | None = None


class Claim(Struct, frozen=True):
    """A claim to be checked. `words` is the statement, `about` what of it is looked for.

    `needle` is what it is about, `other` the second thing of an order or what tells the scope of an absence, `sides` finds what
    stands in its place elsewhere. `number` and `bound` (exact, min, max, rough) belong to a count, `moment`, `until` and `edge`
    (first, last, at, between, after, before) to a time, `place` (file, line) to a place. Not `sure`: it may be meant otherwise,
    so that it can be supported and nothing else.
    """

    kind: Kind
    line: int
    words: str
    about: str
    needle: Needle | None = None
    other: Needle | None = None
    sides: Needle | None = None
    number: int = 0
    bound: str = "exact"
    moment: Moment | None = None
    until: Moment | None = None
    edge: str = ""
    place: tuple[str, int] = ("", 0)
    sure: bool = True
    scoped: bool = False
