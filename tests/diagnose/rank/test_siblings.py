"""Candidates that fit about as well: who leads, and what that may not change."""

from array import array
from math import exp, log

import pytest
from msgspec.structs import replace

from diagnose.knowledge import Wording
from diagnose.model import Evidence, Place, Problem, Signal
from diagnose.rank.features import Observations
from diagnose.rank.problems import softmax, stand
from diagnose.rank.siblings import siblings, told_apart
from diagnose.retrieve.fulltext import Holdings
from diagnose.retrieve.lookup import Retrieved
from diagnose.retrieve.names import Named
from diagnose.scan.passages import TextLine
from diagnose.text.terms import prose

RARITY = {"overcommit": 5.0, "quota": 6.0, "oct": 6.0}


def shifts(held, values=None, text=frozenset(RARITY)):
    values = values or dict.fromkeys(held, 1.0)
    return {name: told.shift for name, told in told_apart(values, held, [text], RARITY).items()}


def test_the_words_that_only_one_of_them_holds_make_it_lead():
    found = told_apart(
        {"node": 1.5, "quota": 1.0},
        {"node": {"overcommit": 1.0}, "quota": {"overcommit": 1.0, "quota": 1.0}},
        [frozenset({"overcommit", "quota"})],
        RARITY,
    )
    assert 1.0 + found["quota"].shift > 1.5 + found["node"].shift
    assert found["quota"].words == ("quota",)


def test_together_they_are_as_probable_as_before():
    values = {"a": 2.0, "b": 1.2, "c": 0.4}
    found = shifts({"a": {}, "b": {"quota": 1.3}, "c": {"quota": 0.4, "overcommit": 1.0}}, values)
    before, after = (sum(map(exp, v)) for v in (values.values(), (values[n] + found[n] for n in values)))
    assert log(after) == pytest.approx(log(before))


def test_what_all_of_them_hold_and_a_month_tell_nothing():
    assert shifts({"a": {"overcommit": 1.0, "oct": 1.0}, "b": {"overcommit": 1.0}}) == pytest.approx(
        {"a": 0.0, "b": 0.0}
    )


def test_only_what_is_near_the_leading_one_is_its_sibling():
    assert siblings({"a": 3.0, "b": 1.5, "c": 0.9}) == ["a", "b"]
    assert siblings({"a": 3.0}) == siblings({"a": 3.0, "b": 0.0}) == siblings({}) == []


def test_of_two_that_match_one_line_the_more_specific_leads_and_the_score_says_why():
    """`cannot write file "x": No such file or directory`: what the system says of any failed call is worth little."""
    general = Problem(
        id="general",
        title="No such file or directory",
        status="test",
        signals={"said": Signal(contains=("no such file or directory",))},
        symptoms=("said",),
    )
    special = Problem(
        id="special",
        title="cannot write file",
        status="test",
        signals={"said": Signal(contains=("cannot write file",))},
        symptoms=("said",),
    )
    reason, deed = (frozenset(prose(problem.title)) for problem in (general, special))
    words = dict.fromkeys(reason | deed, 4.0)
    stretch = frozenset(words)
    wordings = {"general": Wording(reason, {"said": (reason,)}), "special": Wording(deed, {"said": (deed,)})}
    holders = {word: [n for n, own in ((1, reason), (2, deed)) if word in own] for word in words}
    postings = {word: array("I", [n << 8 | 1 for n in numbers]) for word, numbers in holders.items()}
    found = Retrieved((), (), {}, words, (stretch,), holdings=Holdings(postings))
    at = Place(source="-", line=1)
    seen = {name: [Evidence(problem=name, seen="said", at=at, quote="")] for name in ("general", "special")}
    rates = {(name, "said"): (1e-6, 1) for name in seen}
    standings = stand(
        {"general": general, "special": special},
        seen,
        Observations(rates, found, 1, wordings, documents={"general": 1, "special": 2}),
    )
    assert [s.problem for s in standings] == ["special", "general"]
    assert "told apart" in standings[0].score.parts[-1].because
    assert sum(part.value for part in standings[0].score.parts) == pytest.approx(standings[0].score.value)
    shares, unknown = softmax(standings)
    assert sum(shares.values()) + unknown == pytest.approx(1.0)


@pytest.mark.parametrize(("seen", "numerals", "share"), [({"5"}, {"5"}, 1.0), (set(), set(), 0.6), (set(), {"5"}, 1.0)])
def test_a_short_number_of_a_title_counts_as_a_word_of_it(seen, numerals, share):
    """`replication error 5`: where the text has no 5, a word of the title is missing; where it stands alone, nobody can tell."""
    problem = replace(Problem(id="p", title="replication error 5"), symptoms=())
    found = Retrieved(
        (),
        (),
        {},
        {"replic": 4.0, "error": 2.0},
        (frozenset({"replic", "error"}),),
        frozenset(seen),
        frozenset(numerals),
    )
    observed = Observations({}, found, 1, {"p": Wording(frozenset({"replic", "error"}), numbers=frozenset("5"))})
    assert observed.titled(problem) == pytest.approx(share)


@pytest.mark.parametrize(("named", "signal"), [({"67"}, 0.42), (set(), 0.0)])
def test_the_number_of_a_title_that_the_text_names_brings_the_article_up(named, signal):
    """`error 67` said in passing: the article whose title names it is not one of which nothing was seen."""
    problem = Problem(
        id="p", title="System error 67", status="test", signals={"said": Signal(contains=("x",))}, symptoms=("said",)
    )
    at = TextLine("-", 1, "it gives me error 67")
    found = Retrieved((), (Named("p", "number:67", 0.001, at),), {}, numbers=frozenset({"67"}))
    wordings = {"p": Wording(numbers=frozenset(named))}
    (standing,) = stand({"p": problem}, {}, Observations({}, found, 1, wordings))
    assert standing.features.signal == pytest.approx(signal)
    assert not standing.symptom
