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


def test_a_second_fault_is_found_in_the_lines_that_the_first_does_not_explain(diagnosed):
    noise = [f"2026-11-21T10:{n % 60:02}:00Z connect to 10.0.0.1:5432: Connection refused" for n in range(40)]
    found = diagnosed("\n".join([*noise[:20], SECOND, *noise[20:]]))
    assert found.articles[0].id == "pool-failover-dcom-error"
    assert [(other.article, other.line) for other in found.also] == [("connection-refused-or-timed-out", 1)]


def test_context_shows_the_lines_around_evidence(diagnosed):
    found = diagnosed("one\ntwo\n" + FIRST + "\nfour\nfive\n", context=1)
    assert found.causes[0].evidence[0].context == ("two", FIRST, "four")


def test_a_hit_inside_a_stack_trace_belongs_to_its_message(diagnosed):
    trace = (
        "2026-11-21 09:14:31,204 ERROR [main] c.f.App - request failed\n"
        "java.net.ConnectException: Connection refused\n"
        "\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)\n"
        "\tat c.f.App.main(App.java:12)\n"
        "2026-11-21 09:14:32,000 INFO [main] c.f.App - next\n"
    )
    found = diagnosed(trace)
    item = next(e for finding in found.causes for e in finding.evidence if e.line == 2)
    assert (item.message_first, item.message_last, item.level) == (1, 4, "error")
    assert item.time == "2026-11-21T09:14:31.204+00:00"


def test_a_message_on_most_lines_does_not_hide_another(diagnosed):
    needle = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server.\n"
    noise = "".join(f"{n} ECONNREFUSED connect to 10.0.0.1:5432 Connection refused\n" for n in range(2000))
    for text in (needle + noise, noise + needle):
        found = diagnosed(text)
        told = {found.articles[0].id, *(other.article for other in found.also)}
        assert {"pool-failover-dcom-error", "connection-refused-or-timed-out"} <= told
