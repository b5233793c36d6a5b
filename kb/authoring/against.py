"""`kb test --against`: two bases asked the same texts, and every answer that flips: better, worse or neither.

A sample promises by its place what a right answer is, a labelled case by its label, a kept case by its resolution; where
nothing is promised, or both answers are right or both wrong, a flip is neither. An edge module: it reads the samples.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, to_builtins

from diagnose.pipeline import diagnose, paste
from diagnose.report.words import percent
from kb.authoring.samples import samples_of
from kb.cases.case import Case
from kb.cases.resume import asked_again
from kb.evaluate.run import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kb.authoring.samples import BesideSample
    from kb.evaluate.cases import LabelledCase
    from kb.store.store import Store

SCHEMA = "kb.against/1"
Effect = Literal["worse", "better", "neither"]
EFFECTS: tuple[Effect, ...] = ("worse", "better", "neither")


class ReplayedText(Struct, frozen=True, kw_only=True):
    """A text, or a kept case, that both bases are asked, and what is promised of the answer.

    One of `expect` (articles or article/cause) must lead, `unwanted` (an article) must not, `nothing` tells that unknown is
    right; `acceptable` answers count neither way. Without any of these nothing is promised.
    """

    name: str
    text: str | bytes = ""
    case: Case | None = None
    expect: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    unwanted: str = ""
    nothing: bool = False

    @property
    def promised(self) -> str:
        if self.unwanted:
            return f"not {self.unwanted}"
        return "unknown" if self.nothing else " or ".join(self.expect)


class LeadingAnswer(Struct, frozen=True):
    """What leads an answer; of unknown, nothing does."""

    verdict: str
    article: str = ""
    cause: str = ""
    probability: float = 0.0

    def __str__(self) -> str:
        if not self.article:
            return self.verdict
        # The cause that leads may be another article's than the one that leads as a whole.
        beside = f" (article {self.article})" if self.cause.partition("/")[0] != self.article else ""
        return f"{self.verdict} {self.cause or self.article} {percent(self.probability)}{beside}"

    def same(self, other: LeadingAnswer) -> bool:
        return (self.verdict, self.article, self.cause) == (other.verdict, other.article, other.cause)


class FlippedAnswer(Struct, frozen=True):
    name: str
    effect: Effect
    promised: str
    before: LeadingAnswer
    after: LeadingAnswer

    def __str__(self) -> str:
        promised = f"   promised: {self.promised}\n" if self.promised else ""
        return f"{self.effect:<8}{self.name}\n{promised}   {self.before} -> {self.after}"


class Compared(Struct, frozen=True):
    """`asked` texts against both bases, and the answers that differ: worse ones first."""

    asked: int
    flips: tuple[FlippedAnswer, ...]

    def count(self, effect: Effect) -> int:
        return Counter(flip.effect for flip in self.flips)[effect]


def texts_of(stores: Sequence[Store], ids: Sequence[str] = ()) -> list[ReplayedText]:
    """The samples of all articles of `stores`, or of those with `ids`. What several bases hold alike is asked once."""
    found: dict[tuple[Any, ...], ReplayedText] = {}
    for store in stores:
        for name in store.ids():
            if ids and name not in ids:
                continue
            for sample in samples_of(store.article(name)):
                made = _of_sample(sample)
                found.setdefault((made.text, made.expect, made.unwanted), made)
    return list(found.values())


def _of_sample(sample: BesideSample) -> ReplayedText:
    beside = "/".join(sample.path.parts[-4 if sample.cause else -3 :])
    expect = f"{sample.article}/{sample.cause}" if sample.cause else sample.article
    other = sample.place == "other"
    return ReplayedText(
        name=f"{sample.article}/{beside}",
        text=sample.path.read_bytes(),
        expect=() if other else (expect,),
        unwanted=sample.article if other else "",
    )


def texts_of_cases(path: str, cases: Iterable[LabelledCase]) -> Iterator[ReplayedText]:
    """Labelled cases of the file `path`."""
    for case in cases:
        yield ReplayedText(
            name=f"{Path(path).name}:{case.id}",
            text=case.text,
            expect=tuple(name.lower() for name in case.expect),
            acceptable=tuple(name.lower() for name in case.acceptable),
            nothing=not case.expect,
        )


def text_of_case(path: str, case: Case) -> ReplayedText:
    """A kept case. Where it was resolved, its cause is promised."""
    article, _, cause = (case.resolved or "").partition("/")
    return ReplayedText(name=path, case=case, expect=(f"{article}/{cause}",) if article and cause else ())


def compare(
    before: Store,
    after: Store,
    texts: Sequence[ReplayedText],
    caches: tuple[Path | None, Path | None] = (None, None),
    jobs: int = 1,
    told: Callable[[int], None] = lambda done: None,
) -> Compared:
    """Ask both bases all `texts`, unless they are the same. `told` gets the number of answers so far, of two a text."""
    if before.documents_digest == after.documents_digest:
        return Compared(len(texts), ())
    old = spread(leading_answer, texts, before, caches[0], jobs, told)
    new = spread(leading_answer, texts, after, caches[1], jobs, lambda done: told(len(old) + done))
    flips = [_flip(*asked) for asked in zip(texts, old, new, strict=True) if not asked[1].same(asked[2])]
    return Compared(len(texts), tuple(sorted(flips, key=lambda flip: EFFECTS.index(flip.effect))))


def leading_answer(text: ReplayedText, base: Store) -> LeadingAnswer:
    said = asked_again(text.case, base) if text.case else diagnose(paste(text.text), base)
    if said.verdict == "unknown" or not said.articles:
        return LeadingAnswer(said.verdict)
    cause = said.causes[0] if said.causes else None
    share = cause.probability if cause else said.articles[0].probability
    return LeadingAnswer(said.verdict, said.articles[0].id, cause.id if cause else "", share)


def _flip(text: ReplayedText, before: LeadingAnswer, after: LeadingAnswer) -> FlippedAnswer:
    effects: dict[tuple[bool | None, bool | None], Effect] = {(True, False): "worse", (False, True): "better"}
    effect = effects.get((right(text, before), right(text, after)), "neither")
    return FlippedAnswer(text.name, effect, text.promised, before, after)


def right(text: ReplayedText, answer: LeadingAnswer) -> bool | None:
    """Whether an answer keeps what is promised; None where nothing is, or where an acceptable one leads."""
    leading = {answer.article, answer.cause} - {""}
    if text.unwanted:
        return answer.article != text.unwanted
    if leading & set(text.expect) or (text.nothing and not leading):
        return True
    if leading & set(text.acceptable) or not (text.expect or text.nothing):
        return None
    return False


def summary(compared: Compared, against: str) -> str:
    """Every flip, and the figures on a line."""
    figures = ", ".join(f"{compared.count(effect)} {effect}" for effect in EFFECTS)
    last = f"{compared.asked} answers compared with {against}: {len(compared.flips)} flip ({figures})"
    return "\n".join([*map(str, compared.flips), last])


def as_value(compared: Compared, against: str) -> dict[str, Any]:
    """The same for JSON."""
    figures: dict[str, Any] = {effect: compared.count(effect) for effect in EFFECTS}
    value: dict[str, Any] = to_builtins(compared)
    return {"schema": SCHEMA, "against": against, "asked": value["asked"], **figures, "flips": value["flips"]}
