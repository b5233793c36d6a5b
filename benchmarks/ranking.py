"""What was found for labelled cases, kept on disk, so that a change of features or weights is measured in seconds.

    python benchmarks/ranking.py keep FOLDER NAME CASES.jsonl BASE     gather once (a minute for some hundred cases)
    python benchmarks/ranking.py ask FOLDER [NAME ...]                 features and odds again, as the code now stands
    python benchmarks/ranking.py wrong FOLDER NAME                     the cases that are wrong, with the features of both

`ask` also fits the weights on the other bases alone, as `kb eval --fit` does, and shows what they give on the one left
out (`--refit`). Whatever `diagnose/retrieve/` or `diagnose/match/` changes needs `keep` again: the files are pickles of
this version's records, for the machine that wrote them only.
"""

from __future__ import annotations

import argparse
import pickle
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from diagnose.answer.standings import candidates_of, observed_of
from diagnose.pipeline import evidence
from diagnose.rank.features import FEATURES
from diagnose.rank.problems import PRESET, softmax, stand
from diagnose.rank.weights import Weights
from kb.evaluate import figures
from kb.evaluate.answer import KEPT, ScoredAnswer
from kb.evaluate.cases import LabelledCase, read_cases
from kb.evaluate.choice import LabelledChoice
from kb.evaluate.fit import PENALTY, taught
from kb.evaluate.methods import METHODS, ranked
from kb.evaluate.seen import digest, was_fitted
from kb.store.open import open_store


class Kept(NamedTuple):
    """A case with all that its ranking takes; `problems` are of the base, each once in a file."""

    case: LabelledCase
    problems: dict[str, Any]
    evidence: Any
    seen: Any
    simple: dict[str, list[tuple[str, float]]]


def keep(folder: Path, name: str, cases: str, base: str) -> None:
    folder.mkdir(exist_ok=True)
    store = open_store([Path(base)], folder / "cache")
    known: dict[str, Any] = {}
    kept = []
    for case in read_cases(cases):
        gathered = evidence(case.text, store)
        candidates = candidates_of(gathered, store)
        problems = {key: known.setdefault(key, problem) for key, problem in candidates.problems.items()}
        found, seen = observed_of(candidates, gathered, store)
        simple = {method: ranked(method, gathered.retrieved)[:KEPT] for method in METHODS}
        kept.append(Kept(case, problems, found, seen, simple))
    (folder / f"{name}.kept").write_bytes(pickle.dumps([tuple(one) for one in kept]))
    print(f"{len(kept)} cases of {name} kept")


def read(folder: Path, name: str) -> list[Kept]:
    return [Kept(*one) for one in pickle.loads((folder / f"{name}.kept").read_bytes())]


def answered(one: Kept, weights: Weights) -> tuple[ScoredAnswer, bool]:
    """The answer, and whether a symptom of the leading article was seen."""
    standings = stand(one.problems, one.evidence, one.seen, weights)
    shares, unknown = softmax(standings)
    lead = standings[0] if standings else None
    sure = bool(lead and lead.symptom and shares[lead.problem] >= weights.likely)
    verdict = "unknown" if unknown > 0.5 else "likely" if sure else "possible"
    articles = [(s.problem, shares[s.problem]) for s in standings[:KEPT]]
    return scored(one, articles, verdict, unknown), sure


def scored(one: Kept, articles: Sequence[tuple[str, float]], verdict: str, unknown: float) -> ScoredAnswer:
    case = one.case
    names = [tuple(name.lower() for name in names) for names in (case.expect, case.acceptable)]
    return ScoredAnswer(
        case.id, case.kind, names[0], names[1], tuple(articles), (), verdict, unknown, was_fitted(case.text)
    )


def choice(base: str, one: Kept) -> LabelledChoice:
    standings = stand(one.problems, one.evidence, one.seen)
    parts = [
        tuple(name.partition("/")[0].lower() for name in names) for names in (one.case.expect, one.case.acceptable)
    ]
    rows = tuple((s.problem, tuple(getattr(s.features, f) for f in FEATURES)) for s in standings)
    return LabelledChoice(base, one.case.id, one.case.kind, *parts, rows, one.case.source, digest(one.case.text))


def lines(kept: Sequence[Kept], answers: Sequence[ScoredAnswer]) -> Iterator[str]:
    kinds: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for at, answer in enumerate(answers):
        kinds[answer.kind, answer.fitted].append(at)
    for (kind, fitted), at in sorted(kinds.items()):
        own = [answers[i] for i in at]
        likely = [a for a in own if a.verdict == "likely"]
        wrong = sum(figures.right(a) is False for a in likely)
        head = f"  {kind + (' (fitted)' if fitted else ''):<26}{len(own):>4}"
        if kind.startswith("negative"):
            raised = sum(a.verdict != "unknown" and figures.right(a) is False for a in own)
            yield f"{head}  raised {raised:>3}  likely {wrong:>3}"
            continue
        simple = []
        for method in ("bm25", "both"):
            said = [scored(kept[i], kept[i].simple[method], "possible", 0.0) for i in at]
            simple.append(f"{figures.accuracy(said).value:.3f}/{figures.accuracy(said, 3).value:.3f}")
        first, three = figures.accuracy(own).value, figures.accuracy(own, 3).value
        ece = figures.expected_error(figures.judged_of(own))
        yield f"{head}  {first:.3f}/{three:.3f}  bm25, both {' '.join(simple)}  ECE {ece:.3f}  likely wrong {wrong}"
    for told, group in (("all", answers), ("unseen", [a for a in answers if not a.fitted])):
        judged = figures.judged_of(group)
        kinds_said = [f"ECE {figures.expected_error(judged):.3f} (perfect p90 {figures.perfect(judged):.3f})"]
        positive = [a for a in group if not a.kind.startswith("negative")]
        hard = [a for a in group if a.kind == "negative-hard"]
        if hard and positive:
            at_kept = figures.at_right_kept([*positive]) or 0.0
            kinds_said.append(
                f"hard raised at 90 % kept {figures.alarms(group, ('negative-hard',), at_kept).value:.3f}"
            )
            limit = figures.at_false_alarms(group) or 0.0
            for kind in sorted({a.kind for a in positive}):
                own = [a for a in positive if a.kind == kind]
                shown = [a for a in own if a.confidence >= limit]
                kinds_said.append(f"{kind} {len(shown) / len(own):.2f},{figures.accuracy(shown).value:.2f}")
        yield f"  {told}: " + "  ".join(kinds_said)


def ask(folder: Path, names: Sequence[str], refit: bool, penalty: float) -> None:
    loaded = {name: read(folder, name) for name in names}
    weights = dict.fromkeys(names, PRESET)
    if refit:
        choices = {name: [choice(name, one) for one in kept] for name, kept in loaded.items()}
        weights = {name: taught([c for n in names if n != name for c in choices[n]], penalty) for name in names}
    for name, kept in loaded.items():
        said = [answered(one, weights[name])[0] for one in kept]
        print(name, *lines(kept, said), sep="\n")


def wrong(folder: Path, name: str, kinds: Sequence[str]) -> None:
    for one in read(folder, name):
        said, _ = answered(one, PRESET)
        if figures.right(said) is not False or (kinds and one.case.kind not in kinds):
            continue
        if not one.case.expect and said.verdict == "unknown":
            continue
        print(
            f"\n== {one.case.id} ({one.case.kind}{', fitted' if said.fitted else ''}): {' or '.join(one.case.expect)}"
        )
        print("  " + " | ".join(one.case.text[:1500].splitlines()[:12])[:900])
        shown = [said.articles[0][0], *one.case.expect] if said.articles else one.case.expect
        for standing in stand(one.problems, one.evidence, one.seen):
            if standing.problem in shown:
                told = " ".join(f"{f}={getattr(standing.features, f):.2f}" for f in FEATURES)
                print(f"  {standing.problem}: {standing.score.value:.2f} {told}")
                print("     ", "; ".join(p.because for s in standing.score.parts for p in s.parts)[:600])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["keep", "ask", "wrong"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--refit", action="store_true", help="with weights that the other bases teach")
    parser.add_argument("--penalty", type=float, default=PENALTY)
    parser.add_argument("--kind", action="append", default=[])
    given = parser.parse_args()
    if given.what == "keep":
        keep(given.folder, *given.names)
    elif given.what == "ask":
        names = given.names or sorted(path.stem for path in given.folder.glob("*.kept"))
        ask(given.folder, names, given.refit, given.penalty)
    else:
        wrong(given.folder, given.names[0], given.kind)


if __name__ == "__main__":
    main()
