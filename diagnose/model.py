"""The nouns of the core, all frozen: what a problem is, and what was seen of it. What follows from it: see diagnosis.

A `Problem` is what an article is to the core. `Evidence` is the only thing that crosses a process.

Knows nothing of files, YAML, Markdown, terminals or the network. Records are `msgspec.Struct`s: their definition costs
microseconds where a dataclass costs a millisecond, and they decode from the cache already checked (docs/decisions/0001).
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Likelihood = Literal["rare", "uncommon", "common", "very-common"]
Strength = Literal["decisive", "strong", "moderate", "weak"]
Platform = Literal["windows", "linux", "macos"]
Shell = Literal["powershell", "cmd", "bash"]
ParamType = Literal["host", "ip", "port", "path", "service", "user", "name"]

# Odds before any evidence, and likelihood ratios of evidence (docs/ranking.md).
PRIORS: dict[Likelihood, float] = {"rare": 1.0, "uncommon": 3.0, "common": 10.0, "very-common": 30.0}
RATIOS: dict[Strength, float] = {"decisive": 50.0, "strong": 10.0, "moderate": 3.0, "weak": 1.5}
OTHER_CAUSE_PRIOR = 1.0


class Noun(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a problem, as an article declares it. Unknown fields are refused: a typo must not pass as silence."""


# --- what an article declares ------------------------------------------------------------------------------------


class EventRef(Noun, frozen=True, kw_only=True):
    """A Windows event by provider and id. An empty provider matches any."""

    id: int
    provider: str = ""


class Veto(Noun, frozen=True, kw_only=True):
    """What must not be seen around a match: `signal` in [t(anchor) + slide, + window + width of the match].

    `anchor` counts the members of the match from 0; `absolute` leaves the width out. Durations as in `Signal.window`.
    """

    signal: str
    window: str = ""
    anchor: int = 0
    slide: str = ""
    absolute: bool = False


class Signal(Noun, frozen=True, kw_only=True, rename={"not_": "not"}):
    """A named thing that can be seen in a text.

    Exactly one of the fields from `contains` to `sequence` is filled: `contains`, `regex`, `code` and `event` hold
    alternatives; the others hold names of other signals of the same problem (an inline signal in an article gets a name
    made from its place, `parent.1`). `all` wants every member within `lines` lines of one source; `set` within
    `window` (30s, 5m, 1h30m), `sequence` also in order; `count` wants the one member of a set so often. `by` names
    captures that must agree, `not` what must not be seen (`not_` here). Their meaning: diagnose.match.conditions.
    """

    contains: tuple[str, ...] = ()
    regex: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    event: tuple[EventRef, ...] = ()
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    set: tuple[str, ...] = ()
    sequence: tuple[str, ...] = ()
    count: int = 1
    window: str = ""
    lines: int = 200
    by: tuple[str, ...] = ()
    not_: tuple[Veto, ...] = ()
    case: bool = False
    sources: tuple[str, ...] = ()
    title: str = ""

    @property
    def members(self) -> tuple[str, ...]:
        """The signals that it refers to, those that it must not see among them."""
        return (*self.any, *self.all, *self.set, *self.sequence, *(veto.signal for veto in self.not_))


class Clue(Noun, frozen=True, kw_only=True):
    """What a signal or an outcome of a check (`check_id.outcome_id`) says about a cause.

    One of `signal` and `check`, one of `supports` and `refutes`; a number is a likelihood ratio greater than 1.
    """

    signal: str = ""
    check: str = ""
    supports: Strength | float | None = None
    refutes: Strength | float | None = None
    why: str = ""


class Param(Noun, frozen=True, kw_only=True):
    """A value that commands need: filled from a capture of a signal, else `default`, else the user is asked `ask`."""

    type: ParamType
    ask: str = ""
    default: str = ""


class Remediation(Noun, frozen=True, kw_only=True):
    """One step towards health. `verify` names the outcome (`check.outcome`) that proves it.

    `on` is the machine where it runs, `needs` what must be there (a shell, a module), `before` what must be true before a
    step of high risk, `reason` why its risk is lower than what it touches suggests.
    """

    text: str
    kind: Literal["workaround", "fix", "mitigation", "rollback", "recovery"] = "fix"
    commands: dict[Shell, tuple[str, ...]] = {}
    risk: Literal["none", "low", "medium", "high"] = "none"
    undo: str = ""
    verify: str = ""
    on: str = ""
    needs: tuple[str, ...] = ()
    privilege: Literal["user", "admin"] = "user"
    before: str = ""
    reason: str = ""


class Cost(Noun, frozen=True, kw_only=True):
    seconds: float = 10.0
    privilege: Literal["user", "admin"] = "user"
    risk: Literal["none", "low", "medium", "high"] = "none"


class Outcome(Noun, frozen=True, kw_only=True):
    """How an outcome of a check looks in its output: any of the patterns, in the syntax of signals."""

    contains: tuple[str, ...] = ()
    regex: tuple[str, ...] = ()
    case: bool = False


class Check(Noun, frozen=True, kw_only=True):
    """A question with a small set of answers, the commands that ask it, and how each answer looks.

    `on` is the machine where the commands run, `needs` what must be there: a shell, a module.
    """

    title: str
    commands: dict[Shell, tuple[str, ...]] = {}
    outcomes: dict[str, Outcome] = {}
    parser: str = ""
    probe: dict[str, tuple[str, ...]] = {}
    read_only: bool = True
    cost: Cost = Cost()
    on: str = ""
    needs: tuple[str, ...] = ()


class RootCause(Noun, frozen=True, kw_only=True):
    id: str
    title: str
    likelihood: Likelihood = "uncommon"
    summary: str = ""
    evidence: tuple[Clue, ...] = ()
    remediation: tuple[Remediation, ...] = ()
    requires: dict[str, tuple[str, ...]] = {}
    excludes: dict[str, tuple[str, ...]] = {}
    impact: str = ""
    false_positives: str = ""


class Product(Noun, frozen=True, kw_only=True):
    product: str
    versions: str = ""


class Related(Noun, frozen=True, kw_only=True):
    id: str
    type: Literal["leads_to", "caused_by", "similar", "obsoletes", "duplicate_of"] = "similar"


class Reference(Noun, frozen=True, kw_only=True):
    url: str
    title: str = ""
    kind: str = ""


class Collect(Noun, frozen=True, kw_only=True):
    """How to obtain evidence that is missing, and the signals it would show."""

    source: str
    how: str
    covers: tuple[str, ...] = ()


class Problem(Noun, frozen=True, kw_only=True):
    """One symptom as people meet it, and the root causes behind it. An article is this and a body to read."""

    id: str
    title: str
    summary: str = ""
    severity: Literal["", "low", "medium", "high", "critical"] = ""
    status: Literal["draft", "test", "stable", "deprecated"] = "stable"
    applies_to: tuple[Product, ...] = ()
    params: dict[str, Param] = {}
    signals: dict[str, Signal] = {}
    symptoms: tuple[str, ...] = ()
    causes: tuple[RootCause, ...] = ()
    checks: dict[str, Check] = {}
    related: tuple[Related, ...] = ()
    references: tuple[Reference, ...] = ()
    collect: tuple[Collect, ...] = ()
    tags: tuple[str, ...] = ()


# --- what was seen -----------------------------------------------------------------------------------------------


class Seen(Struct, frozen=True):
    """A value the core makes; nothing outside is decoded into it."""


class Place(Seen, frozen=True, kw_only=True):
    """A place in an input: `line` counts from 1; `source` is the path as given or "-"."""

    source: str
    line: int


class Evidence(Seen, frozen=True, kw_only=True):
    """Something seen that speaks for a problem or for or against its causes.

    `seen` is a signal's name, `check.outcome`, or a feature that nobody declared (`message:2`). `strength` is the share
    that was visible, 0..1: less than 1 where the line was cut. `facts` are the captures that were not empty. `time` is
    when it was written, in seconds since 1970 (UTC where the text gives a zone, else its own clock); None without one.
    `limit` is the most that it may count, where what was seen does not show all that was asked for. `span` is what of the
    quote was matched, from its first character to the one after its last; None where that is not known.
    """

    problem: str
    seen: str
    at: Place
    quote: str
    strength: float = 1.0
    facts: tuple[tuple[str, str], ...] = ()
    time: float | None = None
    limit: Strength | None = None
    span: tuple[int, int] | None = None


class Learned(Seen, frozen=True, kw_only=True):
    """What resolved cases do to the likelihood of a cause: `count` of `of` were this one, so the prior times `factor`."""

    factor: float
    count: int
    of: int

    @property
    def told(self) -> str:
        return f"{self.count} of {self.of} resolved cases: x{self.factor:.2g}"


class Score(Seen, frozen=True, kw_only=True):
    """A number beside its reasons: made where its formula stands, printed by `--explain`."""

    value: float
    because: str
    parts: tuple[Score, ...] = ()
