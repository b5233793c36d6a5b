"""A base that changes while it is asked: swapped between two questions, when its files stand still."""

import threading

import pytest

from kb.service.bases import LOOK_EVERY, STILL, Bases

ARTICLE = "---\nid: {id}\ntitle: The {id} failed\nstatus: draft\n---\nIt says `the {id} of this machine has failed`.\n"


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def served(tmp_path):
    """A folder of articles, its bases, their clock, what the owner was told."""
    clock, told = Clock(), []

    def write(name, text=ARTICLE):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "article.md").write_text(text.format(id=name), encoding="utf-8")

    write("one-thing")
    bases = Bases([tmp_path], told.append, cache=False, clock=clock)
    yield bases, clock, told, write
    bases.close()


def ids(bases):
    with bases.desk() as desk:
        return desk.store.ids()


def test_a_change_is_taken_up_when_the_files_stand_still(served):
    bases, clock, told, write = served
    assert ids(bases) == ["one-thing"]
    write("two-things")
    assert ids(bases) == ["one-thing"]  # not looked yet
    clock.now += LOOK_EVERY
    assert ids(bases) == ["one-thing"]  # seen, but a pull may still be writing
    write("three-things")
    clock.now += STILL
    assert ids(bases) == ["one-thing"]  # it was
    clock.now += STILL
    assert ids(bases) == ["one-thing", "three-things", "two-things"]
    assert told == ["the articles changed; the next question is answered from them"]


def test_a_question_ends_on_the_base_on_which_it_began(served):
    bases, clock, _, write = served
    with bases.desk() as desk:
        write("two-things")
        for _ in range(3):
            clock.now += LOOK_EVERY
            bases._look()
        assert desk.store.ids() == ["one-thing"]
        assert desk.index.search("one").hits
    assert ids(bases) == ["one-thing", "two-things"]


def test_an_article_with_a_fault_is_left_out_and_the_others_answer(served):
    bases, clock, told, write = served
    ids(bases)
    write("two-things", "---\nid: two-things\nnonsense: [\n---\n")
    for _ in range(3):
        clock.now += LOOK_EVERY
        known = ids(bases)
    assert known == ["one-thing"]
    assert [line for line in told if "two-things" in line and line.endswith("article left out")]


def test_a_thread_that_begins_during_a_pull_waits_for_its_end(served, monkeypatch):
    from kb.service import bases as module

    bases, clock, _, write = served
    ids(bases)
    write("two-things")  # the pull has begun
    monkeypatch.setattr(
        module.time, "sleep", lambda seconds: (write("three-things"), setattr(clock, "now", clock.now + 2))
    )
    seen = []
    thread = threading.Thread(target=lambda: seen.append(ids(bases)))
    thread.start()
    thread.join()
    assert seen == [["one-thing", "three-things", "two-things"]]


def test_nobody_waits_while_another_thread_reads_what_changed(served):
    bases, clock, told, write = served
    ids(bases)
    write("two-things")
    with bases._opening:
        for _ in range(3):
            clock.now += LOOK_EVERY
            assert ids(bases) == ["one-thing"]
    assert told
    assert ids(bases) == ["one-thing", "two-things"]


def test_every_thread_has_a_desk_of_its_own(served):
    bases, _, _, _ = served
    seen = []

    def ask():
        with bases.desk() as desk:
            seen.append(desk)

    for _ in range(2):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    ask()
    ask()
    assert len(set(map(id, seen))) == 3
