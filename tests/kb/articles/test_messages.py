"""Known messages of an article: quotes, tables, bold paragraphs, long records."""

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
