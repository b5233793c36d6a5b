"""Measuring a base: cases, figures, intervals, calibration, comparison, the fit."""

import json
from xml.etree import ElementTree

import msgspec
import pytest

from diagnose.errors import KbError
from diagnose.pipeline import evidence
from diagnose.rank.features import FEATURES
from kb.cli import run
from kb.evaluate.answer import ScoredAnswer
from kb.evaluate.cases import LabelledCase, read_cases
from kb.evaluate.choice import LabelledChoice
from kb.evaluate.figures import (
    answer_changes,
    at_false_alarms,
    at_right_kept,
    bootstrap,
    expected_error,
    perfect,
    report,
    right,
    wilson,
)
from kb.evaluate.fit import FOLDS, SIMPLE, _folds, fit, solve
from kb.evaluate.methods import METHODS, ranked
from kb.evaluate.report import report_text, svg, told_apart
from kb.evaluate.run import answers, choices
from kb.evaluate.seen import digest, was_fitted


def answer(name, probability, *, expect=("a",), kind="real", acceptable=(), said="a", verdict="likely", also=()):
    articles = ((said, probability), *((other, 0.001) for other in also))
    return ScoredAnswer(name, kind, tuple(expect), tuple(acceptable), articles, (), verdict, 1 - probability)


def negative(name, probability, kind="negative-hard"):
    verdict = "likely" if probability > 0.5 else "unknown"
    return answer(name, probability, expect=(), kind=kind, verdict=verdict)


def test_an_acceptable_answer_counts_neither_way():
    assert right(answer("1", 0.9)) is True
    assert right(answer("2", 0.9, said="b")) is False
    assert right(answer("3", 0.9, said="b", acceptable=["b"])) is None
    assert right(answer("4", 0.9, said="b", acceptable=["b"], also=["a"]), 3) is True


def test_an_expected_cause_is_met_by_its_article():
    assert right(answer("1", 0.9, expect=["a/cause"])) is True


def test_the_interval_of_a_share_stays_within_0_and_1_and_narrows_with_cases():
    few, many = wilson(10, 10), wilson(1000, 1000)
    assert few.high == pytest.approx(1.0)
    assert many.high <= 1.0
    assert few.low < many.low < 1.0
    assert wilson(0, 0).of == 0
    assert wilson(44, 50).low == pytest.approx(0.762, abs=0.001)  # Wilson, 95 %


def test_a_resampled_interval_is_the_same_every_time_and_holds_the_figure():
    values = [0.0, 1.0] * 20
    first = bootstrap(values, lambda v: sum(v) / len(v))
    assert first == bootstrap(values, lambda v: sum(v) / len(v))
    assert first.low < first.value == 0.5 < first.high


def test_calibration_is_the_distance_of_confidence_from_what_was_right():
    assert expected_error([(0.95, True)] * 19 + [(0.95, False)]) == pytest.approx(0.0)
    assert expected_error([(0.9, False)] * 4) == pytest.approx(0.9)


def test_what_a_perfect_model_reaches_hangs_on_confidences_and_their_number_alone():
    few, many = [(0.5, True)] * 20, [(0.5, False)] * 2000
    assert perfect([(1.0, False)] * 20) == perfect([(0.0, True)] * 20) == 0.0
    assert 0.05 < perfect(few) < 0.3
    assert perfect(many) < perfect(few) / 3


def test_the_threshold_lets_one_of_twenty_negatives_through():
    said = [negative(str(n), n / 100) for n in range(20)] + [answer("r", 0.185), answer("s", 0.1)]
    threshold = at_false_alarms(said)
    assert 0.18 < threshold < 0.185
    (point, _) = report(said).points
    assert point.answered["real"].value == 0.5
    assert point.answered["negative-hard"].value == 0.05


def test_easy_negatives_do_not_move_the_threshold():
    hard = [negative(str(n), 0.1) for n in range(20)]
    assert at_false_alarms([*hard, negative("easy", 0.99, "negative-easy")]) == at_false_alarms(hard)


def test_the_other_threshold_keeps_nine_of_ten_right_answers():
    said = [answer(str(n), (n + 1) / 10) for n in range(10)]
    assert at_right_kept(said) == pytest.approx(0.2)


def test_a_report_lists_what_was_wrong_the_most_confident_first():
    said = [answer("1", 0.5, said="b"), answer("2", 0.9, said="b"), answer("3", 0.9), negative("4", 0.95)]
    assert [item.id for item in report(said).failures] == ["4", "2", "1"]
    shown = report_text(report(said))
    assert "2 (real): expected a; said likely: b 0.90" in shown
    assert "accuracy@1" in shown


def test_hostile_names_do_not_reach_the_terminal():
    assert "\x1b" not in report_text(report([answer("1\x1b[31m", 0.9, said="b\x1b]0;x", kind="k\x1b[2J")]))


def test_the_diagram_is_an_image_with_the_figures_in_it():
    picture = svg(report([answer("1", 0.9), answer("2", 0.4, said="b")]))
    root = ElementTree.fromstring(picture)
    assert root.tag.endswith("svg")
    assert "2 answers" in picture


def test_a_comparison_names_what_was_gained_and_lost():
    before = [answer("1", 0.9, said="b"), answer("2", 0.9), answer("3", 0.9)]
    after = [answer("1", 0.9), answer("2", 0.9, said="b"), answer("3", 0.9)]
    (change,) = answer_changes(before, after)
    assert change.gained == ("1",)
    assert change.lost == ("2",)
    assert change.before == change.after
    assert change.difference.low < 0 < change.difference.high


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "cases.jsonl:2"),
        ('{"id": "2"}', "neither or both"),
        ('{"id": "1", "text": "x"}', "stands on line 1"),
        ('{"id": "2", "text": "x", "kind": "negative-hard", "expect": ["a"]}', "something to expect"),
        ('{"id": "2", "file": "away.txt"}', "away.txt"),
    ],
)
def test_a_bad_case_is_named_with_its_line(tmp_path, line, what):
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "1", "text": "x", "expect": ["a"]}\n' + line, encoding="utf-8")
    with pytest.raises(KbError) as raised:
        read_cases(str(path))
    assert what in str(raised.value)


def test_a_case_may_lie_in_a_file_beside(tmp_path):
    (tmp_path / "log.txt").write_bytes(b"full \xff disk")
    (tmp_path / "cases.jsonl").write_text('{"id": "1", "file": "log.txt"}', encoding="utf-8")
    (case,) = read_cases(str(tmp_path / "cases.jsonl"))
    assert case.text.startswith("full ")


def test_several_processes_give_the_same_answers_in_the_same_order(shipped):
    cases = [LabelledCase(id=str(n), text=f"No space left on device {n}", expect=("disk-full",)) for n in range(10)]
    cache = shipped.search_dir.parent
    assert answers(cases, shipped, cache, jobs=2) == answers(cases, shipped, cache)


def test_the_command_measures_compares_and_draws(tmp_path, root, monkeypatch, capsys, cache_home):
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))
    cases = tmp_path / "cases.jsonl"
    rows = [
        {"id": "1", "text": "write failed: No space left on device", "expect": ["disk-full"], "kind": "real"},
        {"id": "2", "text": "All is well.", "expect": [], "kind": "negative-hard"},
    ]
    cases.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    call = ["eval", str(cases), "--kb", str(root / "articles"), "--jobs", "1"]
    assert run([*call, "--format", "json", "--svg", str(tmp_path / "out.svg")]) == 0
    result = json.loads(capsys.readouterr().out)
    assert {kind["kind"]: kind["accuracy_1"]["value"] for kind in result["figures"]["kinds"]}["real"] == 1.0
    assert (tmp_path / "out.svg").read_text(encoding="utf-8").startswith("<svg")
    (tmp_path / "before.json").write_text(json.dumps(result), encoding="utf-8")
    assert run([*call, "--compare", str(tmp_path / "before.json")]) == 0
    assert "1.000 -> 1.000" in capsys.readouterr().out
    (tmp_path / "log.gz").write_bytes(b"\x1f\x8b\x08 damaged")
    cases.write_text(json.dumps({"id": "3", "file": "log.gz", "expect": ["disk-full"]}), encoding="utf-8")
    assert run([*call, "--compare-with", "bm25"]) == 0
    said = capsys.readouterr()
    assert "1 inputs were not read whole" in said.err
    assert "compared with bm25: among the first three" in said.out
    assert run(["eval", str(tmp_path / "none.jsonl")]) == 2


def picked(number, *, hit):
    """A case whose right answer has the larger `information`; a negative has only weak candidates."""
    strong = {"information": 0.9, "title": 0.2} if hit else {"information": 0.3}
    weak = {"information": 0.3, "title": 0.25}
    rows = tuple(
        (name, tuple(float(features.get(f, 0.0)) for f in FEATURES)) for name, features in (("a", strong), ("b", weak))
    )
    kind = "real" if hit else "negative-hard"
    return LabelledChoice("base", f"{kind}-{number}", kind, (f"a{number % 7}",) if hit else (), (), rows)


def test_the_fit_learns_what_tells_right_from_wrong():
    learnt = [picked(n, hit=True) for n in range(30)] + [picked(n, hit=False) for n in range(30)]
    learnt = [
        LabelledChoice(
            c.base,
            c.id,
            c.kind,
            c.expect,
            (),
            tuple((c.expect[0] if n == "a" and c.expect else n, v) for n, v in c.candidates),
        )
        for c in learnt
    ]
    fitted = fit(learnt, "2026-11-25")
    assert fitted.weights.information > 1.0
    assert fitted.folds == FOLDS
    assert fitted.figures["accuracy@1 real"] == 1.0
    assert fitted == fit(learnt, "2026-11-25")
    assert fitted.digest != fit(learnt[1:], "2026-11-25").digest


def case_of(number, *, base="one", expect=("a",), source=""):
    return LabelledChoice(base, f"c{number}", "real", tuple(expect), (), (), source)


def test_cases_of_one_thread_or_one_article_are_in_one_fold():
    tied = [case_of(n, expect=(f"a{n}",), source="org/repo#1") for n in range(20)]
    tied += [case_of(20 + n, expect=(f"a{n}",), source=f"other#{n}") for n in range(20)]
    loose = [case_of(40 + n, expect=(f"b{n}",), source="derived") for n in range(20)]
    folds = _folds([*tied, *loose])
    assert len({folds["one", choice.id] for choice in tied}) == 1
    assert len({folds["one", choice.id] for choice in loose}) == FOLDS


def test_every_base_is_left_out_once_and_the_fit_keeps_to_the_simple_sum():
    learnt = [picked(n, hit=n % 2 == 0) for n in range(12)]
    other = [msgspec.structs.replace(choice, base="other") for choice in learnt]
    fitted = fit([*learnt, *other], "2026-11-29")
    assert set(fitted.left_out) == {"base", "other"}
    assert "false alarms at 0.5" in fitted.left_out["other"]
    assert fit(learnt, "2026-11-29").left_out == {}
    assert set(SIMPLE) == set(FEATURES)
    far = fit(learnt, "2026-11-29", penalty=1e6).weights
    assert far.signal / far.silent == pytest.approx(SIMPLE["signal"] / SIMPLE["silent"], rel=0.01)


def test_figures_of_cases_that_the_fit_has_seen_stand_apart():
    said = [answer("1", 0.9), msgspec.structs.replace(answer("2", 0.8), fitted=True)]
    both = told_apart(said, report(said[:1]), report(said[1:]))
    assert both.index("never saw") < both.index("fitted on")
    assert "no forecast" in told_apart(said[1:], report(said[1:]), None)
    assert "fit" not in told_apart(said[:1], report(said[:1]), None)


def test_the_texts_of_the_fit_are_known_again_by_their_words():
    assert digest("a  b\r\n") == digest("a b")
    assert not was_fitted("a text that no fit has seen")


def test_simple_methods_put_the_article_that_quotes_the_message_first(base):
    store = base(
        quoted="# One\n\n## Symptoms\n\n> The frobnicator could not be started by the daemon\n",
        alike="# Two\n\nA frobnicator starts daemons. Daemons start frobnicators.\n",
    )
    found = evidence("The frobnicator could not be started by the daemon\n", store).retrieved
    assert {method: ranked(method, found)[0][0] for method in METHODS if method != "bm25"} == {
        "coverage": "quoted",
        "both": "quoted",
    }
    assert {name for name, _ in ranked("bm25", found)} == {"quoted", "alike"}


def test_linear_equations_are_solved_with_pivots():
    assert solve([[0.0, 2.0], [3.0, 1.0]], [4.0, 5.0]) == pytest.approx([1.0, 2.0])


def test_a_choice_has_the_features_of_every_candidate(shipped):
    (choice,) = choices([LabelledCase(id="1", text="No space left on device", expect=("disk-full",))], shipped, None)
    features = dict(choice.candidates)["disk-full"]
    assert len(features) == len(FEATURES)
    assert features[FEATURES.index("vetted")] > 0.5
