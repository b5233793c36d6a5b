"""What a diagnosis says, all of it: its field names are the JSON contract, so that the report in JSON is this value and
nothing else.

Records of the kind that diagnose.model has; knows nothing of how they are found or shown.
"""

from __future__ import annotations

from typing import Literal

from msgspec import field

from diagnose.model import Cost, Platform, Score, Seen, Shell

Verdict = Literal["confirmed", "likely", "possible", "unknown"]


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
    ...) and a `level` (fatal, error, warning, info, debug); both are empty where the text does not tell. `span` is what of the
    quote was matched: its first character, and the one after its last.
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
    span: tuple[int, int] | None = None


class ShownCheck(Seen, frozen=True, kw_only=True):
    """A check for its reader: `missing` values keep its commands from being ready; `assumed` are those that name what is
    measured and have only their default, so that the answer counts little. `on` is the machine where it runs, `needs` what
    must be there."""

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
    assumed: dict[str, str] = field(default_factory=dict)
    on: str = ""
    needs: tuple[str, ...] = ()


class ShownRemediation(Seen, frozen=True, kw_only=True):
    """A step for its reader; `asks` are the questions for what is `missing`, the other fields as in model.Remediation."""

    kind: str
    text: str
    commands: tuple[Command, ...]
    risk: str = "none"
    undo: str = ""
    verify: str = ""
    missing: tuple[str, ...] = ()
    asks: dict[str, str] = field(default_factory=dict)
    on: str = ""
    needs: tuple[str, ...] = ()
    privilege: str = "user"
    before: str = ""
    reason: str = ""


class Finding(Seen, frozen=True, kw_only=True):
    """A root cause with its odds and everything that speaks for and against it; `status` is that of its article. `learned`
    says what resolved cases did to its likelihood; empty where they did nothing."""

    id: str
    article: str
    title: str
    probability: float
    verdict: Verdict
    evidence: tuple[ShownEvidence, ...]
    checks: tuple[ShownCheck, ...]
    remediation: tuple[ShownRemediation, ...]
    learned: str = ""
    score: Score | None = None
    status: str = "stable"


class RankedArticle(Seen, frozen=True, kw_only=True):
    """`parameters` are the values that its checks and commands have, where its causes were worked out; `evidence` is what
    brought it up, where no cause is an answer."""

    id: str
    title: str
    probability: float
    parameters: dict[str, str] = field(default_factory=dict)
    evidence: tuple[ShownEvidence, ...] = ()
    score: Score | None = None


class Prospect(Seen, frozen=True, kw_only=True):
    """What an outcome of a check would make of the causes: `cause` would lead with `probability`, and the cause that leads
    now would have `leader`. `looks` is how the outcome looks in the output, empty where only its name tells."""

    outcome: str
    looks: str
    cause: str
    title: str
    probability: float
    leader: float


class NextCheck(Seen, frozen=True, kw_only=True):
    """The check to run next; `shown` is that check whole: question, commands, outcomes, what is missing. `outcomes` are
    those of them that tell the causes apart."""

    cause: str
    check: str
    why: str
    article: str = ""
    shown: ShownCheck | None = None
    outcomes: tuple[Prospect, ...] = ()


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


class ProblemFound(Seen, frozen=True, kw_only=True):
    """One of several independent faults of the same inputs, judged by itself: `unknown` and `articles` sum to 1."""

    verdict: Verdict
    unknown: float
    causes: tuple[Finding, ...]
    articles: tuple[RankedArticle, ...]
    next_check: NextCheck | None
    ruled_out: tuple[RuledOut, ...] = ()


class Moment(Seen, frozen=True, kw_only=True):
    """A line with a time: evidence of a cause by a signal, or what nothing explains (both empty)."""

    time: str
    source: str
    line: int
    signal: str
    cause: str
    quote: str


class NewLine(Line, frozen=True, kw_only=True):
    """A line of a shape that the baseline lacks: the first one, and how many there are."""

    count: int


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
    """What `kb diagnose --format json` prints; probabilities of `articles` and `unknown` sum to 1.

    `problems` are the independent faults of the inputs, the one of the ranking first; `open_line` is the line that looks
    most like an error of those that nothing explains, and `search` what to look for in the articles, where nothing is known.
    """

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
    problems: tuple[ProblemFound, ...] = ()
    open_line: Line | None = None
    search: str = ""
    new_lines: tuple[NewLine, ...] = ()
    stopped: bool = False
