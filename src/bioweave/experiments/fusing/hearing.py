"""Members, and taggers beside them, asked about the splits that are measured on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from bioweave.bundle import FusedBundle
from bioweave.corpus import Part, SplitName, info
from bioweave.errors import ConfigurationError
from bioweave.experiments.fusing.asking import Asking
from bioweave.experiments.fusing.comparison import Heard, Row
from bioweave.experiments.fusing.members import Member
from bioweave.experiments.fusing.opinions import opinions_of
from bioweave.experiments.fusing.taggers import Taggers
from bioweave.experiments.measurement import Progress
from bioweave.experiments.splits import hold_out

# By what is under way.
ProgressOf: TypeAlias = Callable[[str], Progress]


def measured_parts(taggers: Taggers, corpora: Sequence[str], split: str) -> tuple[Part, ...]:
    """The split of each corpus, as all taggers held it out.

    Raises ConfigurationError where two held out different documents.
    """
    parts = []
    for corpus in corpora:
        held_out = [hold_out(corpus, split, one.provenance).documents for one in taggers.all]
        for one, documents in zip(taggers.all, held_out, strict=True):
            if documents != held_out[0]:
                raise ConfigurationError(
                    f"{taggers.all[0].name} and {one.name} held out different documents of "
                    f"{corpus} as dev: what one has not seen, the other may have learned; "
                    "train them with the same seed, or on a corpus that publishes its dev split"
                )
        parts.append(Part(SplitName(corpus, split), held_out[0]))
    return tuple(parts)


def hear(
    taggers: Taggers,
    draft: FusedBundle,
    parts: Sequence[Part],
    asking: Asking,
    progress: ProgressOf | None,
) -> Heard:
    """What all say of these splits of one kind, each of another corpus."""
    answers = {
        (one.name, part.name): asking(
            one,
            part.name,
            part.documents,
            progress=progress(f"{one.name}, {part.name}") if progress else None,
        )
        for one in taggers.all
        for part in parts
    }
    return Heard(
        parts[0].name.split,
        {
            part.name.corpus: opinions_of(
                taggers.members,
                draft,
                part,
                _annotated(part.name.corpus, taggers.members[0]),
                [answers[one.name, part.name] for one in taggers.members],
            )
            for part in parts
        },
        {
            one.name: Row(
                one.bundle, {part.name.corpus: answers[one.name, part.name] for part in parts}
            )
            for one in taggers.beside
        },
    )


def _annotated(corpus: str, member: Member) -> tuple[str, ...]:
    known = member.bundle.manifest.labels
    labels = tuple(label for label in info(corpus).labels if label in known)
    if not labels:
        raise ConfigurationError(
            f"{corpus} annotates {', '.join(info(corpus).labels)}, and the members find "
            f"{', '.join(known)}: there is nothing to fit"
        )
    return labels
