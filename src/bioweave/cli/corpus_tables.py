"""The tables of `bioweave corpus`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table

from bioweave.corpus import LABELS, CheckReport, CorpusInfo, Overlap, SplitStatistics

_OVERLAP_CAPTION = (
    "documents shared: same id / same text; sentences shared (distinct): same text; contained: "
    "within a document, 30 letters or more. Pairs that share only shorter sentences are left out."
)


def list_table(corpora: Iterable[tuple[CorpusInfo, bool]]) -> Table:
    """A row per corpus; the second of each pair says whether its files are there."""
    table = Table("corpus", "there", "labels", "splits", "licence")
    table.columns[0].no_wrap = True
    for info, is_there in corpora:
        shown = [label for label in info.labels if label in LABELS]
        if n_own := len(info.labels) - len(shown):
            shown.append(f"{n_own} of its own")
        splits = ", ".join(info.splits)
        table.add_row(
            info.name, "yes" if is_there else "no", ", ".join(shown), splits, info.licence
        )
    return table


def statistics_table(name: str, splits: Sequence[SplitStatistics]) -> Table:
    """A column per split; below the totals a row per label."""
    table = Table(name)
    for split in splits:
        table.add_column(split.split, justify="right")
    table.add_row("documents", *(f"{split.n_documents:,}" for split in splits))
    table.add_row("sentences", *(f"{split.n_sentences:,}" for split in splits))
    if any(split.n_given_sentences is not None for split in splits):
        given = (f"{split.n_given_sentences or 0:,}" for split in splits)
        table.add_row("sentences as given", *given)
    table.add_row("words", *(f"{split.n_words:,}" for split in splits))
    table.add_row("relations", *(f"{split.n_relations:,}" for split in splits))
    table.add_row("mentions", *(f"{split.mentions.n_mentions:,}" for split in splits))
    table.add_row(
        "unique mentions", *(f"{split.mentions.n_texts:,}" for split in splits), end_section=True
    )
    for label in dict.fromkeys(label for split in splits for label in split.labels):
        counts = [split.labels[label] for split in splits]
        table.add_row(label, *(f"{count.n_mentions:,}" for count in counts))
        table.add_row(f"{label}, unique", *(f"{count.n_texts:,}" for count in counts))
    table.add_section()
    for label in dict.fromkeys(label for split in splits for label in split.relations):
        numbers = (split.relations.get(label, 0) for split in splits)
        table.add_row(f"relation {label}", *(f"{number:,}" for number in numbers))
    return table


def check_tables(report: CheckReport, *, with_each: bool) -> Iterator[Table]:
    """How words fit, the defects by kind, and with `with_each` every single one."""
    fit = Table(report.corpus, "mentions", "on word edges", "cut by a sentence", "words per token")
    for split in report.splits:
        alignment = split.alignment
        fit.add_row(
            split.split,
            f"{split.n_mentions:,}",
            f"{alignment.share:.2%}",
            f"{alignment.n_cut_by_sentence:,}",
            f"{alignment.words_per_token:.3f}",
        )
    yield fit
    names = [split.split for split in report.splits]
    kinds = Table("defect", "what became of it", *names)
    for (kind, action), counts in report.counts().items():
        kinds.add_row(kind, action.value, *(f"{counts[name]:,}" for name in names))
    if not report.defects:
        kinds.add_row("none", "", *("0" for _ in names))
    yield kinds
    if with_each and report.defects:
        each = Table("split", "document", "defect", "what became of it", "found")
        for defect in report.defects:
            each.add_row(
                defect.split, defect.document, defect.kind, defect.action.value, defect.detail
            )
        yield each


def overlap_table(overlaps: Iterable[Overlap]) -> Table:
    """A row for each pair of splits that share documents, or sentences of some length."""
    table = Table("of", "in", caption=_OVERLAP_CAPTION)
    for heading in ("documents", "shared", "sentences", "shared", "contained"):
        table.add_column(heading, justify="right")
    for overlap in overlaps:
        if overlap.is_telling:
            table.add_row(
                str(overlap.held_out),
                str(overlap.other),
                f"{overlap.n_documents:,}",
                f"{overlap.n_same_id:,} / {overlap.n_same_text:,}",
                f"{overlap.n_sentences:,}",
                f"{overlap.n_shared_sentences:,} ({overlap.n_distinct_sentences:,})",
                f"{overlap.n_contained_sentences:,}",
            )
    if not table.row_count:
        table.add_row("nothing is shared")  # but, perhaps, for short sentences
    return table
