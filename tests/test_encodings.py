"""The same error in any encoding has the same cause: 20 samples of shipped articles, each in 3 of 10 encodings."""

import codecs
from itertools import cycle, islice

ENCODINGS = (
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "cp1252",
    "cp437",
    "cp1251",
    "cp932",
)


def samples(root):
    folders = sorted((root / "articles").glob("*/*/samples/symptom"))
    texts = [sorted(folder.glob("*.txt"))[0] for folder in folders]
    return [path for path in texts if path.read_text(encoding="utf-8").isascii()][:20]


def leading(found):
    return found.verdict, found.causes[0].id if found.causes else ""


def test_twenty_errors_in_three_of_ten_encodings_each_lead_to_the_same_cause(root, diagnosed):
    paths = samples(root)
    assert len(paths) == 20
    for number, path in enumerate(paths):
        text = path.read_text(encoding="utf-8")
        plain = leading(diagnosed(text))
        for encoding in islice(cycle(ENCODINGS), 3 * number, 3 * number + 3):
            mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
            assert leading(diagnosed(mark + text.encode(encoding))) == plain, (path, encoding)
