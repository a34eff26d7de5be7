"""The parts of a card that say what a model was made from, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bioweave.bundle import Manifest
from bioweave.bundle.parts import LINKING_NAME
from bioweave.corpus import info
from bioweave.errors import CorpusError
from bioweave.experiments.learning import teachers_of
from bioweave.experiments.markdown import fold, item, table

Provenance = Mapping[str, Any]

_TOLD_ELSEWHERE = ("corpora", "dropped", "packages", "name", "dev", "teachers", LINKING_NAME)
# Of a value told as it stands: what is for machines, and how long a list may be.
_FOR_MACHINES = ("sha256", "packages", "checksums")
_LONGEST_LIST = 12
_ELSEWHERE = dict.fromkeys(("corpora", "dropped", "teachers", "dev"))


def data_part(manifest: Manifest) -> Iterator[str]:
    """The corpora, what of them was used, and what was left out and why."""
    provenance = manifest.provenance
    yield "## What it learned from"
    yield from _corpora(provenance, manifest.licences)
    yield from _dropped(provenance)
    for number, teacher in enumerate(teachers_of(provenance), start=1):
        yield f"### Teacher {teacher.get('name', number)}"
        yield from _corpora(teacher, manifest.licences)
        if teacher.get("corpora"):
            yield from _dropped(teacher)


def making_part(manifest: Manifest) -> Iterator[str]:
    """Encoder, seed, teachers, distillation, versions: whatever the manifest tells."""
    provenance = manifest.provenance
    yield "## How it was made"
    told = [
        item(f"{name.replace('_', ' ')}: {_told(_without_teachers(value))}")
        for name, value in provenance.items()
        if name not in _TOLD_ELSEWHERE and value not in (None, "", [], {})
    ]
    teachers = list(teachers_of(provenance))
    told += [
        item(f"teacher {number}: {_told({**teacher, **_ELSEWHERE})}")
        for number, teacher in enumerate(teachers, start=1)
    ]
    if not teachers:
        told.append(item("teachers: none is named"))
    if provenance.get("packages"):
        told.append(item(f"versions: {_told(provenance['packages'])}"))
    yield "\n".join(told)


def licence_part(manifest: Manifest) -> Iterator[str]:
    """On which terms its parts may be used."""
    yield "## Licences"
    if not manifest.licences:
        yield "The manifest names none."
        return
    yield table(("part", "licence"), list(manifest.licences.items()), left=2)


def _corpora(provenance: Provenance, licences: Mapping[str, str]) -> Iterator[str]:
    corpora = provenance.get("corpora")
    if not corpora:
        yield "The manifest does not say."
        return
    rows = [
        (
            name,
            licences.get(f"corpus {name}") or _licence(name),
            "+".join(entry.get("trained_on", ())),
            ", ".join(entry.get("labels", ())),
            _n(entry.get("documents", {}).get("train")),
            _n(entry.get("documents", {}).get("dev")),
            _n(sum(entry.get("not_in_tags", {}).values())),
        )
        for name, entry in corpora.items()
    ]
    headings = ("corpus", "licence", "splits", "labels", "learned from", "measured on")
    yield table((*headings, "mentions that tags cannot spell"), rows, left=4)
    splits = {name: entry.get("trained_on", ()) for name, entry in corpora.items()}
    both = [name for name, own in splits.items() if "dev" in own]
    if both:
        yield fold(
            f"Of {', '.join(both)} it learned from dev, too: what was chosen on dev had to be "
            "chosen with models that did not."
        )
    if not any("test" in own for own in splits.values()):
        yield "No test split was learned from."


def _dropped(provenance: Provenance) -> Iterator[str]:
    if "dropped" not in provenance:
        yield "What was left out when corpora were merged is not told."
        return
    rows: Sequence[Mapping[str, Any]] = provenance["dropped"]
    if not rows:
        yield "No document had to be left out when corpora were merged."
        return
    yield fold(
        f"{sum(row.get('n', 0) for row in rows):,} documents were left out, since they stand in a "
        "dev or test split that is reported, or in another corpus as well. Same id: PMID or its "
        "like; same text: letters and digits agree; inside: all of it stands in a document of the "
        "other; contains: the reverse."
    )
    yield table(
        ("of", "documents", "why", "other"),
        [
            (
                f"{row.get('corpus', '?')} {row.get('split', '')}",
                _n(row.get("n")),
                str(row.get("reason", "?")),
                str(row.get("other", "")),
            )
            for row in rows
        ],
    )


def _licence(corpus: str) -> str:
    try:
        return info(corpus).licence
    except CorpusError:
        return "unknown"


def _n(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _told(value: Any) -> str:
    """A value in words, without what only machines compare."""
    if isinstance(value, Mapping):
        parts = (
            f"{str(name).replace('_', ' ')} {_told(own)}"
            for name, own in value.items()
            if name not in _FOR_MACHINES and own not in (None, "", [], {})
        )
        return ", ".join(parts)
    if isinstance(value, list | tuple):
        if len(value) > _LONGEST_LIST:
            return f"{len(value):,} entries"
        return "; ".join(_told(own) for own in value)
    if isinstance(value, float):
        return f"{value:,.6g}"
    return str(value)


def _without_teachers(value: Any) -> Any:
    """A distillation's record; its teachers are told one by one."""
    if isinstance(value, Mapping):
        return {name: own for name, own in value.items() if name != "teachers"}
    return value
