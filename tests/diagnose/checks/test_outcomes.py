"""Which recognised outputs answer a check: those of every tool that its commands run, and of nothing else."""

from diagnose.checks.answers import outputs_in
from diagnose.checks.outcomes import CheckReader
from diagnose.checks.patterns import names_itself
from diagnose.model import Check, Outcome, Problem
from diagnose.scan.passages import Passage

RESOLVED = """
Name                                           Type   TTL   Section    IPAddress
----                                           ----   ---   -------    ---------
fe02.contoso.com                               A      3600  Answer     10.20.0.12
"""
INODES = """Filesystem     Inodes IUsed IFree IUse% Mounted on
/dev/sda2      655360 12034 643326    2% /srv
"""


def outcome(check, text):
    lines = tuple(text.split("\n"))
    passages = [Passage(source="-", first=1, lines=lines, quotes=lines)]
    answer = (
        CheckReader(Problem(id="p", title="P", checks={"c": check}), {}, outputs_in(passages), passages)
        .answers()
        .get("c")
    )
    return answer.outcome if answer else None


def names(parser, **commands):
    return Check(title="t", parser=parser, commands=commands, outcomes={"resolved": Outcome(regex=("^Name:",))})


def test_an_output_of_a_tool_that_another_command_of_the_check_runs_is_an_answer():
    both = names("nslookup", powershell=("Resolve-DnsName -Name fe02.contoso.com",), cmd=("nslookup fe02.contoso.com",))
    assert outcome(both, RESOLVED) == "resolved"
    assert outcome(names("nslookup", cmd=("nslookup fe02.contoso.com",)), RESOLVED) is None


def test_inodes_are_no_answer_to_a_question_about_room_nor_the_other_way_round():
    room = Check(title="t", parser="df", commands={"bash": ("df -h /srv",)}, outcomes={"ok": Outcome()})
    inodes = Check(title="t", parser="df", commands={"bash": ("df -i /srv",)}, outcomes={"ok": Outcome()})
    assert outcome(room, INODES) is None
    assert outcome(inodes, INODES) == "ok"


def test_an_outcome_that_recognisers_have_no_word_for_goes_before_their_state(root):
    folder = root / "kb" / "library" / "checks" / "tls-certificate" / "outputs"
    text = (folder / "not-yet-valid" / "openssl.txt").read_text(encoding="utf-8")
    fields = {"title": "t", "parser": "openssl-s-client", "commands": {"bash": ("openssl s_client -connect a:443",)}}
    early = Outcome(regex=("not yet valid",))
    assert outcome(Check(**fields, outcomes={"untrusted": Outcome(), "tls-error": Outcome()}), text) == "untrusted"
    assert outcome(Check(**fields, outcomes={"early": early, "untrusted": Outcome()}), text) == "early"


PRINTS = "test -n \"$X\" || echo 'x'; test -O /srv && echo \"the folder is your own\" || echo 'owner: another account'"
OWNER = Check(
    title="t",
    commands={"bash": (PRINTS,)},
    outcomes={"mine": Outcome(contains=("your own",)), "other": Outcome(contains=("another account",))},
)


def test_a_line_in_words_of_the_command_counts_beside_the_error():
    error = "fatal: detected dubious ownership, another account has it\n"
    assert outcome(OWNER, error) is None
    assert outcome(OWNER, f"{error}the folder is your own\n") == "mine"
    assert outcome(OWNER, f"{error}owner: another account\n") == "other"


def test_a_line_that_only_ends_the_output_is_not_before_what_the_output_shows():
    command = 'ldd shop && echo "ldd ended well"'
    outcomes = {"missing": Outcome(contains=("=> not found",)), "complete": Outcome(contains=("ldd ended well",))}
    libraries = Check(title="t", commands={"bash": (command,)}, outcomes=outcomes)
    assert outcome(libraries, "cannot start\nldd ended well\n") == "complete"
    assert outcome(libraries, "cannot start\nlibshop.so.2 => not found\nldd ended well\n") is None


def test_the_command_itself_is_no_output_however_it_was_wrapped():
    assert outcome(OWNER, PRINTS) is None
    assert outcome(OWNER, PRINTS.replace("&& echo ", "&& echo\n")) is None


def test_a_short_quoted_word_hides_no_longer_one():
    assert names_itself(OWNER, "so the folder is your own")
