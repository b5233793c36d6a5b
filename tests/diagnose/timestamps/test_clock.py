"""A line's timestamp becomes one instant, whatever format and zone it was written in."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.errors import KbError
from diagnose.timestamps.clock import Clock, format_time, parse_time, parse_zone

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = timezone(timedelta(hours=5, minutes=30))


def at(text, zone=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


NOW = at("2026-11-25T12:00:00")
MORNING = at("2026-11-21T09:14:31")

# Each line was written at 2026-11-21 09:14:31 UTC, give or take the fraction beside it.
SAME_MOMENT = [
    ("2026-11-21T09:14:31Z up", 0),
    ("2026-11-21T09:14:31.204Z stdout F up", 0.204),
    ("2026-11-21T09:14:31.204567891Z stderr P up", 0.204567891),
    ("2026-11-21 09:14:31 up", 0),
    ("2026-11-21 09:14:31,204 - INFO up", 0.204),
    ("2026-11-21 09:14:31.204 UTC [123] LOG:  up", 0.204),
    ("2026-11-21 10:14:31.204 CET [123] LOG:  up", 0.204),
    ("2026-11-21 04:14:31.204 EST [123] LOG:  up", 0.204),
    ("2026-11-21T10:14:31+01:00 host app: up", 0),
    ("2026-11-21T14:44:31+0530 up", 0),
    ("2026-11-21T01:14:31-08 up", 0),
    ("2026-11-21 09:14:31.204066238 +0000 UTC up", 0.204066238),
    ("2026-11-21 09:14:31, Info                  CBS    up", 0),
    ("2026-11-21\t09:14:31:204\t 888\tup", 0.204),
    ("2026/11/21 09:14:31 [error] 7#7: *1 up", 0),
    ("2026/11/21 09:14:31.204567 up", 0.204567),
    ("2026/11/21 9:14:31 up", 0),
    ("[2026-11-21 09:14:31,204: ERROR/MainProcess] up", 0.204),
    ("[2026-11-21T09:14:31.204Z][INFO] up", 0.204),
    ("26/11/21 09:14:31 INFO executor.Backend: up", 0),
    ("Nov 21 09:14:31 host sshd[1]: up", 0),
    ("<34>Nov 21 09:14:31 host su: up", 0),
    ("<34>1 2026-11-21T09:14:31.204Z host su - - up", 0.204),
    ("Nov 21 2026 09:14:31: %ASA-6-1: up", 0),
    ("*Nov 21 09:14:31.204 UTC: %SYS-5: up", 0.204),
    ("Nov 21, 2026 9:14:31 AM org.apache.x start", 0),
    ("Sat Nov 21 09:14:31 2026 us=12 up", 0),
    ("[Sat Nov 21 09:14:31.204567 2026] [core:error] up", 0.204567),
    ("Sat Nov 21 09:14:31 UTC 2026", 0),
    ("10.0.0.1 - - [21/Nov/2026:01:14:31 -0800] \"GET / HTTP/1.1\" 200 1", 0),
    ("21 Nov 2026 09:14:31,204 INFO up", 0.204),
    ("1:M 21 Nov 2026 09:14:31.204 * up", 0.204),
    ("21-Nov-2026 09:14:31.204 INFO [main] up", 0.204),
    ("1795252471 up", 0),
    ("1795252471.204 141 10.0.0.1 TCP_MISS/200", 0.204),
    ("1795252471204 up", 0.204),
    ("1795252471204567 up", 0.204567),
    ("- 1795252471 2026.11.21 R02 2026-11-21-01.14.31.675872 R02 RAS KERNEL INFO up", 0),
    ("APPREAD 1795252471 2026.11.21 R02 2026-11-21-01.14.31.675872 R02 RAS APP FATAL up", 0),
    ("level=info ts=1795252471.204 msg=up", 0.204),
    ("level=warn ts=2026-11-21T09:14:31.204567Z msg=up", 0.204567),
    ('time="2026-11-21T10:14:31+01:00" level=info msg=up', 0),
    ("type=SYSCALL msg=audit(1795252471.204:24287): arch=c0", 0.204),
    ("2026-11-21-09.14.31.204567 up", 0.204567),
    ("261121 091431 148 INFO dfs.DataNode: up", 0),
    ("261121  9:14:31 [ERROR] up", 0),
    ("20261121-9:14:31:204|Step_LSC|3|up", 0.204),
    ("20261121 09:14:31.204 up", 0.204),
    ("20261121T091431Z up", 0),
    ("I1121 09:14:31.204567       1 main.go:12] up", 0.204567),
    ("E20261121 09:14:31.204567 1 main.cc:12] up", 0.204567),
    ("11-21 09:14:31.204  1702  2395 D Tag: up", 0.204),
    ("11/21 09:14:31 [CRITICAL] CONTOSO: up", 0),
    ("[11.21 09:14:31] chrome.exe - up", 0),
    ("TL_INFO(TF_COMPONENT) [1]0860.0CDC::11/21/2026-09:14:31.204.000d0b31 (A,B:c.cpp(1))( 0 ) up", 0.204),
    ("15225 TL_ERROR(TF_DIAG) [0]0860.0CDC::11/21/2026-09:14:31.204.000d0b31 (A,B:c.cpp(1)) up", 0.204),
    ("db-1  | 2026-11-21 09:14:31.204 UTC [1] LOG:  up", 0.204),
    ("nova.log.1.2026-11-20_13:53:08 2026-11-21 09:14:31.204 25746 INFO up", 0.204),
    ("[11/21/2026 09:14:31.0204] [1] up", 0.204),
    ("11/21/2026 09:14:31.20  w3wp.exe (0x0B7C)  up", 0.20),
    ("Date:          11/21/2026 9:14:31 AM", 0),
    ("Date:          11/21/2026 9:14:31\u202fAM", 0),
    ("Date:          21/11/2026 09:14:31", 0),
    ("Datum:         21.11.2026 09:14:31", 0),
    ("TimeCreated  : 11/21/2026 9:14:31 AM", 0),
    ("11/21/2026 9:14:31 AM          1000 Error            Faulting", 0),
    ("Error\t11/21/2026 9:14:31 AM\tDCOM\t10028\tNone", 0),
    ("=== Verbose logging started: 11/21/2026  9:14:31  Build type: SHIP", 0),
    ("      <TimeCreated SystemTime=\"2026-11-21T09:14:31.2045678Z\" />", 0.2045678),
    ("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='x'/>"
     "<EventID>1</EventID><TimeCreated SystemTime='2026-11-21T09:14:31.204Z'/>", 0.204),
    ('{"log":"up 2020-01-01 00:00:00\\n","stream":"stdout","time":"2026-11-21T09:14:31.204567891Z"}', 0.204567891),
    ('{"level":"info","ts":1795252471.204,"msg":"up"}', 0.204),
    ('{"@timestamp" : "2026-11-21T10:14:31.204+01:00", "message":"up"}', 0.204),
    ('{"t":{"$date":"2026-11-21T09:14:31.204+00:00"},"s":"I"}', 0.204),
    ('{"MESSAGE":"up","__REALTIME_TIMESTAMP":"1795252471204567"}', 0.204567),
    ('{"Id":1,"TimeCreated":"\\/Date(1795252471204)\\/","Message":"up"}', 0.204),
    ('<![LOG[up]LOG]!><time="03:14:31.204+360" date="11-21-2026" component="c" context="" type="1" thread="1">', 0.204),
    ("\x1b[32m2026-11-21 09:14:31\x1b[0m INFO up", 0),
    ("\ufeff2026-11-21 09:14:31 up", 0),
]  # fmt: skip


@pytest.mark.parametrize(("line", "fraction"), SAME_MOMENT)
def test_every_format_gives_the_same_moment(line, fraction):
    assert Clock(NOW).time(line.encode()) == pytest.approx(MORNING + fraction, abs=1e-6)


@pytest.mark.parametrize(("line", "fraction"), SAME_MOMENT)
def test_a_line_of_a_known_layout_is_read_as_it_was_when_new(line, fraction):
    clock = Clock(NOW)
    first = clock.time(line.encode())
    assert [clock.time(line.encode()) for _ in range(3)] == [first] * 3


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   at System.Net.Sockets.Socket.Connect() in C:\\a\\b.cs:line 31",
        "[  123.456789] usb 1-1: new device",
        "09:14:31.204 [main] INFO up",
        "MSI (s) (A8:44) [09:14:31:204]: up",
        "2026-02-30 10:00:00 no such day",
        "2026-13-01 10:00:00 no such month",
        "2026-11-21 25:00:00 no such hour",
        "2026-11-21 without a time",
        "13:00 PM 11/21/2026 13:00:00 PM",
        "Foo 21 09:14:31 host",
        "1234 5678 9012345678 a number",
        "4111111111 a later epoch than now",
        "version 10.0.17763.1 of 1.2.3",
        "fe80::1:2:3 0000000000",
        "x" * 80 + " 2026-11-21 09:14:31 too far",
    ],
)
def test_what_is_no_point_in_time_gives_none(line):
    assert Clock(NOW).time(line.encode()) is None


def test_a_time_without_a_zone_is_meant_in_the_zone_of_the_source():
    line = b"2026-11-21 09:14:31,204 INFO up"
    assert Clock(NOW, BERLIN).time(line) == pytest.approx(MORNING - 3600 + 0.204)
    assert Clock(NOW, NEW_YORK).time(line) == pytest.approx(MORNING + 5 * 3600 + 0.204)
    assert Clock(NOW, BERLIN).time(b"2026-11-21 09:14:31Z up") == MORNING


def test_exchange_setup_and_iis_write_utc_wherever_they_run():
    assert Clock(NOW, BERLIN).time(b"[11/21/2026 09:14:31.0204] [1] up") == pytest.approx(MORNING + 0.204)
    iis = Clock(NOW, BERLIN)
    assert iis.time(b"#Software: Microsoft Internet Information Services 10.0") is None
    assert iis.time(b"2026-11-21 09:14:31 10.0.0.1 GET / - 443") == MORNING


def test_a_syslog_line_belongs_to_the_latest_year_that_is_not_in_the_future():
    clock = Clock(NOW)
    assert clock.time(b"Nov 26 11:00:00 host app: tomorrow") == at("2026-11-26T11:00:00")
    assert Clock(NOW).time(b"Nov 27 11:00:00 host app: last year") == at("2025-11-27T11:00:00")
    assert Clock(NOW).time(b"Feb 29 11:00:00 host app: a leap year") == at("2024-02-29T11:00:00")


@pytest.mark.parametrize("now", ["2026-01-02T00:00:00", "2026-11-25T12:00:00"])
def test_a_log_without_years_runs_over_new_year(now):
    clock = Clock(at(now))
    lines = [
        b"Dec 31 23:59:58 h a: 1",
        b"Dec 31 23:59:59 h a: 2",
        b"Jan  1 00:00:00 h a: 3",
        b"Dec 31 23:59:59 h a: late",
    ]
    assert [clock.time(line) for line in lines] == [
        at("2025-12-31T23:59:58"),
        at("2025-12-31T23:59:59"),
        at("2026-01-01T00:00:00"),
        at("2025-12-31T23:59:59"),
    ]


def test_a_log_without_years_that_spans_several_goes_forward():
    clock = Clock(NOW)
    days = [b"Dec  1", b"Jun  1", b"Nov 20"]
    assert [clock.time(day + b" 10:00:00 h a: x") for day in days] == [
        at("2025-12-01T10:00:00"),
        at("2026-06-01T10:00:00"),
        at("2026-11-20T10:00:00"),
    ]


def test_the_hour_that_autumn_repeats_comes_twice_and_in_order():
    clock = Clock(NOW, BERLIN)
    lines = [f"2026-10-25 {hour}:{minute:02}:00 x" for hour in ("01", "02", "02", "03") for minute in range(0, 60, 10)]
    times = [clock.time(line.encode()) for line in lines]
    assert times == [at("2026-10-24T23:00:00") + 600 * i for i in range(len(lines))]


def test_an_hour_that_spring_skips_is_still_read():
    time = Clock(NOW, BERLIN).time(b"2026-03-29 02:30:00 x")
    assert time == at("2026-03-29T01:30:00")


def test_a_value_above_twelve_settles_the_order_for_the_whole_source():
    clock = Clock(NOW)
    assert clock.time(b"03/04/2026 10:00:00 a") == at("2026-03-04T10:00:00")
    assert clock.time(b"13/04/2026 10:00:00 a") == at("2026-04-13T10:00:00")
    assert clock.time(b"03/04/2026 10:00:00 a") == at("2026-04-03T10:00:00")
    assert clock.time(b"04/05/2026 10:00:00 a") == at("2026-05-04T10:00:00")


def test_an_order_that_means_the_future_is_the_wrong_one():
    clock = Clock(NOW)
    assert clock.time(b"12/11/2026 10:00:00 a") == at("2026-11-12T10:00:00")
    assert clock.time(b"03/04/2026 10:00:00 a") == at("2026-04-03T10:00:00")


def test_dots_are_day_first_and_morning_and_afternoon_month_first():
    assert Clock(NOW).time(b"03.04.2026 10:00:00 a") == at("2026-04-03T10:00:00")
    assert Clock(NOW).time(b"03/04/2026 1:00:00 PM a") == at("2026-03-04T13:00:00")
    assert Clock(NOW).time(b"03/04/2026 12:00:00 AM a") == at("2026-03-04T00:00:00")


def test_lines_of_several_formats_and_places_in_one_source_are_all_read():
    clock = Clock(NOW)
    lines = [line.encode() for line, _ in SAME_MOMENT if "SystemTime" not in line]
    for line in (*lines, *reversed(lines)):
        assert clock.time(line) == pytest.approx(MORNING + 0.1, abs=0.2), line


def test_what_a_key_of_a_record_names_says_nothing_about_other_lines():
    clock = Clock(NOW)
    record = b'{"level":"info","ts":1795252471,"msg":"up"}'
    assert clock.time(record) == MORNING
    assert clock.time(b"x" * record.index(b"1795") + b"1795252471,no time") is None


def test_another_zone_or_width_at_the_same_place_is_seen():
    clock = Clock(NOW)
    assert clock.time(b"2026-11-21T09:14:31.204Z x") == pytest.approx(MORNING + 0.204)
    assert clock.time(b"2026-11-21T10:14:31.204+01:00 x") == pytest.approx(MORNING + 0.204)
    assert clock.time(b"2026-11-21T09:14:31.2045Z x") == pytest.approx(MORNING + 0.2045)
    assert clock.time(b"2026-11-21T09:14:31Z x") == MORNING
    assert clock.time(b"2026-11-21T09:14:32") == MORNING + 1


# --- round trips ---------------------------------------------------------------------------------------------------

ZONES = [UTC, BERLIN, NEW_YORK, KOLKATA]
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# A format, whether it names its zone, and whether it leaves the year out.
WRITERS = {
    "iso": (lambda t: t.isoformat(timespec="milliseconds"), True),
    "python": (lambda t: f"{t:%Y-%m-%d %H:%M:%S},{t.microsecond // 1000:03} INFO", False),
    "go": (lambda t: f"{t:%Y/%m/%d %H:%M:%S}.{t.microsecond:06} x", False),
    "apache": (lambda t: f"::1 - - [{t:%d}/{MONTHS[t.month - 1]}/{t:%Y:%H:%M:%S %z}] x", True),
    "ctime": (lambda t: f"[Sun {MONTHS[t.month - 1]} {t:%d %H:%M:%S}.{t.microsecond:06} {t:%Y}] x", False),
    "redis": (lambda t: f"1:M {t.day} {MONTHS[t.month - 1]} {t:%Y %H:%M:%S}.{t.microsecond // 1000:03} * x", False),
    "hdfs": (lambda t: f"{t:%y%m%d %H%M%S} 1 INFO x", False),
    "spark": (lambda t: f"{t:%y/%m/%d %H:%M:%S} INFO x", False),
    "compact": (lambda t: f"{t:%Y%m%d}-{t.hour}:{t.minute}:{t.second}:{t.microsecond // 1000}|x", False),
    "ocs": (lambda t: f"TL_INFO(TF_DIAG) [0]01.02::{t:%m/%d/%Y-%H:%M:%S}.{t.microsecond // 1000:03}.0000 x", False),
    "german": (lambda t: f"Datum:  {t:%d.%m.%Y %H:%M:%S}", False),
    "american": (lambda t: f"Date:  {t.month}/{t.day}/{t.year} {t.hour % 12 or 12}:{t:%M:%S} {'AP'[t.hour > 11]}M", False),
    "epoch": (lambda t: f"{int(t.timestamp() * 1000)} x", True),
    "json": (lambda t: f'{{"msg":"x","ts":{t.timestamp():.3f}}}', True),
    "syslog": (lambda t: f"{MONTHS[t.month - 1]} {t.day:>2} {t:%H:%M:%S} h x", False),
    "klog": (lambda t: f"I{t:%m%d %H:%M:%S}.{t.microsecond:06} 1 x", False),
    "db2": (lambda t: f"{t:%Y-%m-%d-%H.%M.%S}.{t.microsecond:06} x", False),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=60)
@given(
    when=st.lists(st.integers(int(NOW) - 300 * 86400, int(NOW)).map(float), min_size=1, max_size=4),
    zone=st.sampled_from(ZONES),
    thousandths=st.integers(0, 999),
)
def test_what_a_format_writes_is_read_back(name, when, zone, thousandths):
    write, names_its_zone = WRITERS[name]
    clock = Clock(NOW, None if names_its_zone else zone)
    for seconds in sorted(when):
        moment = datetime.fromtimestamp(seconds, zone).replace(microsecond=thousandths * 1000)
        if moment.replace(fold=1 - moment.fold).utcoffset() != moment.utcoffset():
            continue  # a repeated hour has a test of its own
        line = write(moment).encode()
        assert abs(clock.time(line) - seconds) < 1, line


@given(
    st.sampled_from(
        [line.encode() for line, _ in SAME_MOMENT if line[:1] not in "{<" and " 1795252471 2026" not in line]
    ),
    st.integers(0, 70),
    st.sampled_from([b"", b"0", b"7", b" ", b".", b":", b"-", b"Z", b"x"]),
    st.integers(0, 1),
)
@settings(max_examples=1500)
def test_a_damaged_line_of_a_known_layout_is_never_read_as_another_time(line, place, piece, gone):
    warm = Clock(NOW)
    warm.time(line)
    damaged = line[:place] + piece + line[place + gone :]
    cold = Clock(NOW).time(damaged)
    assert cold is None or warm.time(damaged) == cold, damaged


def test_a_second_that_no_minute_has_is_refused_also_in_a_known_minute():
    clock = Clock(NOW)
    assert clock.time(b"2026-11-21 09:14:31 up") == MORNING
    assert clock.time(b"2026-11-21 09:14:60 a leap second") == MORNING + 29
    assert clock.time(b"2026-11-21 09:14:61 none") is None


@given(st.binary(max_size=200))
@settings(max_examples=400)
def test_any_bytes_are_a_time_or_none(line):
    clock = Clock(NOW, BERLIN)
    clock.time(b"2026-11-21 09:14:31,204 INFO up")
    assert clock.time(line) is None or 0 <= clock.time(line) < 4102444800


@given(
    st.text("0123456789:.,/-[]{}TZ +AMPJanFebNov\"'=<>ts", max_size=80),
    st.text("0123456789:-/. ", min_size=8, max_size=40),
)
@settings(max_examples=600)
def test_near_timestamps_never_raise(prefix, rest):
    clock = Clock(NOW, NEW_YORK)
    for line in (prefix + rest, rest + prefix, "{" + prefix, '{"ts":' + rest, "<Event SystemTime='" + rest):
        time = clock.time(line.encode())
        assert time is None or 0 <= time < 4102444800


@pytest.mark.parametrize(
    "line",
    [b"1" * 65536, b"\0" * 65536, b"2026-11-21 " * 6000, b"{" * 65536, b'{"time":' * 8000, b"<Event SystemTime=" * 4000,
     b"<![LOG[" + b'<time="' * 9000, b"Nov " * 16000, b"00:00:00 " * 7000, b" " * 65536 + b"2026-11-21 09:14:31"],
)  # fmt: skip
def test_a_hostile_line_is_read_no_further_than_near(line):
    clock = Clock(NOW)
    for _ in range(20):
        assert clock.time(line) is None


# --- people's times --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-21 09:14", "2026-11-21T09:14:00"),
        ("2026-11-21T09:14:31Z", "2026-11-21T09:14:31"),
        ("2026-11-21T10:14:31+01:00", "2026-11-21T09:14:31"),
        ("2026-11-21", "2026-11-21T00:00:00"),
        ("09:14", "2026-11-25T09:14:00"),
        ("9:14:31.5", "2026-11-25T09:14:31.500"),
        ("today", "2026-11-25T00:00:00"),
        ("yesterday 09:14", "2026-11-24T09:14:00"),
        ("Yesterday, 9:14", "2026-11-24T09:14:00"),
        ("now", "2026-11-25T12:00:00"),
        ("-2h", "2026-11-25T10:00:00"),
        ("30m", "2026-11-25T11:30:00"),
        ("1h30m", "2026-11-25T10:30:00"),
        ("2 days ago", "2026-11-23T12:00:00"),
        ("1 week ago", "2026-11-18T12:00:00"),
        ("1.5 hours", "2026-11-25T10:30:00"),
        ("1795252471", "2026-11-21T09:14:31"),
        ("1795252471.5", "2026-11-21T09:14:31.500"),
        ("1795252471204", "2026-11-21T09:14:31.204"),
        ("Nov 21 09:14:31", "2026-11-21T09:14:31"),
        ("21.11.2026 09:14", "2026-11-21T09:14:00"),
        ("11/21/2026 9:14:31 AM", "2026-11-21T09:14:31"),
        ("21/Nov/2026:01:14:31 -0800", "2026-11-21T09:14:31"),
    ],
)
def test_people_say_times_in_many_ways(said, meant):
    assert parse_time(said, NOW) == pytest.approx(at(meant))


def test_a_time_of_today_is_of_the_zone_that_was_asked_for():
    assert parse_time("09:14", NOW, BERLIN) == at("2026-11-25T09:14:00", BERLIN)
    late = at("2026-11-25T23:30:00")
    assert parse_time("yesterday 09:14", late, BERLIN) == at("2026-11-25T09:14:00", BERLIN)


@pytest.mark.parametrize(
    "said",
    ["", " ", "soon", "25:00", "2026-02-30", "2026-11-21 9", "-2 fortnights", "2h ago yesterday", "12", "9" * 4000,
     "2026-11-21 09:14 trailing", "\0", "99999999 weeks"],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_examples(said):
    with pytest.raises(KbError) as refused:
        parse_time(said, NOW)
    assert "yesterday 09:14" in refused.value.way_out


@given(st.text(max_size=40))
@settings(max_examples=300)
def test_any_text_is_a_time_or_a_fault_of_the_input(said):
    for read in (lambda text: parse_time(text, NOW, BERLIN), parse_zone):
        try:
            read(said)
        except KbError:
            pass


def test_zones_are_offsets_or_names():
    noon = datetime(2026, 7, 1, 12)
    hours = {"UTC": 0, "z": 0, "+02:00": 2, "-0330": -3.5, "+5": 5, "UTC+1": 1, "Europe/Berlin": 2}
    assert {said: parse_zone(said).utcoffset(noon) / timedelta(hours=1) for said in hours} == hours


@pytest.mark.parametrize(
    "said", ["", "Mars/Olympus", "+25:00", "../../etc/passwd", "/etc/passwd", "a\0b", "Europe", "+2:99"]
)
def test_an_unknown_zone_is_refused_with_examples(said):
    with pytest.raises(KbError) as refused:
        parse_zone(said)
    assert "Europe/Berlin" in refused.value.way_out


@given(st.integers(86400000, 4102358400000), st.sampled_from(ZONES))
def test_a_formatted_time_reads_back_as_itself(milliseconds, zone):
    text = format_time(milliseconds / 1000, zone)
    assert parse_time(text, NOW) == pytest.approx(milliseconds / 1000, abs=1e-4)
    assert Clock(NOW).time(text.encode()) == pytest.approx(milliseconds / 1000, abs=1e-4)


# --- real logs -------------------------------------------------------------------------------------------------------

# Log, and how often its time goes back by more than a second: the samples were drawn from longer logs, and some were not
# in order. HPC is not sorted by time at all.
LOGS = {
    "Android": 0, "Apache": 6, "BGL": 0, "HDFS": 0, "HPC": 1200, "Hadoop": 0,
    "HealthApp": 0, "Linux": 3, "Mac": 1, "OpenSSH": 0, "OpenStack": 0,
    "Proxifier": 1, "Spark": 0, "Thunderbird": 0, "Windows": 0, "Zookeeper": 2,
}  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("name", LOGS)
def test_every_line_of_a_real_log_gets_its_time(shared, name):
    lines = (shared / "data" / "loghub" / f"{name}_2k.log").read_bytes().splitlines()
    clock = Clock(NOW)
    times = [time for line in lines if (time := clock.time(line)) is not None]
    assert len(times) == len(lines)
    assert sum(later < earlier - 1 for earlier, later in zip(times, times[1:], strict=False)) <= LOGS[name]


@pytest.mark.shared
def test_exchange_setup_records_get_times_in_order(shared):
    for path in (shared / "data" / "exchange-setup").glob("*.log"):
        clock = Clock(NOW)
        records = [line for line in path.read_bytes().splitlines() if line.startswith(b"[") and b"] [" in line[:40]]
        times = [clock.time(line) for line in records]
        assert None not in times
        assert clock.format == "exchange-setup"
        back = sum(later < earlier - 1 for earlier, later in zip(times, times[1:], strict=False))
        assert back <= 1, path.name


def test_every_format_is_documented(root):
    from diagnose.timestamps.formats import FORMS

    text = (root / "docs" / "times.md").read_text("utf-8")
    assert [form.name for form in FORMS if f"`{form.name}`" not in text] == []
