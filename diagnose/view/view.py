"""The view of a diagnosis: headline, next step, evidence, other causes, and what folds away.

Values only, neutral for terminals, not escaped for any format: how they look is the renderer's business.
"""

from __future__ import annotations

from msgspec import Struct

from diagnose.model import Score
from diagnose.view.sections import Section


class QuoteView(Struct, frozen=True):
    """A line of the input: its place, its text in three parts of which the middle one was matched, what it says and why."""

    place: str
    before: str
    matched: str
    after: str
    signal: str = ""
    effect: str = ""
    why: str = ""
    supports: bool = True
    weight: float = 0.0
    often: str = ""
    context: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.before + self.matched + self.after


class CommandView(Struct, frozen=True):
    """A command as it is typed; not `ready` while a value stands in it as `<name>`."""

    shell: str
    text: str
    ready: bool


class CheckView(Struct, frozen=True):
    """A question to run: `facts` are what it costs, `where` the machine and what must be there, `first` what must be given before it can be run."""

    id: str
    title: str
    outcome: str
    unclear: str
    facts: str
    where: str
    commands: tuple[CommandView, ...]
    first: tuple[str, ...]
    notes: tuple[str, ...]


class OutcomeView(Struct, frozen=True):
    """How outcomes look that would do the same, and what they would do to the causes; `leads` is the number of the cause
    that would lead, 0 where it stands in no list."""

    looks: str
    then: str
    leads: int = 0


class NextView(Struct, frozen=True):
    """What to run now: `again` is the command that takes its output, empty where the output is pasted."""

    check: CheckView
    why: str
    outcomes: tuple[OutcomeView, ...]
    again: str


class StepView(Struct, frozen=True):
    """One step towards health; `proof` says when it holds."""

    kind: str
    text: str
    risk: str
    where: str
    before: str
    reason: str
    undo: str
    proof: str
    commands: tuple[CommandView, ...]
    first: tuple[str, ...]


class CauseView(Struct, frozen=True):
    """A cause under the `number` by which it is named in the whole report."""

    number: int
    id: str
    title: str
    probability: float
    verdict: str
    evidence: tuple[QuoteView, ...]
    checks: tuple[CheckView, ...]
    steps: tuple[StepView, ...]
    more: str
    learned: str = ""
    score: Score | None = None


class RuledOutView(Struct, frozen=True):
    """A cause that the evidence speaks against: it stands nowhere else."""

    title: str
    probability: float
    against: tuple[QuoteView, ...]


class ProblemView(Struct, frozen=True):
    """One fault: who leads, how sure, what to run. `tie` is the number of causes that share the lead, 0 where one leads.

    `causes` are all that are possible, the leading one first, `rare` how many of them are below one percent.
    """

    headline: str
    verdict: str
    probability: float
    title: str
    article: str
    symptom: str
    reviewed: bool
    tie: int
    causes: tuple[CauseView, ...]
    rare: int
    none: float
    next: NextView | None
    look: str
    ruled_out: tuple[RuledOutView, ...]
    done: bool = False

    @property
    def lead(self) -> CauseView:
        return self.causes[0]

    @property
    def fixable(self) -> bool:
        """Whether steps are shown at all: none on a tie, and none once the fix is proved."""
        return not self.tie and not self.done and bool(self.lead.steps)


class NearView(Struct, frozen=True):
    """An article that may be related, and why."""

    article: str
    title: str
    probability: float
    why: str


class UnknownView(Struct, frozen=True):
    """No known cause explains it: what would help."""

    headline: str
    probability: float
    line: QuoteView | None
    nearest: tuple[NearView, ...]
    search: str
    draft: str


class View(Struct, frozen=True):
    """Everything that a report says. `open_line` is the line most like an error that nothing explains, `open_lines` their
    number; `notes` are what a reader must know of the input; `folded` what is there for whoever asks."""

    summary: str
    verdict: str
    problems: tuple[ProblemView, ...]
    unknown: UnknownView | None
    notes: tuple[str, ...]
    codes: tuple[tuple[str, str], ...]
    open_line: QuoteView | None
    open_lines: tuple[QuoteView, ...]
    proofs: Section | None
    loose: Section | None
    folded: tuple[Section, ...]
    elsewhere: str
    inputs: tuple[str, ...]
    scores: tuple[tuple[str, Score], ...]
