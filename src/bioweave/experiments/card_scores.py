"""The parts of a card that show figures. What was not measured is said to be so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bioweave.experiments.markdown import fold, percent, table

Scores = Mapping[str, Any]

KEPT_FIGURES = ("evaluations", "fp32_evaluations", "seeds", "speed", "errors", "linking")


def figures_part(scores: Scores) -> Iterator[str]:
    """Mentions, words, seeds and speed."""
    evaluations = scores.get("evaluations", ())
    yield "## Figures"
    if evaluations:
        yield from _evaluations(evaluations, scores.get("fp32_evaluations", ()))
    else:
        yield "How good it is on a test split was not measured."
    yield "### Over seeds"
    yield from _seeds(scores.get("seeds", ()))
    yield "### Speed"
    yield from _speed(scores.get("speed"))
    yield from _others(scores)


def _evaluations(evaluations: Sequence[Scores], fp32: Sequence[Scores]) -> Iterator[str]:
    whole = {(one["corpus"], one["split"]): one for one in fp32}
    yield fold(
        "In percent. Strict: same start, same end and same label in the corpus's own characters. "
        "Own rule: the corpus's alternative boundaries count, too. Learned: the splits that the "
        "label learned from; unseen: it learned nothing from this corpus."
    )
    rows: list[tuple[str, ...]] = []
    for one in evaluations:
        rows += _mention_rows(one, whole.get((one["corpus"], one["split"])))
    headings = ["corpus", "label", "learned", "strict F1", "95% interval", "precision", "recall"]
    yield table(
        (*headings, "relaxed F1", "own rule F1", "fp32 strict F1", "mentions"), rows, left=3
    )
    if not fp32:
        yield "What 8-bit weights cost on these splits was not measured."
    yield "### Words"
    yield "Over words, in percent: F1 of the classes B and I, and accuracy."
    yield table(
        ("corpus", "B", "I", "accuracy", "ROC AUC (macro)", "calibration error"),
        [_word_row(one) for one in evaluations],
    )
    seen = [f"{one['corpus']} {one['split']}" for one in evaluations if one.get("saw_split")]
    if seen:
        yield f"Learned from, so that these figures say nothing of new texts: {', '.join(seen)}."


def _mention_rows(evaluation: Scores, fp32: Scores | None) -> Iterator[tuple[str, ...]]:
    mentions = evaluation["mentions"]
    before = fp32["mentions"] if fp32 else {}
    labels = list(mentions["strict"]["labels"])
    low, high = evaluation["confidence_interval"]["strict_f1"]
    for label in ["all", *labels] if len(labels) > 1 else labels:
        is_whole = label == "all" or len(labels) == 1
        own = None if is_whole else label
        yield (
            f"{evaluation['corpus']} {evaluation['split']}",
            label,
            "" if label == "all" else _learned(evaluation, label),
            _figure(mentions, "strict", own),
            f"{100 * low:.1f} to {100 * high:.1f}" if is_whole else "",
            _figure(mentions, "strict", own, "precision"),
            _figure(mentions, "strict", own, "recall"),
            _figure(mentions, "relaxed", own),
            _figure(mentions, "alternatives", own),
            _figure(before, "strict", own),
            f"{_scores(mentions, 'strict', own).get('support', 0):,}",
        )


def _figure(mentions: Scores, rule: str, label: str | None, part: str = "f1") -> str:
    return percent(_scores(mentions, rule, label).get(part))


def _scores(mentions: Scores, rule: str, label: str | None) -> Scores:
    """One label's scores by a rule, or those of all labels for None; empty if there are none."""
    whole: Scores = mentions.get(rule, {})
    if label is None:
        return whole
    own: Scores = whole.get("labels", {}).get(label, {})
    return own


def _learned(evaluation: Scores, label: str) -> str:
    if evaluation.get("trained_on") is None:
        return "unknown"
    if label in evaluation["trained_labels"]:
        return "+".join(evaluation["trained_splits"])
    if evaluation["taught_labels"] is None:
        return "unknown"
    return "a teacher did" if label in evaluation["taught_labels"] else "unseen"


def _word_row(evaluation: Scores) -> tuple[str, ...]:
    tokens = evaluation["tokens"]
    area = tokens["roc_auc"]["macro"]
    error = evaluation["calibration"]["expected_error"]
    return (
        f"{evaluation['corpus']} {evaluation['split']}",
        percent(tokens["B"]["f1"]),
        percent(tokens["I"]["f1"]),
        percent(tokens["accuracy"]),
        "" if area is None else f"{area:.4f}",
        "" if error is None else f"{error:.3f}",
    )


def _seeds(figures: Sequence[Scores]) -> Iterator[str]:
    if not figures:
        yield "How much figures vary with the seed was not measured."
        return
    yield fold(
        "Strict F1 in percent of runs that differ in their seed alone; the deviation is that of "
        "a sample."
    )
    yield table(
        ("corpus", "label", "mean", "deviation", "runs"),
        [
            (
                f"{one['corpus']} {one['split']}",
                one["label"] or "all",
                percent(one["mean"]),
                percent(one["deviation"]),
                ", ".join(percent(value) for value in one["values"]),
            )
            for one in figures
        ],
        left=2,
    )


def _speed(speed: Scores | None) -> Iterator[str]:
    if speed is None:
        yield "Its speed was not measured."
        return
    alone = speed["milliseconds_per_document"]
    rows = [
        ("threads", f"{speed['threads']:,}"),
        ("words a second, text to mentions", f"{speed['words_per_second']:,.0f}"),
        ("documents a second", f"{speed['documents_per_second']:,.1f}"),
        ("a document alone, median", f"{alone['median']:.1f} ms"),
        ("a document alone, 95th percentile", f"{alone['p95']:.1f} ms"),
        ("loading", f"{speed['load_seconds']:.2f} s"),
    ]
    if speed.get("peak_memory_mb") is not None:
        rows.append(("peak memory", f"{speed['peak_memory_mb']:,.0f} MB"))
    if "baseline" in speed:
        baseline = speed["baseline"]
        name = f"{baseline['name']}, words a second"
        rows.append((name, f"{baseline['words_per_second']:,.0f}"))
        rows.append(("times as fast", f"{speed['ratio']:.1f}"))
    yield fold(
        f"Over {speed['documents']:,} documents of {speed['words']:,} words, on the machine where "
        "the card was made (`bioweave benchmark`)."
    )
    yield table(("", ""), rows)


def _others(scores: Scores) -> Iterator[str]:
    """What export measured: figures by precision, under whatever name they were kept."""
    for name, by_precision in scores.items():
        if name in KEPT_FIGURES or not isinstance(by_precision, Mapping):
            continue
        columns = {
            precision: own for precision, own in by_precision.items() if isinstance(own, Mapping)
        }
        figures = dict.fromkeys(figure for own in columns.values() for figure in own)
        rows = [
            (figure, *(_number(own.get(figure)) for own in columns.values())) for figure in figures
        ]
        if rows:
            yield f"### Measured when it was exported: {name}"
            yield table(("in percent", *columns), rows)


def _number(value: Any) -> str:
    return percent(value) if isinstance(value, int | float) else ""
