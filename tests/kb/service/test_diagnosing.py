"""The loop without a session: error, output, outcome, value and proof, each from the handle of the answer before."""

import pytest

from diagnose.errors import KbError
from diagnose.options import Options
from diagnose.pipeline import paste
from kb.service.diagnosing import OTHER_BASE, Reply, begin, go_on

KEY = b"k" * 32
NOW = "2026-11-29T10:00:00+00:00"
ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server. password=Sommer2026!\n"
TRACE = "Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001/Conf].\n"
SILENT = "  TCP    10.10.1.11:49822       10.20.1.12:9001        SYN_SENT        4712\n"
OPEN = (
    "ComputerName     : fe02.fabrikam.example\nRemoteAddress    : 10.20.1.12\nRemotePort       : 9001\n"
    "InterfaceAlias   : Ethernet0\nSourceAddress    : 10.10.1.11\nTcpTestSucceeded : True\n"
)
BLOCKED = "pool-failover-dcom-error/port-9001-blocked"


def start(store, text=ERROR + TRACE):
    return begin(paste(text), store, Options(), KEY, NOW)


def after(answer, store, text="", **reply):
    return go_on(answer.handle, paste(text) if text else (), store, Options(), KEY, NOW, Reply(**reply))


def odds(answer, cause=BLOCKED):
    return next(found.probability for found in answer.diagnosis.causes if found.id == cause)


def test_the_loop_ends_in_a_proved_fix(seed):
    first = start(seed)
    assert first.diagnosis.causes[0].id == BLOCKED
    assert "Sommer2026" not in str(first)
    second = after(first, seed, SILENT)
    assert second.diagnosis.verdict == "confirmed"
    third = after(
        second,
        seed,
        OPEN,
        after_fix=True,
    )
    assert any(proof.proved for proof in third.diagnosis.proofs)
    again = after(third, seed)
    assert any(proof.proved for proof in again.diagnosis.proofs)
    assert [step.did for step in again.steps][:1] == ["added a paste"]


def test_an_outcome_a_skip_and_a_value_move_the_answer(seed):
    first = start(seed, ERROR)
    check = first.diagnosis.next_check
    name = f"{check.article}/{check.check}"
    assert after(first, seed, skip=(name,)).diagnosis.next_check.check != check.check
    chosen = after(first, seed, outcomes={name: check.shown.outcomes[0]})
    assert chosen.diagnosis.causes != first.diagnosis.causes
    assert chosen.steps[-1].did == f"answered {check.check}: {check.shown.outcomes[0]}"
    given = after(first, seed, values={"target_fe": "fe09.contoso.com"})
    assert given.diagnosis.articles[0].parameters["target_fe"] == "fe09.contoso.com"
    assert after(given, seed).diagnosis == given.diagnosis


def test_the_same_handle_gives_the_same_answer_twice(seed):
    first = start(seed)
    assert after(first, seed, "x").diagnosis == after(first, seed, "x").diagnosis


@pytest.mark.parametrize(
    "reply",
    [
        {"outcomes": {"pool-failover-dcom-error/tcp9001": "maybe"}},
        {"outcomes": {"nothing/at-all": "x"}},
        {"skip": ("../../etc",)},
        {"values": {"target_fe": "a b; rm"}},
    ],
)
def test_what_no_article_knows_is_one_clear_error(seed, reply):
    with pytest.raises(KbError) as caught:
        after(start(seed), seed, **reply)
    assert caught.value.way_out


def test_another_base_is_said(seed, base):
    other = base(some_article="---\nid: some-article\ntitle: Some article\n---\nText `of its own here`.\n")
    assert OTHER_BASE in after(start(seed), other).notes
