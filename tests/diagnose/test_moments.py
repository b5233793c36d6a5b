"""Evidence is told with its times, counts and surroundings, and all of it in order of time."""

SECOND = "1207 TL_INFO(TF_COMPONENT) [2]1A40.0F3C::11/21/2026-09:14:31.204.00000a51 (PowerShell,ConfDirManagementClientFactory.Create:f.cs(112))(0000000002026B62)Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001]."
FIRST = "2026-11-21T08:59:02Z Invoke-CsPoolFailOver : Could not find a compatible interface with the server."


def test_what_happened_first_stands_first_whatever_the_order_of_inputs(diagnosed):
    found = diagnosed(SECOND, FIRST)
    times = [moment.time for moment in found.moments]
    assert times == sorted(times)
    assert times[0] == "2026-11-21T08:59:02+00:00"
    assert found.moments[0].signal
    assert found.moments[0].cause.startswith("pool-failover-dcom-error/")


def test_repeats_are_counted_with_their_first_and_last_time(diagnosed):
    lines = [FIRST.replace("08:59:02", f"08:{minute}:00") for minute in range(10, 40)]
    found = diagnosed("\n".join(lines))
    (item,) = {e.signal: e for e in found.causes[0].evidence}.values()
    assert item.count == 30
    assert item.first_time == "2026-11-21T08:10:00+00:00"
    assert item.last_time == "2026-11-21T08:39:00+00:00"
    assert item.last_line == 30
    assert len(item.spread) == 16
    assert item.spread.strip()


def test_a_text_without_times_has_no_moments(diagnosed):
    found = diagnosed("Invoke-CsPoolFailOver : Could not find a compatible interface with the server.")
    assert found.moments == ()
    assert found.causes[0].evidence[0].time is None


def test_context_shows_the_lines_around_evidence(diagnosed):
    found = diagnosed("one\ntwo\n" + FIRST + "\nfour\nfive\n", context=1)
    assert found.causes[0].evidence[0].context == ("two", FIRST, "four")
