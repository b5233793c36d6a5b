"""The formulas, with the figures worked by hand."""

from math import log

import pytest
from msgspec.structs import replace

from diagnose.answer.next_check import OpenChecks, next_best
from diagnose.knowledge import Wording
from diagnose.model import Check, Clue, Cost, Evidence, Outcome, Place, Problem, RootCause, Signal
from diagnose.rank.causes import causes_of, decisive
from diagnose.rank.features import Observations, feature_worth
from diagnose.rank.learned import learned_of
from diagnose.rank.problems import softmax, stand
from diagnose.retrieve.coverage import Covered
from diagnose.retrieve.fulltext import FullText
from diagnose.retrieve.lookup import Retrieved
from diagnose.scan.passages import TextLine

PROBLEM = Problem(
    id="p",
    title="t",
    signals={"trace": Signal(contains=("trace",)), "symptom": Signal(contains=("symptom",))},
    symptoms=("symptom",),
    causes=(
        RootCause(
            id="port",
            title="port",
            likelihood="uncommon",
            evidence=(
                Clue(signal="trace", supports="strong"),
                Clue(check="tcp.timeout", supports="decisive"),
                Clue(check="tcp.failed", supports="strong"),
                Clue(check="tcp.connected", refutes="decisive"),
            ),
        ),
        RootCause(
            id="service",
            title="service",
            likelihood="common",
            evidence=(Clue(check="tcp.failed", supports="weak"), Clue(check="svc.stopped", supports="decisive")),
        ),
        RootCause(id="a", title="a"),
        RootCause(id="b", title="b"),
        RootCause(id="c", title="c"),
    ),
    checks={
        "tcp": Check(
            title="tcp", outcomes={o: Outcome() for o in ("connected", "failed", "timeout")}, cost=Cost(seconds=5)
        ),
        "svc": Check(title="svc", outcomes={o: Outcome() for o in ("running", "stopped")}, cost=Cost(seconds=5)),
        "idle": Check(title="says nothing", outcomes={"x": Outcome(), "y": Outcome()}),
    },
)


def seen(name, line=1, strength=1.0):
    return Evidence(problem="p", seen=name, at=Place(source="-", line=line), quote=name, strength=strength)


def share(cause, *evidence):
    return next(c.share for c in causes_of(PROBLEM, evidence) if c.cause and c.cause.id == cause)


def test_odds_before_any_evidence_are_the_priors():
    assert share("port") == pytest.approx(3 / 23)
    assert causes_of(PROBLEM, ())[-1].share == pytest.approx(1 / 23)


def test_a_strong_clue_multiplies_by_ten():
    assert share("port", seen("trace")) == pytest.approx(30 / 50)


def test_clues_on_different_lines_multiply():
    assert share("port", seen("trace", 1), seen("tcp.failed", 2)) == pytest.approx(300 / (300 + 15 + 10))


def test_clues_on_one_line_count_once():
    assert share("port", seen("trace", 1), seen("tcp.timeout", 1)) == pytest.approx(150 / (150 + 20))


def test_an_open_port_demotes_the_cause():
    assert share("port", seen("trace", 1), seen("tcp.connected", 2)) == pytest.approx(0.6 / 20.6)


def test_repeats_of_one_signal_count_once():
    assert share("port", *(seen("trace", n) for n in range(1, 9))) == share("port", seen("trace"))


def test_what_was_cut_counts_less():
    assert share("port") < share("port", seen("trace", strength=0.6)) < share("port", seen("trace"))


def test_decisive_needs_no_decisive_contradiction():
    port = causes_of(PROBLEM, (seen("tcp.timeout", 1),))[0]
    assert decisive(port.weighed)
    both = next(
        c for c in causes_of(PROBLEM, (seen("tcp.timeout", 1), seen("tcp.connected", 2))) if c.cause.id == "port"
    )
    assert not decisive(both.weighed)


def test_an_article_without_causes_has_one():
    (only,) = causes_of(Problem(id="d", title="d"), ())
    assert only.share == 1.0


def test_a_feature_common_in_logs_or_articles_is_worth_little():
    assert feature_worth(1e-6, 1, 400, 10) == pytest.approx(log(400))
    assert feature_worth(1e-3, 1, 400, 10_000) == 0.0
    assert feature_worth(1e-9, 200, 400, 10) == pytest.approx(log(2))


def standings(evidence, lines=10):
    rates = {("p", "trace"): (1e-8, 1), ("p", "symptom"): (1e-8, 1)}
    return stand({"p": PROBLEM}, {"p": evidence}, Observations(rates, Retrieved((), (), {}), lines, {}))


def test_the_parts_of_a_score_add_up():
    (standing,) = standings([seen("symptom")])
    assert sum(part.value for part in standing.score.parts) == pytest.approx(standing.score.value)
    shares, unknown = softmax([standing])
    assert sum(shares.values()) + unknown == pytest.approx(1.0)


def test_a_repeated_line_counts_once():
    one, many = standings([seen("symptom")])[0], standings([seen("symptom", n) for n in range(1, 30)])[0]
    assert many.score.value == one.score.value


def test_a_second_signal_on_another_line_adds():
    one, two = standings([seen("symptom")])[0], standings([seen("symptom"), seen("trace", 9)])[0]
    assert two.score.value > one.score.value


def test_a_reviewed_article_of_which_nothing_was_seen_is_less_likely_than_one_that_declares_nothing():
    from msgspec.structs import replace

    found = Retrieved((), (), {"p": FullText(0.5, 0.5, 20.0)})
    bare = replace(PROBLEM, signals={}, symptoms=(), causes=())
    (quiet,) = stand({"p": PROBLEM}, {}, Observations({}, found, 10, {}))
    (plain,) = stand({"p": bare}, {}, Observations({}, found, 10, {}))
    assert quiet.score.value < plain.score.value


def test_a_combination_that_was_seen_in_part_counts_less_than_whole():
    from diagnose.rank.features import _missing

    signals = {name: Signal(contains=(name,)) for name in ("one", "two", "three", "four")}
    whole = {"all": Signal(sequence=tuple(signals)), **signals}
    problem = Problem(id="p", title="t", signals=whole, symptoms=("all",))
    assert _missing(problem, {"one"}) == 0.75
    assert _missing(problem, {"all", *signals}) == 0.0


def test_what_few_problems_reach_by_chance_counts_for_nothing():
    from diagnose.retrieve.fulltext import _outstanding

    noise = _outstanding({1: 10.0, 2: 9.0, 3: 8.0}, {1, 2, 3})
    clear = _outstanding({1: 40.0, 2: 9.0, 3: 8.0}, {1, 2, 3})
    assert noise[1] < 0.2 < 0.7 < clear[1]
    assert noise[3] == clear[3] == 0.0


def test_without_a_symptom_nothing_is_more_than_possible():
    assert not standings([seen("trace")])[0].symptom
    assert standings([seen("symptom")])[0].symptom


def candidate(problem, *evidence, **fields):
    shares = {c.cause.id if c.cause else "": c.share for c in causes_of(problem, evidence)}
    return OpenChecks(**{"problem": problem, "share": 1.0, "shares": shares, **fields})


def test_the_next_check_separates_the_leading_causes():
    choice = next_best([candidate(PROBLEM, seen("trace"))])
    assert choice.check == "tcp"
    assert set(choice.separates) == {"port", "service"}
    assert next_best([candidate(PROBLEM, seen("trace"), closed=("tcp",))]).check == "svc"
    assert next_best([candidate(PROBLEM, seen("trace"), closed=("tcp", "svc"))]) is None


def test_a_costly_check_waits_for_a_cheap_one():
    slow = replace(PROBLEM.checks["tcp"], cost=Cost(seconds=600, privilege="admin"))
    problem = replace(PROBLEM, checks={**PROBLEM.checks, "tcp": slow})
    assert next_best([candidate(problem)]).check == "svc"


def test_a_check_that_changes_something_waits_for_the_read_only_ones():
    risky = replace(PROBLEM.checks["tcp"], read_only=False, cost=Cost(seconds=1))
    problem = replace(PROBLEM, checks={**PROBLEM.checks, "tcp": risky})
    assert next_best([candidate(problem, seen("trace"))]).check == "svc"
    assert next_best([candidate(problem, seen("trace"), closed=("svc",))]).check == "tcp"


def test_a_check_that_lacks_values_costs_more():
    like = replace(PROBLEM.checks["tcp"], title="the same with all values")
    problem = replace(
        PROBLEM,
        causes=tuple(
            replace(c, evidence=(*c.evidence, *(replace(e, check=e.check.replace("tcp", "same")) for e in c.evidence if e.check)))
            for c in PROBLEM.causes
        ),
        checks={**PROBLEM.checks, "same": like},
    )  # fmt: skip
    assert next_best([candidate(problem, seen("trace"))]).check == "tcp"
    assert next_best([candidate(problem, seen("trace"), missing={"tcp": 1})]).check == "same"


def test_a_check_of_a_less_probable_problem_counts_by_its_share():
    other = replace(PROBLEM, id="q", checks={"svc": PROBLEM.checks["svc"]})
    lead = candidate(PROBLEM, seen("trace"), share=0.7)
    assert next_best([lead, candidate(other, share=0.2)]).problem == "p"
    closed = candidate(PROBLEM, seen("trace"), share=0.7, closed=("tcp", "svc"))
    assert next_best([closed, candidate(other, share=0.2)]).problem == "q"


def test_one_command_for_two_problems_counts_for_both():
    other = replace(PROBLEM, id="q")
    alone = next_best([candidate(PROBLEM, seen("trace"), share=0.5)])
    both = next_best(
        [candidate(p, seen("trace"), share=0.5, asks={"tcp": "powershell same"}) for p in (PROBLEM, other)]
    )
    assert both.gain == pytest.approx(2 * alone.gain)


def test_ties_go_to_what_runs_on_the_readers_system():
    twin = {"first": PROBLEM.checks["svc"], "second": PROBLEM.checks["svc"]}
    clue = {"service": tuple(Clue(check=f"{name}.stopped", supports="decisive") for name in twin)}
    problem = replace(
        PROBLEM, checks=twin, causes=tuple(replace(c, evidence=clue.get(c.id, ())) for c in PROBLEM.causes)
    )
    assert next_best([candidate(problem)]).check == "first"
    assert next_best([candidate(problem, runnable=("second",))]).check == "second"


def test_resolved_cases_move_the_prior_within_bounds():
    few = learned_of(PROBLEM, {"p/port": 3, "p/service": 2})
    assert few["port"].factor > 1 > few["a"].factor
    assert (few["port"].count, few["port"].of) == (3, 5)
    many = learned_of(PROBLEM, {"p/port": 10_000})
    assert many["port"].factor == 4.0
    assert many["service"].factor == 0.25
    assert learned_of(PROBLEM, {"another/port": 9}) == {}
    before = share("port")
    after = next(c for c in causes_of(PROBLEM, (), few) if c.cause and c.cause.id == "port")
    assert before < after.share < 4 * before
    assert "3 of 5 resolved cases" in after.score.parts[1].because


def test_cases_that_were_none_of_ours_make_another_cause_likelier():
    learned = learned_of(PROBLEM, {"p/": 4})
    assert causes_of(PROBLEM, (), learned)[-1].share > causes_of(PROBLEM, ())[-1].share


def test_a_code_that_any_program_returns_does_not_make_an_unreviewed_article_likely():
    def symptom(code, status):
        problem = replace(PROBLEM, status=status, signals={"code": Signal(code=(code,))}, symptoms=("code",), causes=())
        rates = {("p", "code"): (1e-8, 1)}
        (standing,) = stand({"p": problem}, {"p": [seen("code")]}, Observations(rates, Retrieved((), (), {}), 10, {}))
        return standing.symptom

    assert not symptom("0x80004005", "test")
    assert symptom("0x80004005", "stable")
    assert symptom("0x80092013", "test")


def test_words_of_a_symptom_count_by_the_reading_that_is_nearest_to_the_text():
    """`Status: (suspended|lost)`: a healthy log has the name of the field, and neither of its bad values."""
    wording = Wording(signals={"symptom": (frozenset({"status", "suspend"}), frozenset({"status", "lost"}))})

    def words_seen(*words):
        found = Retrieved((), (), {"p": FullText(0.5, 0.5, 9.0)}, dict.fromkeys(words, 4.0), (frozenset(words),))
        (standing,) = stand({"p": PROBLEM}, {}, Observations({}, found, 10, {"p": wording}))
        return standing.features.words

    assert words_seen("status", "lost") == 1.0
    assert words_seen("status") == 0.5
    assert words_seen("lost", "suspend") == 0.5
    assert words_seen("other") == 0.0


COMBINED = replace(
    PROBLEM,
    status="test",
    signals={
        "refused": Signal(contains=("dial tcp: refused",)),
        "gone": Signal(contains=("store is gone",)),
        "both": Signal(all=("refused", "gone")),
    },
    symptoms=("both", "refused", "gone"),
)


@pytest.mark.parametrize(
    ("names", "signal", "symptom"),
    [(["refused"], 0.5, False), (["refused", "gone"], 1.0, True), (["both", "refused", "gone"], 1.0, True)],
)
def test_a_part_of_a_combined_symptom_counts_as_a_part(names, signal, symptom):
    rates = {("p", name): (1e-6, 1) for name in ("refused", "gone", "both")}
    found = Observations(rates, Retrieved((), (), {}), 10, {})
    (standing,) = stand({"p": COMBINED}, {"p": [seen(name) for name in names]}, found)
    assert standing.features.signal == pytest.approx(signal)
    assert standing.symptom is symptom


@pytest.mark.parametrize(("name", "missing"), [("refused", 0.5), ("apart", 0.0)])
def test_a_combined_symptom_of_which_nothing_was_seen_takes_nothing_from_another(name, missing):
    signals = {**COMBINED.signals, "apart": Signal(contains=("something else",))}
    problem = replace(COMBINED, signals=signals, symptoms=(*COMBINED.symptoms, "apart"))
    found = Observations({("p", name): (1e-6, 1)}, Retrieved((), (), {}), 10, {})
    (standing,) = stand({"p": problem}, {"p": [seen(name)]}, found)
    assert standing.features.missing == pytest.approx(missing)


@pytest.mark.parametrize(("share", "symptom"), [(0.7, False), (0.8, True)])
def test_a_message_is_seen_once_three_quarters_of_it_are_there(share, symptom):
    quoted = replace(PROBLEM, status="test")
    at = TextLine("-", 1, "...")
    covered = Covered(1, "p", "a message", share, 60.0 * share, at)
    (standing,) = stand({"p": quoted}, {}, Observations({}, Retrieved((covered,), (), {}), 10, {}))
    assert standing.symptom is symptom
