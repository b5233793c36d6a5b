"""Whether an event's number in a text is that of the event that is wanted, by the provider named around it."""

import pytest

from diagnose.match.windows_events import provider_strength
from diagnose.model import EventRef

SERVICES = "Service Control Manager"


@pytest.mark.parametrize(
    ("provider", "lines", "strength"),
    [
        ("", ["Event ID: 7000"], 1.0),
        (SERVICES, ["Source:        Service Control Manager", "Event ID:      7000"], 1.0),
        (SERVICES, ["service-control_MANAGER 7000"], 1.0),
        (SERVICES, ["Event ID: 7000", "The service did not start"], 0.5),
        (SERVICES, ["Source:        DCOM", "Event ID:      7000"], 0.0),
        ("Microsoft-Windows-Time-Service", ["Source:        Time-Service", "Event ID:      36"], 1.0),
    ],
)
def test_a_provider_that_is_named_settles_it_and_another_one_refutes_it(provider, lines, strength):
    assert provider_strength(EventRef(provider=provider, id=7000), lines) == strength
