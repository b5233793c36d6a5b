"""A Diagnosis to its view: what leads, what to run now, what each answer would do, what else there is.

Decides what a report says and in which order; knows nothing of widths, colours or markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.diagnosis import ProblemFound
from diagnose.text.sanitize import neutral
from diagnose.view.quotes import line_of, quote_of
from diagnose.view.sections import folded_of, loose_of, proofs_of
from diagnose.view.steps import check_view, step_view
from diagnose.view.view import CauseView, NearView, NextView, OutcomeView, ProblemView, RuledOutView, UnknownView, View
from diagnose.view.words import (
    VERDICTS,
    after_fix,
    counted_word,
    effect,
    elsewhere,
    fixed,
    percent,
    related,
    said,
    summary,
    way_on,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.diagnosis import Diagnosis, Finding, NextCheck, Prospect, Step

RARE = 0.01  # below it a cause is counted, not listed
MOST_OUTCOMES = 5
TIED = 0.0005  # probabilities that differ by less are equal: one number in the report, and the same evidence


def view_of(diagnosis: Diagnosis, timeline: Sequence[Step] = (), options: Sequence[str] = ()) -> View:
    """`options` are those of the call that a further call needs as well, such as `--kb DIR`."""
    known = diagnosis.verdict != "unknown" and bool(diagnosis.causes)
    return View(
        summary=neutral(summary(diagnosis)),
        verdict=diagnosis.verdict,
        problems=_problems(diagnosis, options) if known else (),
        unknown=None if known else _unknown(diagnosis),
        notes=tuple(map(neutral, _notes(diagnosis))),
        codes=tuple((neutral(c.text), neutral(f"{c.name} {c.meaning}".strip())) for c in diagnosis.codes),
        open_line=line_of(diagnosis.open_line) if diagnosis.open_line else None,
        open_lines=tuple(map(line_of, diagnosis.unexplained)),
        proofs=proofs_of(diagnosis),
        loose=loose_of(diagnosis),
        folded=folded_of(diagnosis, timeline),
        elsewhere=elsewhere(diagnosis),
        inputs=tuple(
            neutral(f"{i.name}: {i.bytes:,} bytes, {i.lines:,} lines{f', {i.error}' if i.error else ''}")
            for i in diagnosis.inputs
        ),
        scores=tuple((f"article {a.id}", a.score) for a in diagnosis.articles[:3] if a.score),
    )


# --- problems ---


def _problems(diagnosis: Diagnosis, options: Sequence[str]) -> tuple[ProblemView, ...]:
    """Each independent fault; the one of a ranking is the ranking. Causes are numbered through all of them."""
    found = diagnosis.problems if len(diagnosis.problems) > 1 else (_whole(diagnosis),)
    views: list[ProblemView] = []
    for problem in found:
        before = sum(len(view.causes) for view in views)
        own = diagnosis.causes[0].article == problem.causes[0].article
        views.append(_problem(diagnosis, problem, before + 1, options, own=own))
    return tuple(views)


def _whole(diagnosis: Diagnosis) -> ProblemFound:
    return ProblemFound(
        verdict=diagnosis.verdict,
        unknown=diagnosis.unknown,
        causes=diagnosis.causes,
        articles=diagnosis.articles,
        next_check=diagnosis.next_check,
        ruled_out=diagnosis.ruled_out,
    )


def _problem(
    diagnosis: Diagnosis, problem: ProblemFound, first: int, options: Sequence[str], *, own: bool
) -> ProblemView:
    out = {cause.id for cause in problem.ruled_out}
    findings = [finding for finding in problem.causes if finding.id not in out]
    lead, tie = findings[0], _tie(problem, findings)
    article = next((a for a in problem.articles if a.id == lead.article), None)
    symptom = neutral(article.title if article else lead.article)
    causes = tuple(_cause(first + rank, finding) for rank, finding in enumerate(findings))
    done = own and fixed(diagnosis)
    return ProblemView(
        headline=_headline(diagnosis, problem, tie, own=own),
        verdict=problem.verdict,
        probability=lead.probability,
        title=symptom if tie else neutral(lead.title),
        article=lead.article,
        symptom=symptom,
        reviewed=lead.status not in ("test", "draft"),
        tie=tie,
        causes=causes,
        rare=sum(finding.probability < RARE for finding in findings[1:]),
        none=problem.unknown,
        next=None if done else _next(diagnosis, problem.next_check, causes, options),
        look="" if problem.next_check or done or not own else _look(diagnosis),
        ruled_out=tuple(
            RuledOutView(
                neutral(cause.title), cause.probability, tuple(quote_of(e) for e in cause.evidence if not e.supports)
            )
            for cause in problem.ruled_out
        ),
        done=done,
    )


def _tie(problem: ProblemFound, findings: Sequence[Finding]) -> int:
    """How many causes share the lead; 0 where one leads."""
    top = findings[0].probability
    level = sum(
        top - finding.probability < TIED or percent(finding.probability) == percent(top) for finding in findings
    )
    return level if level > 1 and problem.verdict != "confirmed" else 0


def _headline(diagnosis: Diagnosis, problem: ProblemFound, tie: int, *, own: bool) -> str:
    if own and diagnosis.proofs:
        return after_fix(diagnosis).upper()
    if tie:
        return f"NO CAUSE LEADS YET ({counted_word(tie)} at {percent(problem.causes[0].probability)})"
    verdict = "possible" if problem.verdict == "likely" and problem.causes[0].verdict == "possible" else problem.verdict
    return VERDICTS[verdict]


def _cause(number: int, finding: Finding) -> CauseView:
    evidence = sorted(finding.evidence, key=lambda e: (not e.supports, -abs(e.weight)))
    return CauseView(
        number=number,
        id=finding.id,
        title=neutral(finding.title),
        probability=finding.probability,
        verdict=finding.verdict,
        evidence=tuple(map(quote_of, evidence)),
        checks=tuple(map(check_view, finding.checks)),
        steps=tuple(step_view(step, finding.checks) for step in finding.remediation),
        more=way_on(finding),
        learned=neutral(finding.learned),
        score=finding.score,
    )


# --- what to run now ---


def _next(
    diagnosis: Diagnosis, step: NextCheck | None, causes: Sequence[CauseView], options: Sequence[str]
) -> NextView | None:
    if step is None or step.shown is None:
        return None
    known = {cause.id: cause for cause in causes}
    again = [item.name for item in diagnosis.inputs if item.name != "-"]
    return NextView(
        check=check_view(step.shown),
        why=neutral(step.why),
        outcomes=_outcomes(known.get(step.cause), step.outcomes, known),
        again=neutral(f"kb diagnose {' '.join(map(_quoted, (*options, *again)))} OUTPUT.txt") if again else "",
    )


def _outcomes(
    leader: CauseView | None, prospects: Sequence[Prospect], known: Mapping[str, CauseView]
) -> tuple[OutcomeView, ...]:
    """Those that would do something, the ones of the same effect together."""
    effects: dict[tuple[str, int], list[str]] = {}
    for prospect in prospects:
        cause = known.get(prospect.cause)
        leads = cause.number if cause and cause.probability >= RARE else 0
        effect = _then(leader, prospect, leads), leads
        effects.setdefault(effect, []).append(prospect.looks or said(prospect.outcome))
    made = [
        OutcomeView(neutral(" or ".join(dict.fromkeys(looks))), neutral(then), leads)
        for (then, leads), looks in effects.items()
    ]
    return tuple(made[:MOST_OUTCOMES])


def _then(leader: CauseView | None, prospect: Prospect, leads: int) -> str:
    """`cause 1 rises to 92 %`, `cause 1 falls to 3 %, cause 2 leads with 49 %`."""
    moved = _moved(leader, prospect.leader) if leader else ""
    if leader and prospect.cause == leader.id:
        return moved
    named = f"cause {leads}" if leads else f"'{prospect.title}'"
    return ", ".join(part for part in (moved, f"{named} leads with {percent(prospect.probability)}") if part)


def _moved(cause: CauseView, to: float) -> str:
    way = "rises" if to > cause.probability else "falls"
    return f"cause {cause.number} {way} to {percent(to)}"


def _quoted(name: str) -> str:
    return name if all(sign.isalnum() or sign in "_-./\\:+@%" for sign in name) else f'"{name}"'


def _look(diagnosis: Diagnosis) -> str:
    """Where no check is left that tells the causes apart: what was not looked at."""
    spot = diagnosis.blind_spots[0] if diagnosis.blind_spots else None
    return neutral(f"{spot.source}: {spot.decides}. {spot.how}".strip()) if spot else ""


# --- what is known of the input, and where nothing is known ---


def _notes(diagnosis: Diagnosis) -> list[str]:
    several = [
        f"Several values for {c.parameter}: {', '.join(c.values)}; the first is used (--param {c.parameter}=...)"
        for c in diagnosis.conflicts
    ]
    return [*several, *(f"Not read: {item.path}: {item.reason}" for item in diagnosis.skipped)]


def _unknown(diagnosis: Diagnosis) -> UnknownView:
    files = [item.name for item in diagnosis.inputs if item.name != "-"]
    return UnknownView(
        headline=VERDICTS["unknown"],
        probability=diagnosis.unknown,
        line=line_of(diagnosis.open_line) if diagnosis.open_line else None,
        nearest=tuple(
            NearView(
                article=article.id,
                title=neutral(article.title),
                probability=article.probability,
                why=neutral("; ".join(f"{effect(e)}, line {e.line}" for e in article.evidence[:1])),
            )
            for article in related(diagnosis)
        ),
        search=neutral(diagnosis.search),
        draft=neutral(f"kb new NAME --from {_quoted(files[0]) if files else 'error.txt'}"),
    )
