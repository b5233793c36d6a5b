"""Conditions: sets, sequences, counts and vetoes; equal to a slow, obvious reading of what they mean."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.match.conditions import MOST, Horizon, Result, evaluate, seconds
from diagnose.match.correlation import Occurrence
from diagnose.model import Problem, Signal, Veto

A, B, C, D = (Signal(contains=(letter,)) for letter in "abcd")


def problem(**signals: Signal) -> Problem:
    return Problem(id="p", title="p", signals={"a": A, "b": B, "c": C, "d": D, **signals})


def at(signal: str, *places: float | tuple[float | None, int], source: str = "-", **fields: str) -> list[Occurrence]:
    """Occurrences at (time, line); a bare number is both."""
    pairs = [place if isinstance(place, tuple) else (float(place), int(place)) for place in places]
    return [
        Occurrence(signal=signal, line=line, time=time, source=source, fields=tuple(fields.items()))
        for time, line in pairs
    ]


def seen(*groups: list[Occurrence]) -> dict[str, list[Occurrence]]:
    result: dict[str, list[Occurrence]] = {}
    for group in groups:
        for occurrence in group:
            result.setdefault(occurrence.signal, []).append(occurrence)
    return result


LONG = {"-": Horizon(lines=100_000, time=1e9)}


def result(
    signal: Signal, *groups: list[Occurrence], horizons: dict[str, Horizon] | None = None, **more: Signal
) -> Result:
    horizons = LONG if horizons is None else horizons
    return evaluate(problem(x=signal, **more), seen(*groups), horizons)["x"]


def matched(signal: Signal, *groups: list[Occurrence], **more: Signal) -> bool:
    return result(signal, *groups, **more).truth == "matched"


# --- durations ---


@pytest.mark.parametrize(
    ("text", "value"), [("30s", 30), ("5m", 300), ("1h30m", 5400), ("500ms", 0.5), ("-5s", -5), ("0", 0), ("1.5m", 90)]
)
def test_a_duration_is_read(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "30", "s", "5 m", "1h-5m", "--5s", "5x", "٣s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        seconds(text)


# --- sets and sequences ---


def test_a_set_wants_all_its_signals_in_any_order_within_its_window() -> None:
    both = Signal(set=("a", "b"), window="30s")
    assert matched(both, at("a", 100), at("b", 71))
    assert matched(both, at("a", 100), at("b", 130))
    assert not matched(both, at("a", 100), at("b", 131))
    assert not matched(both, at("a", 100))


def test_one_line_may_hold_all_signals_of_a_set() -> None:
    assert matched(Signal(set=("a", "b"), window="0s"), at("a", 7), at("b", 7))


def test_a_sequence_wants_its_signals_in_order_on_lines_of_their_own() -> None:
    order = Signal(sequence=("a", "b"), window="30s")
    assert matched(order, at("a", 1), at("b", 2))
    assert not matched(order, at("a", 2), at("b", 1))
    assert not matched(order, at("a", 5), at("b", 5))


def test_equal_times_count_as_in_order() -> None:
    order = Signal(sequence=("a", "b", "c"), window="1s")
    assert matched(order, at("a", (5.0, 3)), at("b", (5.0, 1)), at("c", (5.0, 2)))
    assert not matched(order, at("a", (5.0, 3)), at("b", (5.0, 3)), at("c", (5.0, 2)))


def test_lines_at_one_time_are_shared_out_so_that_every_step_has_its_own() -> None:
    order = Signal(sequence=("a", "b", "c"), window="1s")
    assert matched(order, at("a", (5.0, 1), (5.0, 2)), at("b", (5.0, 1), (5.0, 3)), at("c", (5.0, 3)))


def test_lines_out_of_order_are_taken_by_their_times() -> None:
    assert matched(Signal(sequence=("a", "b"), window="10s"), at("a", (1.0, 9)), at("b", (2.0, 4)))


def test_a_count_wants_so_many_lines_within_the_window() -> None:
    often = Signal(set=("a",), count=3, window="10s")
    assert matched(often, at("a", 1, 8, 11))
    assert not matched(often, at("a", 1, 8, 12))
    assert not matched(often, at("a", 1, 1, 1))


def test_a_condition_may_be_a_member_of_another() -> None:
    bursts = Signal(set=("a",), count=2, window="5s")
    whole = Signal(sequence=("bursts", "either"), window="20s")
    either = Signal(any=("b", "c"))
    assert matched(whole, at("a", 1, 3), at("c", 21), bursts=bursts, either=either)
    assert not matched(whole, at("a", 1, 3), at("c", 22), bursts=bursts, either=either)
    assert not matched(whole, at("a", 1, 9), at("c", 12), bursts=bursts, either=either)
    assert not matched(whole, at("a", 1, 3), at("c", 2), bursts=bursts, either=either)


def test_what_was_seen_behind_a_nested_condition_is_told() -> None:
    found = result(
        Signal(sequence=("two", "b"), window="20s"), at("a", 1, 3), at("b", 9), two=Signal(set=("a",), count=2)
    )
    assert [(o.signal, o.line) for o in found.used] == [("a", 1), ("a", 3), ("b", 9)]


# --- vetoes ---


def vetoed(window: str = "", slide: str = "", anchor: int = 0, absolute: bool = False) -> Signal:
    veto = Veto(signal="c", window=window, slide=slide, anchor=anchor, absolute=absolute)
    return Signal(sequence=("a", "b"), window="30s", not_=(veto,))


@pytest.mark.parametrize(
    ("veto", "spared", "forbidden"),
    [
        (vetoed(), (99, 121), (100, 110, 120)),
        (vetoed(window="10s"), (99, 131), (100, 130)),
        (vetoed(anchor=1), (119, 141), (120, 140)),
        (vetoed(window="10s", absolute=True), (99, 111), (100, 110)),
        (vetoed(slide="-15s"), (84, 106), (85, 105)),
        (vetoed(slide="30s"), (129, 151), (130, 150)),
        (vetoed(slide="-5s", window="5s", anchor=1, absolute=True), (114, 121), (115, 120)),
        (vetoed(window="-40s"), (99, 101), (100,)),
    ],
)
def test_a_veto_covers_its_window_around_its_anchor(
    veto: Signal, spared: tuple[int, ...], forbidden: tuple[int, ...]
) -> None:
    for time in spared:
        assert matched(veto, at("a", 100), at("b", 120), at("c", time)), time
    for time in forbidden:
        assert not matched(veto, at("a", 100), at("b", 120), at("c", time)), time


def test_a_vetoed_match_does_not_hide_another() -> None:
    assert matched(vetoed(), at("a", 100, 200), at("b", 110, 210), at("c", 105))


def test_anchors_of_a_set_count_in_order_of_time() -> None:
    last = Signal(set=("a", "b"), window="30s", not_=(Veto(signal="c", anchor=1, window="5s", absolute=True),))
    assert not matched(last, at("a", 20), at("b", 10), at("c", 24))
    assert matched(last, at("a", 20), at("b", 10), at("c", 14))


def test_a_window_cut_off_by_the_end_of_the_log_is_told() -> None:
    veto = vetoed(window="60s")
    early = result(veto, at("a", 100), at("b", 110), horizons={"-": Horizon(lines=200, time=150.0)})
    late = result(veto, at("a", 100), at("b", 110), horizons={"-": Horizon(lines=200, time=170.0)})
    assert (early.truth, early.cut, late.truth, late.cut) == ("matched", True, "matched", False)
    assert "log ends" in early.why


def test_a_match_that_nothing_can_undo_comes_before_one_that_is_cut_off() -> None:
    found = result(
        vetoed(window="60s"), at("a", 100, 500), at("b", 110, 510), horizons={"-": Horizon(lines=600, time=520.0)}
    )
    assert not found.cut


# --- joins ---


def test_a_join_keeps_the_values_apart() -> None:
    joined = Signal(sequence=("a", "b"), window="30s", by=("pod",))
    assert matched(joined, at("a", 1, pod="x"), at("b", 5, pod="x"))
    assert not matched(joined, at("a", 1, pod="x"), at("b", 5, pod="y"))


def test_a_missing_key_joins_nothing() -> None:
    joined = Signal(set=("a", "b"), window="30s", by=("pod",), not_=(Veto(signal="c", window="30s"),))
    assert not matched(joined, at("a", 1), at("b", 5))
    assert not matched(joined, at("a", 1, pod="x"), at("b", 5))
    assert matched(joined, at("a", 1, pod="x"), at("b", 5, pod="x"), at("c", 3))
    assert not matched(joined, at("a", 1, pod="x"), at("b", 5, pod="x"), at("c", 3, pod="x"))


def test_a_condition_carries_the_values_on_which_its_parts_agree() -> None:
    pair = Signal(set=("a", "b"), window="30s", by=("pod",))
    whole = Signal(sequence=("pair", "d"), window="60s", by=("pod",))
    assert matched(whole, at("a", 1, pod="x"), at("b", 2, pod="x"), at("d", 9, pod="x"), pair=pair)
    assert not matched(whole, at("a", 1, pod="x"), at("b", 2, pod="x"), at("d", 9, pod="y"), pair=pair)


# --- lines in place of time ---


def test_without_a_clock_a_window_is_a_distance_in_lines() -> None:
    order = Signal(sequence=("a", "b"), window="30s")
    near = result(order, at("a", (None, 1)), at("b", (None, 201)))
    assert (near.truth, near.clock) == ("matched", False)
    assert not matched(order, at("a", (None, 1)), at("b", (None, 202)))
    assert not matched(order, at("a", (None, 9)), at("b", (None, 1)))


def test_the_distance_in_lines_can_be_declared() -> None:
    assert not matched(Signal(set=("a", "b"), lines=5), at("a", 1), at("b", 7))
    assert result(Signal(set=("a", "b"), lines=5), at("a", 1), at("b", 6)).clock


def test_one_line_without_a_time_takes_the_clock_from_all() -> None:
    found = result(Signal(set=("a", "b"), window="5s"), at("a", (10.0, 1)), at("b", (None, 90)))
    assert (found.truth, found.clock) == ("matched", False)


def test_a_veto_without_a_clock_reaches_over_lines() -> None:
    assert not matched(vetoed(window="10s"), at("a", (None, 1)), at("b", (None, 2)), at("c", (None, 150)))
    assert matched(vetoed(window="10s"), at("a", (None, 1)), at("b", (None, 2)), at("c", (None, 250)))
    assert not matched(vetoed(slide="-5s"), at("a", (None, 300)), at("b", (None, 310)), at("c", (None, 105)))


def test_sources_are_joined_only_by_a_clock() -> None:
    order = Signal(sequence=("a", "b"), window="30s")
    both = {"x": Horizon(lines=900, time=900.0), "y": Horizon(lines=900, time=900.0)}
    assert result(order, at("a", 1, source="x"), at("b", 5, source="y"), horizons=both).truth == "matched"
    apart = result(order, at("a", (None, 1), source="x"), at("b", (None, 5), source="y"), horizons=both)
    assert apart.truth != "matched"


# --- what cannot be told ---


def test_absence_counts_only_where_everything_was_read() -> None:
    order = Signal(sequence=("a", "b"), window="30s")
    whole, part = Horizon(lines=900, time=900.0), Horizon(lines=900, time=900.0, whole=False)
    assert result(order, at("a", 1), horizons={"-": whole}).truth == "not matched"
    assert result(order, at("a", 1), horizons={"-": part}).truth == "cannot tell"
    assert result(order, at("a", 1), horizons={}).truth == "cannot tell"


def test_a_log_that_ends_inside_the_window_leaves_it_open() -> None:
    order = Signal(sequence=("a", "b"), window="30s")
    ends = {"-": Horizon(lines=900, time=120.0)}
    assert result(order, at("a", 100), at("b", 90), horizons=ends).truth == "cannot tell"
    assert result(order, at("a", 80), at("b", 70), horizons=ends).truth == "not matched"


def test_a_far_pair_without_a_clock_cannot_be_told() -> None:
    found = result(Signal(set=("a", "b"), window="1h"), at("a", (None, 1)), at("b", (None, 900)))
    assert (found.truth, "clock" in found.why) == ("cannot tell", True)


def test_what_was_crowded_out_is_told() -> None:
    many = at("a", *range(1, MOST + 50))
    assert result(Signal(sequence=("b", "a"), window="1s"), many, at("b", MOST + 100)).truth == "cannot tell"


def test_a_search_with_too_many_ways_gives_up_and_says_so() -> None:
    veto = Veto(signal="c", anchor=2, window="5000s")
    crowd = Signal(set=("a", "b", "d"), window="5000s", not_=(veto,))
    places = range(1, 400)
    found = result(crowd, at("a", *places), at("b", *places), at("d", *places), at("c", *range(1, 6000)))
    assert (found.truth, "too many" in found.why) == ("cannot tell", True)


# --- against a slow, obvious reading ---


def slow(signal: Signal, groups: dict[str, list[Occurrence]], timed: bool) -> set[tuple[float, ...]]:
    """The ends of all matches: every choice of lines, tried one by one."""

    def place(o: Occurrence) -> float:
        return (o.time or 0.0) if timed else float(o.line)

    def far(text: str) -> float:
        value = seconds(text) if text else 0.0
        return value if timed or not value else 200.0 * (1 if value > 0 else -1)

    limit = seconds(signal.window) if timed and signal.window else float(signal.lines)
    names = signal.set or signal.sequence
    ends = set()
    for key in {fields_of(o, signal.by) for items in groups.values() for o in items} - {None}:
        parts = [[o for o in groups.get(name, []) if fields_of(o, signal.by) == key] for name in names]
        need = signal.count
        for picks in product(*(combinations(part, need) for part in parts)):
            chosen = [o for pick in picks for o in pick]
            if signal.sequence:
                if len({o.line for o in chosen}) < len(chosen):
                    continue
                if any(place(x) > place(y) for x, y in zip(chosen, chosen[1:], strict=False)):
                    continue
            where = sorted(place(o) for o in chosen)
            width = where[-1] - where[0]
            if width > limit:
                continue
            for veto in signal.not_:
                anchor = place(chosen[veto.anchor]) if signal.sequence else where[veto.anchor]
                start = anchor + far(veto.slide)
                stop = start + max(0.0, far(veto.window) + (0 if veto.absolute else width))
                against = (o for o in groups.get(veto.signal, []) if fields_of(o, signal.by) == key)
                if any(start <= place(o) <= stop for o in against):
                    break
            else:
                ends.add((where[-1],))
    return ends


def fields_of(o: Occurrence, by: tuple[str, ...]) -> tuple[str, ...] | None:
    fields = dict(o.fields)
    return tuple(fields[name] for name in by) if all(name in fields for name in by) else None


DURATIONS = st.sampled_from(["", "1s", "2s", "5s", "-2s", "-1s", "0s"])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Signal, dict[str, list[Occurrence]], bool]:
    timed = draw(st.booleans())
    by = draw(st.sampled_from([(), (), ("pod",)]))
    kind = draw(st.sampled_from(["set", "sequence", "count"]))
    if kind == "sequence":
        names = tuple(draw(st.lists(st.sampled_from("abd"), min_size=2, max_size=4)))
    else:
        names = ("a",) if kind == "count" else tuple(draw(st.permutations("abd"))[: draw(st.integers(1, 3))])
    count = draw(st.integers(2, 4)) if kind == "count" else 1
    steps = count if kind == "count" else len(names)
    vetoes = draw(
        st.lists(
            st.builds(
                Veto,
                signal=st.just("c"),
                window=DURATIONS,
                slide=DURATIONS,
                anchor=st.integers(0, steps - 1),
                absolute=st.booleans(),
            ),
            max_size=2,
        )
    )
    shape = {"sequence" if kind == "sequence" else "set": names}
    window = draw(st.sampled_from(["0s", "1s", "3s", "6s"]))
    signal = Signal(**shape, count=count, window=window, by=by, not_=tuple(vetoes), lines=200)
    groups: dict[str, list[Occurrence]] = {}
    for line in range(1, draw(st.integers(1, 9))):
        spread = draw(st.integers(0, 8))
        fields = (("pod", draw(st.sampled_from("xy"))),) if by and draw(st.integers(0, 5)) else ()
        for name in draw(st.lists(st.sampled_from("aabbcd"), max_size=2, unique=True)):
            time = float(spread) if timed else None
            number = line if timed else line * 60
            groups.setdefault(name, []).append(Occurrence(signal=name, line=number, time=time, fields=fields))
    return signal, groups, timed


@settings(max_examples=600, deadline=None, derandomize=True)
@given(cases())
def test_every_condition_means_what_trying_all_choices_says(
    case: tuple[Signal, dict[str, list[Occurrence]], bool],
) -> None:
    signal, groups, timed = case
    wanted = slow(signal, groups, timed)
    found = evaluate(problem(x=signal), groups, LONG)["x"]
    assert (found.truth == "matched") == bool(wanted)
    if wanted:
        end = max((o.time or 0.0) if timed else float(o.line) for o in found.used)
        assert (end,) in wanted
        assert (min(wanted)[0]) == end
