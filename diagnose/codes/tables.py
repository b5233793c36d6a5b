"""The tables of numbers that programs end with or print: one file each in diagnose/data/tables, read when it is asked for.

A file has one row a code: `value TAB name TAB meaning`; a value with `*` is met so often that its number alone makes one
think of it. Takes a table and a value or name, gives rows. `kb diagnose` reads none of them.

What each table was compared with, facts only (tests/diagnose/codes/test_tables.py repeats what a machine can):
  http       IANA's registry, Python's http.HTTPStatus; nginx' and Cloudflare's own numbers with their manuals
  errno      errno.h of Linux; errno_macos: sys/errno.h of xnu; errno_crt: errno.h of mingw-w64
  sqlserver  the vendor's lists of sys.messages, by range; 10053 and the like are Winsock's numbers
  event      the message lists of the providers, netevent.h, ntiologc.h and lmerrlog.h, the vendor's pages on the others
  mysql      mysqld_error.h and errmsg.h of MariaDB, the error constants of mysql2 for what MySQL alone has
  exit       sysexits.h, the manuals of bash, timeout, docker and ssh; Windows' names with winerror.h and ntstatus.h
  sqlstate   errcodes.txt of PostgreSQL; appendix A of the ODBC reference for the rows marked ODBC
  oracle     quotations of the vendor's messages in public code and logs; there is no list to compare all rows with
  curl, rsync, apt, systemd   their manuals and, for systemd, systemd-analyze exit-status
  signal     signal.h of Linux
  x509, tls  x509_vfy.h and tls1.h of OpenSSL, Python's ssl.AlertDescription, RFC 8446
  smtp       RFC 5321, 4954 and 3207; ldap: RFC 4511 and winldap.h; dns: RFC 6895; grpc: status.h of gRPC
  stopcode   the vendor's reference of bug checks, bugcodes.h
  kerberos   RFC 4120 and 4556, the constants of impacket; names as events 4768 to 4771 tell them
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent.parent / "data" / "tables"


class Row(Struct, frozen=True):
    """One code of a table; `usual` where its number alone makes one think of it."""

    value: str
    name: str
    meaning: str
    usual: bool


class Table(Struct, frozen=True):
    """A table: its file and kind, what its numbers are called, where they are met, and the words that ask for it.

    `weight` and `usual` rank its rows among the readings of a bare number. `base` is 16 where its numbers are written so.
    """

    kind: str
    label: str
    where: str
    words: tuple[str, ...]
    weight: int
    usual: int
    base: int = 10


TABLES = (
    Table("http", "HTTP status", "web servers, proxies and clients", ("http", "https", "status"), 75, 175),
    Table("errno", "errno of Linux", "programs on Linux, most of the small ones also elsewhere (errno, os error, -N of the kernel)", ("errno", "linux", "errcode"), 70, 170),
    Table("errno_macos", "errno of macOS", "programs on macOS and the BSDs", ("macos", "darwin", "bsd", "errno_macos"), 35, 35),
    Table("errno_crt", "errno of Windows", "the C runtime of Windows", ("crt", "msvc", "errno_crt"), 20, 20),
    Table("sqlserver", "SQL Server number", "SQL Server and its clients (Msg, Error: N, Severity)", ("sqlserver", "mssql", "msg"), 66, 166),
    Table("event", "event id of Windows", "the event logs of Windows, together with the provider", ("event", "eventid", "event id"), 65, 165),
    Table("mysql", "MySQL or MariaDB number", "MySQL and MariaDB (ERROR N (SQLSTATE))", ("mysql", "mariadb"), 62, 162),
    Table("exit", "exit status", "shells, containers, services and installers", ("exit", "exitcode", "exit code", "exit status", "rc"), 60, 160),
    Table("sqlstate", "SQLSTATE", "PostgreSQL, ODBC, JDBC and other SQL clients", ("sqlstate", "postgres", "postgresql", "odbc", "jdbc"), 55, 155),
    Table("oracle", "ORA- number", "Oracle databases and their clients", ("ora", "oracle", "tns"), 12, 60),
    Table("curl", "exit status of curl", "curl and libcurl", ("curl",), 30, 90),
    Table("systemd", "exit status of systemd", "systemctl status and the journal, where a service was not even started", ("systemd",), 25, 95),
    Table("apt", "exit status of apt or dpkg", "apt, apt-get and dpkg", ("apt", "apt-get", "dpkg"), 24, 54),
    Table("rsync", "exit status of rsync", "rsync", ("rsync",), 22, 72),
    Table("signal", "signal", "kill, systemd and the kernel's log", ("signal", "sig"), 20, 40),
    Table("x509", "OpenSSL verify result", "openssl, curl, nginx and other programs with OpenSSL", ("x509", "verify", "openssl"), 15, 75),
    Table("smtp", "SMTP reply", "mail servers", ("smtp",), 12, 72),
    Table("ldap", "LDAP result", "directories and programs that log in with them", ("ldap",), 10, 60),
    Table("tls", "TLS alert", "Schannel events 36887 and 36888, openssl and browsers", ("tls", "alert", "ssl"), 10, 50),
    Table("grpc", "gRPC status", "gRPC clients, Kubernetes, etcd, containerd", ("grpc",), 10, 20),
    Table("dns", "DNS response code", "name servers and dig", ("dns", "rcode"), 5, 20),
    Table("stopcode", "stop code of a blue screen", "blue screens, event 1001, BugCheck in dumps", ("stop", "stopcode", "stop code", "bugcheck", "bsod"), 50, 170, 16),
    Table("kerberos", "Kerberos error", "events 4768, 4769, 4771 and Kerberos clients", ("kerberos", "krb", "krb5", "kdc"), 45, 160, 16),
)  # fmt: skip


@cache
def rows_of(kind: str) -> tuple[Row, ...]:
    """All rows of a table, in the order of its file."""
    lines = (FOLDER / f"{kind}.tsv").read_text("utf-8").splitlines()
    return tuple(_row(*line.split("\t")) for line in lines)


def _row(value: str, name: str, meaning: str) -> Row:
    return Row(value.lstrip("*"), name, meaning, value.startswith("*"))


def rows_for(kind: str, value: str) -> list[Row]:
    """The rows of a value: several where programs share a number."""
    return [row for row in rows_of(kind) if row.value == value]


def rows_named(kind: str, name: str) -> list[Row]:
    """The rows with this name, in any case."""
    wanted = name.casefold()
    return [row for row in rows_of(kind) if row.name.casefold() == wanted or _short(row.name) == wanted]


def _short(name: str) -> str:
    """A name as it is often said: CERT_HAS_EXPIRED for X509_V_ERR_CERT_HAS_EXPIRED."""
    return name.casefold().removeprefix("x509_v_err_").removeprefix("curle_")


@cache
def sentences() -> dict[str, str]:
    """What the names of Windows' codes mean."""
    lines = (FOLDER / "windows.tsv").read_text("utf-8").splitlines()
    return {name: meaning for name, _, meaning in (line.partition("\t") for line in lines)}
