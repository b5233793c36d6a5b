"""The loop over shipped articles with checks: fewer checks, and cheaper ones, than a fixed or a random order."""

import importlib.util

import pytest


@pytest.fixture(scope="module")
def played(shipped, root):
    spec = importlib.util.spec_from_file_location("loop", root / "benchmarks" / "loop.py")
    loop = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loop)
    names = sorted(shipped.ids())
    articles = [
        shipped.article(name) for name in names[:: len(names) // 30 or 1]
    ]  # however many there are: some seconds
    return {kind: loop.simulate(shipped, articles, kind, 7, 1) for kind in loop.WORLDS}


@pytest.mark.parametrize("kind", ["healthy", "noise"])
def test_the_next_best_check_reaches_the_true_cause_in_fewer_and_cheaper_checks(played, kind):
    rounds = played[kind]
    won = [i for i, row in enumerate(zip(*rounds.values(), strict=True)) if all(r.reached for r in row)]
    assert len(won) > 50
    checks = {order: sum(rows[i].checks for i in won) for order, rows in rounds.items()}
    cost = {order: sum(rows[i].cost for i in won) for order, rows in rounds.items()}
    assert checks["next best"] < checks["fixed"] < checks["random"]
    assert cost["next best"] < cost["fixed"] < cost["random"]


def test_the_true_cause_is_reached_as_often_as_by_asking_everything(played):
    reached = {order: sum(r.reached for r in rows) for order, rows in played["healthy"].items()}
    assert reached["next best"] >= 0.9 * max(reached.values())
