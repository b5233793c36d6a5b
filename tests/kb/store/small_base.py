"""A base of a few articles, and an answer from it."""

from io import BytesIO

from diagnose.inputs.sources import open_inputs
from diagnose.pipeline import diagnose

TEXT = """---
id: {id}
title: The {word} fails
signals: {{failed: {{contains: the {word} engine could not be started by the {word} service}}}}
symptoms: [failed]
causes: [{{id: off, title: It is off}}]
---
> the {word} engine could not be started by the {word} service
"""


def write(folder, name, word):
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "article.md").write_text(TEXT.format(id=name, word=word), encoding="utf-8")


def answer(store, word):
    text = f"the {word} engine could not be started by the {word} service\n"
    return diagnose(open_inputs(["-"], BytesIO(text.encode())), store)
