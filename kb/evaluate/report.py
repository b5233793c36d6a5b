"""Figures as text for a terminal and as an SVG reliability diagram. Pure: values to text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.text.sanitize import neutral
from kb.evaluate.cases import NEGATIVE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.evaluate.answer import ScoredAnswer
    from kb.evaluate.figures import AnswerChange, Bin, Evaluation, Share

SHOWN = 20
SIDE, EDGE = 360, 50


def _share(share: Share) -> str:
    return f"{share.value:.3f} ({share.low:.2f}-{share.high:.2f})" if share.of else "-"


def report_text(report: Evaluation, failures: int = SHOWN) -> str:
    """The whole report, failures last, `failures` of them."""
    return "\n".join([*_kinds(report), "", *_calibration(report), "", *_points(report), *_failures(report, failures)])


def told_apart(
    answers: Sequence[ScoredAnswer], figures: Evaluation, remembered: Evaluation | None, failures: int = SHOWN
) -> str:
    """The report, that of cases on which the weights were fitted (`remembered`) apart from that of the others."""
    known = sum(answer.fitted for answer in answers)
    if remembered is not None:
        head = f"On the {len(answers) - known} cases that the weights never saw:\n\n{report_text(figures, failures)}"
        again = "\n".join([*_kinds(remembered), "", *_calibration(remembered)])
        return f"{head}\n\nOn the {known} that they were fitted on, which says how well the fit remembers:\n\n{again}"
    if known:
        return f"The weights were fitted on all of these cases: no forecast for others.\n\n{report_text(figures, failures)}"
    return report_text(figures, failures)


def _kinds(report: Evaluation) -> Iterator[str]:
    yield f"{'kind':<18}{'cases':>6}  {'accuracy@1':<20}{'accuracy@3':<20}{'MRR':<20}{'answered':<20}{'right of these':<20}{'likely':<20}right of these"
    for kind in report.kinds:
        head = f"{neutral(kind.kind):<18}{kind.cases:>6}  "
        if kind.kind.startswith(NEGATIVE):
            yield f"{head}{'':<60}{_share(kind.answered):<20}{'(false alarms)':<20}{_share(kind.likely)}"
            continue
        shares = (kind.accuracy_1, kind.accuracy_3, kind.mrr, kind.answered, kind.precision, kind.likely)
        yield head + "".join(f"{_share(share):<20}" for share in shares) + _share(kind.likely_right)
        if kind.cause_1.of:
            yield f"{'':<26}cause@1 {_share(kind.cause_1)}"


def _calibration(report: Evaluation) -> Iterator[str]:
    each = ", ".join(f"{neutral(kind.kind)} {kind.ece:.3f}" for kind in report.kinds if kind.cases)
    yield f"ECE {_share(report.ece)}   Brier {_share(report.brier)}   (ECE per kind: {each})"


def _points(report: Evaluation) -> Iterator[str]:
    for point in report.points:
        yield f"{point.name}: threshold {point.threshold:.4f}"
        for kind, answered in point.answered.items():
            right = f"  right {_share(point.right[kind])}" if kind in point.right else "  false alarms"
            yield f"  {neutral(kind):<18}answered {_share(answered)}{right}"


def _failures(report: Evaluation, count: int) -> Iterator[str]:
    if report.failures and count:
        yield f"\n{len(report.failures)} failures" + (f", the first {count}" if len(report.failures) > count else "")
    yield from (_failure(item) for item in report.failures[:count])


def _failure(item: ScoredAnswer) -> str:
    said = ", ".join(f"{name} {probability:.2f}" for name, probability in item.articles[:3]) or "nothing"
    wanted = " or ".join(item.expect) or "none"
    return neutral(f"  {item.id} ({item.kind}): expected {wanted}; said {item.verdict}: {said}")


def compared(changes: Sequence[AnswerChange], *, name_cases: bool = True) -> str:
    """Accuracy@1 before and after, the difference with its interval, and the cases behind it."""
    lines = []
    for change in changes:
        d = change.difference
        lines.append(
            f"  {neutral(change.kind):<18}{change.before:.3f} -> {change.after:.3f}"
            f"  {d.value:+.3f} ({d.low:+.3f} to {d.high:+.3f}, {d.of} cases)"
        )
        if not name_cases:
            continue
        lines += [f"    gained {neutral(name)}" for name in change.gained]
        lines += [f"    lost   {neutral(name)}" for name in change.lost]
    return "\n".join(lines)


def svg(report: Evaluation) -> str:
    """A reliability diagram: per bin the share right, its size, and the diagonal of perfect calibration."""
    size = SIDE + 2 * EDGE
    most = max((b.count for b in report.bins), default=1) or 1
    body = "\n".join(line for b in report.bins if b.count for line in _column(b, most))
    ticks = "\n".join(_tick(i / 5) for i in range(6))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {size} {size}"'
        f' font-family="sans-serif" font-size="12">\n<title>Reliability: ECE {report.ece.value:.3f}</title>\n'
        f'<rect width="{size}" height="{size}" fill="#fff"/>\n{body}\n'
        f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#888" stroke-dasharray="4 4"/>\n'
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#333"/>\n{ticks}\n'
        f'<text x="{size / 2}" y="{size - 10}" text-anchor="middle">confidence</text>\n'
        f'<text x="14" y="{size / 2}" text-anchor="middle" transform="rotate(-90 14 {size / 2})">share right</text>\n'
        f'<text x="{size / 2}" y="26" text-anchor="middle">ECE {report.ece.value:.3f}, Brier {report.brier.value:.3f},'
        f" {report.ece.of} answers</text>\n</svg>\n"
    )


def _x(value: float) -> str:
    return f"{EDGE + SIDE * value:.1f}"


def _y(value: float) -> str:
    return f"{EDGE + SIDE * (1 - value):.1f}"


def _column(b: Bin, most: int) -> Iterator[str]:
    width = SIDE / 10
    yield (
        f'<rect x="{_x(b.low)}" y="{_y(b.right)}" width="{width:.1f}" height="{SIDE * b.right:.1f}" fill="#4a7fb5"'
        f' fill-opacity="{0.25 + 0.75 * b.count / most:.2f}"><title>{b.count} answers, confidence {b.confidence:.2f},'
        f" right {b.right:.2f}</title></rect>"
    )
    yield f'<circle cx="{_x(b.confidence)}" cy="{_y(b.right)}" r="4" fill="#c33"/>'
    yield f'<text x="{_x((b.low + b.high) / 2)}" y="{EDGE + SIDE - 4}" text-anchor="middle" font-size="10">{b.count}</text>'


def _tick(value: float) -> str:
    return (
        f'<text x="{_x(value)}" y="{EDGE + SIDE + 16}" text-anchor="middle">{value:.1f}</text>'
        f'<text x="{EDGE - 6}" y="{_y(value)}" text-anchor="end" dominant-baseline="middle">{value:.1f}</text>'
    )
