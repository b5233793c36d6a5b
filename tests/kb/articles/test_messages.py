"""Known messages of an article: quotes, tables, bold paragraphs, long records."""

import pytest

from kb.articles.messages import PIECE, mine


def messages(body):
    return [message.text for message in mine(body, "A title").messages]


def test_a_message_in_a_table_of_the_symptoms_is_mined():
    body = "# A title\n\n## Symptoms\n\n| Id | Message |\n|---|---|\n| 27 | The service %1 did not have a suitable key for %2 |\n"
    assert any("did not have a suitable key" in text for text in messages(body))


def test_a_bold_paragraph_is_a_message_and_a_stressed_phrase_is_none():
    body = (
        "# A title\n\n## Symptoms\n\nYou see:\n\n"
        "**The store is being moved to another place. No changes can be made until it is complete**\n\n"
        "Use **the second of the two servers in this case** and then go on with the next of the steps below.\n"
    )
    found = messages(body)
    assert any(text.startswith("The store is being moved") for text in found)
    assert not any("second of the two servers" in text for text in found)


def test_a_long_record_is_mined_in_parts():
    lines = [f"> field {n} error value of the record number {n} in words" for n in range(3 * PIECE)]
    body = "# A title\n\n## Symptoms\n\n" + "\n".join(f"{line}  " for line in lines)
    found = messages(body)
    assert any("number 0 in words" in text for text in found)
    assert any(f"number {2 * PIECE + 3} in words" in text for text in found)


def test_each_record_of_a_quote_is_a_message_of_its_own():
    record = (
        "> Log Name: Directory  \n> Source: Replication  \n> Event ID: {}  \n> Description: error {} happened here  \n"
    )
    body = "# A title\n\n## Symptoms\n\n" + record.format(1084, "one") + record.format(2108, "two")
    found = messages(body)
    assert any("one" in text and "two" not in text for text in found)


MESSAGE = "lease 42 is held by node-b, giving up after 30 seconds"


@pytest.mark.parametrize(
    "quoted",
    [
        f"The broker prints `{MESSAGE}` and ends.",
        f"The broker prints\n\n```\n{MESSAGE}\n```\n\nand ends.",
        f"The broker prints\n\n    {MESSAGE}\n\nand ends.",
        f"- It prints `{MESSAGE}`.\n",
        f"> {MESSAGE}\n",
    ],
)
def test_a_message_is_mined_alike_from_backticks_a_fence_and_a_quote(quoted):
    assert messages(f"# A title\n\n{quoted}\n") == [MESSAGE]


def test_short_code_and_commands_in_backticks_are_no_messages():
    body = "# A title\n\nSet `lease.timeout.in.seconds` and run `kubectl get pods -n tank -o wide` or `/etc/broker/lease.conf`.\n"
    assert messages(body) == []


@pytest.mark.parametrize("quoted", [f"prints `{MESSAGE}`", f"prints\n\n```\n{MESSAGE}\n```"])
def test_a_plain_article_alone_in_its_base_is_found_by_its_message(tmp_path, opened_store, quoted):
    from diagnose.pipeline import diagnose, paste

    (tmp_path / "broker.md").write_text(f"# The broker does not start\n\nIt {quoted}\n", encoding="utf-8")
    store = opened_store([tmp_path], None)
    found = diagnose(paste(f"2026-11-01 10:00:01 ERROR {MESSAGE}\n"), store)
    assert (found.verdict, found.articles[0].id) == ("possible", "broker")
    other = diagnose(paste("2026-11-01 10:00:01 ERROR tank 42 is empty, giving up\n"), store)
    assert other.verdict == "unknown"
