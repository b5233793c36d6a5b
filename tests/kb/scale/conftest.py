"""What the tests of work for many share."""

import pytest

from kb.scale import answering


@pytest.fixture(autouse=True)
def _bases_of_workers_are_closed():
    """Stand-ins for workers answer in this thread, which goes on."""
    yield
    answering._opened.close()
