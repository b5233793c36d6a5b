"""Threads that run functions: results in order, errors where they are asked for, nothing that was dropped."""

import threading

import pytest

from diagnose.scan import workers
from diagnose.scan.workers import Workers


@pytest.fixture
def threads(monkeypatch):
    """Threads that tools can follow in place of the bare ones; gives those that were started."""
    started = []

    def start(function, arguments):
        started.append(threading.Thread(target=function, args=arguments, daemon=True))
        started[-1].start()

    monkeypatch.setattr(workers, "start_new_thread", start)
    yield started
    for thread in started:
        thread.join(10)
        assert not thread.is_alive()


def test_results_come_by_their_ticket_whatever_ends_first(threads):
    gate = threading.Event()
    pool = Workers(3)
    slow = pool.submit(lambda: gate.wait(10))
    rest = [pool.submit(pow, number, 2) for number in range(50)]
    assert [ticket.result() for ticket in rest] == [number**2 for number in range(50)]
    assert not slow.done()
    gate.set()
    assert slow.result() is True
    assert slow.done()
    assert len(threads) <= 53


def test_no_more_threads_than_asked_for_run_at_once(threads):
    running, most, lock = 0, 0, threading.Lock()

    def work():
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1

    pool = Workers(2)
    for ticket in [pool.submit(work) for _ in range(10)]:
        ticket.result()
    assert 1 <= most <= 2


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_is_raised_for_whoever_asks_and_the_others_go_on(threads, count):
    pool = Workers(count)
    bad, good = pool.submit(int, "x"), pool.submit(int, "7")
    with pytest.raises(ValueError, match="invalid literal"):
        bad.result()
    assert good.result() == 7


def test_with_one_the_function_runs_in_the_callers_thread(threads):
    pool = Workers(1)
    assert pool.submit(threading.current_thread).result() is threading.current_thread()
    assert (pool.ahead, threads) == (0, [])


def test_what_was_dropped_is_never_begun(threads):
    gate, begun = threading.Event(), []
    pool = Workers(2)
    busy = [pool.submit(gate.wait, 10) for _ in range(2)]
    pool.submit(begun.append, 1)
    pool.drop()
    gate.set()
    assert [ticket.result() for ticket in busy] == [True, True]
    for thread in threads:
        thread.join(10)
    assert begun == []
