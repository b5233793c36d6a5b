"""The nouns of the core, all frozen: what a problem is, what was seen, and what follows from it.

A `Problem` is what an article is to the core. `Evidence` is the only thing that crosses a process. `Diagnosis` has the
names of the JSON contract, so that the report in JSON is this value and nothing else.

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
Verdict = Literal["confirmed", "likely", "possible", "unknown"]

# Odds before any evidence and likelihood ratios of evidence: shared/docs ARTICLES.md "From evidence to odds".
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
    captures that must agree, `not` what must not be seen (`not_` here). Their meaning: diagnose.conditions.
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
    """One step towards health. `verify` names the outcome (`check.outcome`) that proves it."""

    text: str
    kind: Literal["workaround", "fix", "mitigation", "rollback", "recovery"] = "fix"
    commands: dict[Shell, tuple[str, ...]] = {}
    risk: Literal["none", "low", "medium", "high"] = "none"
    undo: str = ""
    verify: str = ""


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
    """A question with a small set of answers, the commands that ask it, and how each answer looks."""

    title: str
    commands: dict[Shell, tuple[str, ...]] = {}
    outcomes: dict[str, Outcome] = {}
    parser: str = ""
    probe: dict[str, tuple[str, ...]] = {}
    read_only: bool = True
    cost: Cost = Cost()


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


class Span(Seen, frozen=True, kw_only=True):
    """A place in an input: `line` counts from 1; `source` is the path as given or "-"."""

    source: str
    line: int


class Evidence(Seen, frozen=True, kw_only=True):
    """Something seen that speaks for a problem or for or against its causes.

    `seen` is a signal's name, `check.outcome`, or a feature that nobody declared (`message:2`). `strength` is the share
    that was visible, 0..1: less than 1 where the line was cut. `facts` are the captures that were not empty. `time` is
    when it was written, in seconds since 1970 (UTC where the text gives a zone, else its own clock); None without one.
    `limit` is the most that it may count, where what was seen does not show all that was asked for.
    """

    problem: str
    seen: str
    at: Span
    quote: str
    strength: float = 1.0
    facts: tuple[tuple[str, str], ...] = ()
    time: float | None = None
    limit: Strength | None = None


class Learned(Seen, frozen=True, kw_only=True):
    """What resolved cases do to the likelihood of a cause: `count` of `of` were this one, so the prior times `factor`."""

    factor: float
    count: int
    of: int


class Score(Seen, frozen=True, kw_only=True):
    """A number beside its reasons: made where its formula stands, printed by `--explain`."""

    value: float
    because: str
    parts: tuple[Score, ...] = ()


# --- the diagnosis: field names are the JSON contract -------------------------------------------------------------


class Command(Seen, frozen=True, kw_only=True):
    """A command for one shell. Not ready while `missing` is not empty: then `<name>` stands in its text."""

    platform: Platform
    shell: Shell
    command: str
    missing: tuple[str, ...] = ()


class ShownEvidence(Seen, frozen=True, kw_only=True):
    """`weight` is the natural logarithm of the likelihood ratio, negative against.

    `count` lines of all inputs showed the signal (`at_least` where it is too frequent to be counted exactly in a large
    input), from `first_time` to `last_time`, the last on `last_line`; `spread` is where in the input, from beginning to
    end, and `time` that of this line. Times are ISO 8601, None where the text tells none. `context` are the lines around it.
    The line belongs to a message from `message_first` to `message_last`, of a `kind` of source (`syslog`, `powershell`, `java`,
    ...) and a `level` (fatal, error, warning, info, debug); both are empty where the text does not tell.
    """

    signal: str
    supports: bool
    weight: float
    source: str
    line: int
    quote: str
    why: str = ""
    time: str | None = None
    count: int = 1
    at_least: bool = False
    first_time: str | None = None
    last_time: str | None = None
    last_line: int | None = None
    spread: str = ""
    context: tuple[str, ...] = ()
    message_first: int | None = None
    message_last: int | None = None
    kind: str = ""
    level: str = ""


class ShownCheck(Seen, frozen=True, kw_only=True):
    """A check for its reader: `missing` values keep its commands from being ready; `assumed` are those that name what is
    measured and have only their default, so that the answer counts little."""

    id: str
    title: str
    outcome: str | None
    missing: tuple[str, ...]
    asks: dict[str, str]
    commands: tuple[Command, ...]
    cost: Cost
    unclear: str = ""
    outcomes: tuple[str, ...] = ()
    read_only: bool = True
    assumed: dict[str, str] = {}


class ShownRemediation(Seen, frozen=True, kw_only=True):
    kind: str
    text: str
    commands: tuple[Command, ...]
    risk: str = "none"
    undo: str = ""
    verify: str = ""
    missing: tuple[str, ...] = ()


class Finding(Seen, frozen=True, kw_only=True):
    """A root cause with its odds and everything that speaks for and against it."""

    id: str
    article: str
    title: str
    probability: float
    verdict: Verdict
    evidence: tuple[ShownEvidence, ...]
    checks: tuple[ShownCheck, ...]
    remediation: tuple[ShownRemediation, ...]
    score: Score | None = None


class RankedArticle(Seen, frozen=True, kw_only=True):
    """`parameters` are the values that its checks and commands have, where its causes were worked out."""

    id: str
    title: str
    probability: float
    parameters: dict[str, str] = {}
    evidence: tuple[ShownEvidence, ...] = ()
    score: Score | None = None


class NextCheck(Seen, frozen=True, kw_only=True):
    """The check to run next; `shown` is that check whole: question, commands, outcomes, what is missing."""

    cause: str
    check: str
    why: str
    article: str = ""
    shown: ShownCheck | None = None


class RuledOut(Seen, frozen=True, kw_only=True):
    """A cause that something strong or decisive speaks against, with what that is."""

    id: str
    title: str
    probability: float
    evidence: tuple[ShownEvidence, ...]


class BlindSpot(Seen, frozen=True, kw_only=True):
    """Something that was not looked at and would move the ranking: what, how to get it, which signals it would show.

    `decides` says what becomes of the ranking; `around` is the time to look at (ISO), where the evidence has one.
    """

    source: str
    how: str
    signals: tuple[str, ...]
    cause: str
    decides: str
    around: str = ""


class Proof(Seen, frozen=True, kw_only=True):
    """A remediation step after it was done: the outcome that proves it (`check.outcome`) and the one that was seen."""

    cause: str
    step: str
    verify: str
    outcome: str | None
    proved: bool


class Step(Seen, frozen=True, kw_only=True):
    """One step of a case on its timeline: what was given or done when (ISO, UTC), and what was leading afterwards."""

    time: str
    did: str
    verdict: str = ""
    cause: str = ""
    probability: float = 0.0


class SeenCode(Seen, frozen=True, kw_only=True):
    """An error code as it stood in the text, with the name that its value has."""

    text: str
    name: str
    meaning: str


class Line(Seen, frozen=True, kw_only=True):
    source: str
    line: int
    quote: str
    time: str | None = None


class AlsoFound(Seen, frozen=True, kw_only=True):
    """Another fault of the same inputs, and the first line that speaks for it and not for the leading one."""

    article: str
    title: str
    source: str
    line: int


class Moment(Seen, frozen=True, kw_only=True):
    """A line with a time: evidence of a cause by a signal, or what nothing explains (both empty)."""

    time: str
    source: str
    line: int
    signal: str
    cause: str
    quote: str


class InputRead(Seen, frozen=True, kw_only=True):
    """An input as it was read. `blank` says that there was nothing in it, or nothing but white space."""

    name: str
    bytes: int
    lines: int
    error: str | None = None
    encoding: str = ""
    kind: str = ""
    left_out: int = 0
    blank: bool = False


class Skipped(Seen, frozen=True, kw_only=True):
    path: str
    reason: str
    bytes_read: int
    code: str = ""


class Conflict(Seen, frozen=True, kw_only=True):
    """Several values were seen for one parameter; the first is used."""

    parameter: str
    values: tuple[str, ...]


class LooseAnswer(Seen, frozen=True, kw_only=True):
    """A check that an output answers, and its outcome."""

    article: str
    check: str
    title: str
    outcome: str


class LooseOutput(Seen, frozen=True, kw_only=True):
    """An output of a check that came without its error: where it begins, the tool that printed it (empty: not known)."""

    source: str
    line: int
    tool: str
    answers: tuple[LooseAnswer, ...]


class ProbeResult(Seen, frozen=True, kw_only=True):
    """What a built-in probe found: `outcome` is empty where it is unclear or was not asked, `detail` says why.

    `address` is the one that was connected to; `checks` are the `article/check` that it answers.
    """

    kind: str
    arguments: tuple[str, ...]
    outcome: str
    detail: str
    seconds: float
    address: str = ""
    checks: tuple[str, ...] = ()


class Diagnosis(Seen, frozen=True, kw_only=True):
    """What `kb diagnose --format json` prints; probabilities of `articles` and `unknown` sum to 1."""

    schema: str = "kb.diagnosis/1"
    verdict: Verdict
    unknown: float
    causes: tuple[Finding, ...]
    articles: tuple[RankedArticle, ...]
    also: tuple[AlsoFound, ...] = ()
    next_check: NextCheck | None
    parameters: dict[str, str]
    conflicts: tuple[Conflict, ...] = ()
    codes: tuple[SeenCode, ...]
    unexplained: tuple[Line, ...]
    inputs: tuple[InputRead, ...]
    complete: bool
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    proofs: tuple[Proof, ...] = ()
    probes: tuple[ProbeResult, ...] = ()
    moments: tuple[Moment, ...] = ()
    loose: tuple[LooseOutput, ...] = ()
    stopped: bool = False
