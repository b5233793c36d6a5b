"""The loop: name the next check, take its output or an answer, rank again, until a cause is confirmed and its fix proved.

Takes a case, a base and somebody to talk to (`say`, `hear`); gives the case as it stands when the talk ends, however it
ends. Plain lines only: it works on any console, over ssh and from a pipe. Touches no terminal, file or clock itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.facts import EXPECTED, typed, unquoted
from diagnose.pipeline import paste
from diagnose.report.words import shown
from kb.cases.case import CaseAnswer, with_step
from kb.cases.resume import ask_case, prove_case
from kb.terminal.heard import END, whole_paste

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from diagnose.diagnosis import Diagnosis, NextCheck, ShownCheck
    from diagnose.inputs.sources import InputError, Source
    from diagnose.knowledge import Knowledge
    from diagnose.model import Param
    from diagnose.options import Options
    from kb.cases.case import Case
    from kb.terminal.heard import Heard

# What these words mean at every prompt; a value that is such a word is given in quotes.
WORDS = {
    **dict.fromkeys(("quit", "q", "exit"), "quit"),
    **dict.fromkeys(("skip", "s"), "skip"),
    **dict.fromkeys(("help", "h", "?"), "help"),
    **dict.fromkeys(("back", "b"), "back"),
}
HELP = (
    "  skip: go on without it.  back: take the last answer back.  quit: stop; the answer so far stands.  help: this.",
    "  Anything else is taken as what was asked for: a value as it is (in quotes where it is one of these words),",
    "  an outcome by its name or number, or a pasted text; other outputs and logs are welcome too.",
    "  Enter ends a paste; where it does not (a file, an old console), a line with only a dot does.",
)
FIRST = "Paste the error and its surroundings, then press Enter (if that does not end it: a line with only a dot):"
NEXT = "Paste what it prints, or press Enter to end."


class Reply(Struct, frozen=True):
    """What somebody said: `skip`, an outcome of the check that was asked about, or a pasted text."""

    skip: bool = False
    outcome: str = ""
    text: str = ""


class _QuitError(Exception):
    """Somebody typed `quit`."""


class _BackError(Exception):
    """Somebody typed `back`."""


class _EndError(Exception):
    """Somebody pressed Enter where that ends the talk."""


class Talk:
    """One conversation about a case. `hear` gives the next entry, EOFError when there is none.

    `report` is called with every new answer: the case, and its diagnosis with the quotes as they stand.
    """

    def __init__(
        self,
        case: Case,
        base: Knowledge,
        options: Options,
        *,
        say: Callable[[str], None],
        hear: Callable[[str], Heard],
        report: Callable[[Case, Diagnosis], None],
        now: Callable[[], str],
        save: Callable[[Case], None],
    ) -> None:
        self.case = case
        self.base = base
        self.options = options
        self.say = say
        self.hear = hear
        self.report = report
        self.now = now
        self.save = save
        self.asked: set[str] = set()
        self.shown: set[str] = set()
        self.reported = False  # whether the last report shows all that is known
        self.past: list[tuple[Case, set[str]]] = []

    def run(self, sources: Iterable[Source | InputError] | None) -> Case:
        """Talk until confirmed, exhausted or stopped. `sources` None: the error itself is asked for first."""
        try:
            if sources is not None or self.case.inputs:
                self._rank(sources or ())
            while self._going():
                pass
        except _EndError:
            pass
        except (EOFError, KeyboardInterrupt, _QuitError) as end:
            if isinstance(end, KeyboardInterrupt) and self.case.diagnosis is None:
                raise
            self.say("Stopped; the answer so far stands." if self.case.diagnosis else "Stopped.")
        return self.case

    @property
    def diagnosis(self) -> Diagnosis:
        assert self.case.diagnosis is not None
        return self.case.diagnosis

    # --- one turn ---------------------------------------------------------------------------------------------

    def _going(self) -> bool:
        try:
            return self._turn()
        except _BackError:
            self._take_back()
            return True

    def _take_back(self) -> None:
        """The case as it was before the last answer; the timeline says so."""
        if not self.past:
            self.say("  there is nothing to take back")
            return
        did = self.case.steps[-1].did
        self.case, self.asked = self.past.pop()
        if self.case.diagnosis is not None:
            self.case = with_step(self.case, f"took back: {did}", self.now())
            self.save(self.case)
            self._report(self.diagnosis)

    def _remember(self) -> None:
        self.past.append((self.case, set(self.asked)))

    def _turn(self) -> bool:
        """Ask for one thing and take the answer; False where nothing is left to ask."""
        if self.case.diagnosis is None:
            return self._first()
        if self.diagnosis.verdict == "confirmed":
            return self._prove()
        step = self.diagnosis.next_check
        if step is None or step.shown is None:
            return self._more()
        wanted = (*step.shown.missing, *step.shown.assumed)
        if self._asked_values(step.article, wanted, f"Check {step.check}"):
            return True
        return self._check(step, step.shown)

    def _first(self) -> bool:
        reply = self._reply(None, FIRST, enter_ends=False)
        if reply.skip:
            return False
        self._remember()
        self._rank(_pasted(reply.text))
        return True

    def _check(self, step: NextCheck, check: ShownCheck) -> bool:
        self.say("")
        if not self.reported:
            self.say(f"Next check, {check.id}: {check.title}")
            self._commands(check)
        for spot in self.diagnosis.blind_spots:
            if spot.source not in self.shown:
                self.shown.add(spot.source)
                self.say(f"Or look at {spot.source}: {spot.decides}.")
                self.say(f"  {spot.how}")
        reply = self._reply(check, f"{NEXT}\n  Or type what it says: {_menu(check)}")
        self._remember()
        if reply.skip:
            self._note_skip(step, check)
        elif reply.outcome:
            self._note_answer(step, check, reply.outcome)
        else:
            before = self.diagnosis
            self._rank(_pasted(reply.text))
            self._say_outcomes(step, check, before)
        return True

    def _more(self) -> bool:
        spots = self.diagnosis.blind_spots
        if self.diagnosis.verdict != "unknown" and not spots:
            self.say("")
            self.say("No open check tells the causes apart any better.")
            return False
        self.say("")
        self.say("No known cause explains this." if not spots else "Not looked at yet:")
        for spot in spots:
            self.say(f"  {spot.source}: {spot.decides}")
            self.say(f"    {spot.how}")
        reply = self._reply(None, "Paste more, or press Enter to end.")
        if reply.skip:
            return False
        self._remember()
        before = self.diagnosis
        self._rank(_pasted(reply.text))
        return self.diagnosis != before

    def _prove(self) -> bool:
        """The fix, and the check that proves it; False when it is proved or nobody wants to."""
        lead = self.diagnosis.causes[0]
        if self._asked_values(lead.article, [name for step in lead.remediation for name in step.missing], "The fix"):
            self._report(self.diagnosis)
            return True
        proved = {proof.verify for proof in self.diagnosis.proofs if proof.proved}
        wanted = {
            step.verify.partition(".")[0] for step in lead.remediation if step.verify and step.verify not in proved
        }
        checks = [check for check in lead.checks if check.id in wanted]
        if not checks:
            self.say("Fixed, and proved." if wanted or proved else "No check proves it.")
            return False
        if self._asked_values(lead.article, [name for check in checks for name in check.missing], "The proof"):
            return True
        self.say("")
        self.say("Afterwards, prove it:")
        for check in checks:
            self.say(f"  {check.id}: {check.title}")
            self._commands(check)
        reply = self._reply(None, "Paste what it prints after the fix, or press Enter to end.")
        if reply.skip:
            return False
        self._remember()
        self.case = prove_case(self.case, _pasted(reply.text), self.base, self.options, self.now())
        self.save(self.case)
        for proof in {proof.verify: proof for proof in self.diagnosis.proofs}.values():
            state = "proved" if proof.proved else "not proved yet"
            self.say(f"  {state}: {proof.verify}{f', {proof.outcome} was seen' if proof.outcome else ''}")
        return True

    # --- what comes back --------------------------------------------------------------------------------------

    def _rank(self, sources: Iterable[Source | InputError], did: str = "", *, quiet: bool = False) -> None:
        self.case, plain = ask_case(self.case, sources, self.base, self.options, self.now(), did=did)
        self.save(self.case)
        self.reported = False
        if not quiet:
            self._report(plain)

    def _report(self, plain: Diagnosis) -> None:
        self.report(self.case, plain)
        self.reported = True

    def _note_skip(self, step: NextCheck, check: ShownCheck) -> None:
        self.case = replace(self.case, skipped=(*self.case.skipped, f"{step.article}/{check.id}"))
        self._rank((), f"skipped {check.id}")

    def _note_answer(self, step: NextCheck, check: ShownCheck, outcome: str) -> None:
        answer = CaseAnswer(time=self.now(), article=step.article, check=check.id, outcome=outcome)
        self.case = replace(self.case, answers=(*self.case.answers, answer))
        self._rank((), f"answered {check.id}: {outcome}")

    def _say_outcomes(self, step: NextCheck, check: ShownCheck, before: Diagnosis) -> None:
        """Which checks the paste answered, whichever was asked; that it said nothing, where it did."""
        old, new = _checks(before, step.article), _checks(self.diagnosis, step.article)
        told = [c for c in new.values() if c.outcome and (c.id not in old or old[c.id].outcome != c.outcome)]
        for item in told:
            self.say(f"  {item.id} -> {item.outcome}")
        if told or _odds(before) != _odds(self.diagnosis):
            return
        unclear = new[check.id].unclear if check.id in new else ""
        self.say(
            f"  {check.id}: {f'unclear, {unclear}' if unclear else 'that is not its output'}; type its outcome, or skip"
        )

    def _asked_values(self, article: str, missing: Sequence[str], needed_by: str) -> bool:
        """Ask once for each value that is missing; True where one was given."""
        params = self.base.problems([article])[article].params
        given = {}
        before = set(self.asked)
        for name in dict.fromkeys(missing):
            if name in self.asked or name not in params:
                continue
            self.asked.add(name)
            self.reported = False
            self.say("")
            self.say(f"{needed_by} needs <{name}>: {params[name].ask or f'which {name}?'}")
            value = self._value(name, params[name])
            if value:
                given[name] = value
        if given:
            self.past.append((self.case, before))
            self.case = replace(self.case, parameters={**self.case.parameters, **given})
            self._rank((), f"gave {', '.join(given)}", quiet=True)
        return bool(given)

    def _value(self, name: str, param: Param) -> str:
        """A value of the parameter's type; empty where it is left out."""
        empty = param.default or "leave it out"
        while raw := self._heard(f"{name} (empty or skip: {empty}): ").text.strip():
            if _word(raw) == "skip":
                break
            if typed(param.type, value := unquoted(raw)) is not None:
                return value
            self.say(f"  that is not {EXPECTED[param.type]}")
        return ""

    def _heard(self, prompt: str) -> Heard:
        """The next entry; `quit` and `back` leave what was asked, and `help` is answered here, whatever it was."""
        while (word := _word((heard := self.hear(prompt)).text)) == "help":
            for text in HELP:
                self.say(text)
        if word == "quit":
            raise _QuitError
        if word == "back":
            raise _BackError
        return heard

    def _commands(self, check: ShownCheck) -> None:
        for command in shown(check.commands):
            self.say(f"    {command.shell}: {command.command}{'   [not ready]' if command.missing else ''}")

    def _reply(self, check: ShownCheck | None, request: str, *, enter_ends: bool = True) -> Reply:
        """An outcome of the check, or a paste: whatever is no word of ours and no outcome begins one."""
        for line in request.split("\n"):
            self.say(line)
        while not (heard := self._heard("> ")).text.strip() or heard.text.strip() == END:
            if enter_ends and not heard.text.strip() and not heard.more:
                raise _EndError
        line = heard.text.strip()
        if _word(line) == "skip":
            return Reply(skip=True)
        outcome = _outcomes(check).get(line.casefold(), "") if check is not None else ""
        return Reply(outcome=outcome) if outcome else Reply(text=whole_paste(heard, self.hear))


def _word(line: str) -> str:
    """`quit`, `skip` or `help` where the line is one of their spellings, else empty."""
    return WORDS.get(line.strip().casefold(), "")


def _outcomes(check: ShownCheck) -> dict[str, str]:
    """What may be typed for each outcome: its number or its name."""
    return {str(n): name for n, name in enumerate(check.outcomes, 1)} | {
        name.casefold(): name for name in check.outcomes
    }


def _checks(diagnosis: Diagnosis, article: str) -> dict[str, ShownCheck]:
    return {c.id: c for finding in diagnosis.causes if finding.article == article for c in finding.checks}


def _odds(diagnosis: Diagnosis) -> dict[str, float]:
    return {finding.id: finding.probability for finding in diagnosis.causes}


def _menu(check: ShownCheck) -> str:
    return ", ".join([*(f"{n} {name}" for n, name in enumerate(check.outcomes, 1)), "skip, back, help"])


def _pasted(text: str) -> Sequence[Source | InputError]:
    return list(paste(text))
