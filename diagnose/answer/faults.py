"""Several independent faults in one text: problems that explain lines of their own.

Takes the candidates as they stand; gives for each fault the candidates that compete for its lines, the leading one first.
The first fault is the one that leads the whole ranking. The next one is judged as if the lines that those before it explain
were not there, against unknown and the rivals for its own lines. A cascade is one fault. Knows nothing of causes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.answer.leftover import shape_of
from diagnose.answer.standings import Candidates, standings_of
from diagnose.diagnosis import AlsoFound
from diagnose.model import Place
from diagnose.rank.problems import softmax

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence, Set

    from diagnose.gathered import Gathered
    from diagnose.knowledge import Knowledge
    from diagnose.model import Evidence, Problem
    from diagnose.rank.problems import Standing
    from diagnose.rank.weights import Weights

MOST_FAULTS = 6

# Candidates, and those of them that compete for the lines of one fault.
Group = tuple[Candidates, list["Standing"]]


def faults_of(
    competing: Candidates,
    standings: Sequence[Standing],
    gathered: Gathered,
    base: Knowledge,
    weights: Weights,
    messages: Callable[[Set[Place]], Set[Place]],
) -> list[Group]:
    """The groups of candidates of each fault, none where nothing stands; `messages` gives all lines of the messages that
    lines stand in."""
    if not standings:
        return []
    kin = _kin(standings[0].problem, competing)
    groups: list[Group] = [(competing, _rivals(standings[0], standings, kin, lineless=True))]
    explained = set(messages(standings[0].lines))
    while len(groups) < MOST_FAULTS:
        left = _outside(competing, explained, kin)
        if not _symptoms(left):
            break
        ranked = standings_of(left, _unread(gathered, explained), base, weights)
        found = next((group for lead in ranked if (group := _fault(lead, ranked, left, weights))), None)
        if found is None:
            break
        groups.append((left, found))
        explained |= messages(found[0].lines)
        kin |= _kin(found[0].problem, competing)
    return groups


def also_found(groups: Sequence[Group]) -> tuple[AlsoFound, ...]:
    """The faults after the first, each with the first line that speaks for it."""
    return tuple(_also(competing, group[0]) for competing, group in groups[1:])


def _also(competing: Candidates, lead: Standing) -> AlsoFound:
    own = [item.at for item in competing.evidence[lead.problem]]
    first = min(own, key=lambda at: (at.source, at.line))
    title = competing.problems[lead.problem].title
    return AlsoFound(article=lead.problem, title=title, source=first.source, line=first.line)


def _fault(lead: Standing, ranked: Sequence[Standing], left: Candidates, weights: Weights) -> list[Standing]:
    """`lead` and its rivals, where it is believed beside them; else nothing."""
    group = _rivals(lead, ranked, _kin(lead.problem, left))
    shares, _ = softmax(group)
    believed = lead.symptom and lead.score.value > 0 and shares[lead.problem] >= weights.likely
    return group if believed else []


def _rivals(lead: Standing, standings: Sequence[Standing], kin: Set[str], *, lineless: bool = False) -> list[Standing]:
    others = (s for s in standings if s is not lead)
    return [lead, *(s for s in others if s.lines & lead.lines or s.problem in kin or (lineless and not s.lines))]


def _kin(problem: str, competing: Candidates) -> set[str]:
    """`problem` and the candidates of its cascade whose symptoms were seen: what it follows from, and what follows from it."""
    seen = {name: one for name, one in competing.problems.items() if _shows(one, competing.evidence.get(name, ()))}
    leads = {(name, link.id) for name, one in seen.items() for link in one.related if link.type == "leads_to"}
    leads |= {(link.id, name) for name, one in seen.items() for link in one.related if link.type == "caused_by"}
    return {problem, *_reached(problem, leads), *_reached(problem, {(end, start) for start, end in leads})} & {
        problem,
        *seen,
    }


def _reached(start: str, links: Set[tuple[str, str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        new = {end for begin, end in links if begin == at} - found
        found |= new
        waiting += sorted(new)
    return found


def _shape(item: Evidence) -> str:
    return shape_of(item.quote)


def _shows(problem: Problem, evidence: Sequence[Evidence]) -> bool:
    return any(item.seen in problem.symptoms for item in evidence)


def _outside(competing: Candidates, explained: Set[Place], kin: Set[str]) -> Candidates:
    """The candidates without the problems of `kin`, and with the evidence that stands on other lines."""
    gone = explained | competing.claimed
    told = {_shape(item) for items in competing.evidence.values() for item in items if item.at in explained}
    evidence = {
        name: items
        for name, seen in competing.evidence.items()
        if name not in kin and (items := [item for item in seen if item.at not in gone and _shape(item) not in told])
    }
    problems = {name: competing.problems[name] for name in evidence}
    return Candidates(problems, evidence, competing.claimed)


def _symptoms(left: Candidates) -> bool:
    return any(_shows(left.problems[name], items) for name, items in left.evidence.items())


def _unread(gathered: Gathered, lines: Set[Place]) -> Gathered:
    """The same without what was retrieved by `lines`."""
    retrieved = gathered.retrieved
    covered = tuple(c for c in retrieved.covered if Place(source=c.place.source, line=c.place.line) not in lines)
    named = tuple(n for n in retrieved.named if Place(source=n.place.source, line=n.place.line) not in lines)
    return replace(gathered, retrieved=replace(retrieved, covered=covered, named=named))
