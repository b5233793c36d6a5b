"""What each answer of the next check would make of the causes: said of the cause that the next check names."""

ARTICLE = """---
id: gate
title: The gate does not open
signals: {stuck: {contains: the gate of the weir is stuck}}
symptoms: [stuck]
causes:
  - {id: motor, title: The motor is off, evidence: [{check: power.off, supports: decisive}, {check: power.on, refutes: decisive}]}
  - {id: wedge, title: Something is wedged in, evidence: [{check: power.on, supports: strong}]}
checks:
  power:
    title: Has the motor power?
    commands: {bash: weirctl power}
    outcomes: {on: {contains: power is on}, off: {contains: power is off}}
---
"""


def test_on_a_tie_the_outcomes_are_of_the_cause_that_the_next_check_names(base):
    from diagnose.pipeline import diagnose, paste

    answer = diagnose(paste("the gate of the weir is stuck"), base(gate=ARTICLE))
    first, second = answer.causes[:2]
    assert first.probability == second.probability
    step = answer.next_check
    assert step.cause == first.id == "gate/motor"
    told = {prospect.outcome: prospect.leader for prospect in step.outcomes}
    assert told["off"] > first.probability > told["on"]
