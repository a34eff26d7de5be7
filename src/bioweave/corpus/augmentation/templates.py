"""Sentences made from templates: `{Disease}` is a slot, and whatever fills it a mention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random

from bioweave.corpus.augmentation.names import NameSource, draw_other
from bioweave.document import Document, Mention
from bioweave.errors import FormatError, Place

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with a slot between any two of its `texts`; `labels` are the slots'."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    def fill(self, names: NameSource, chance: Random) -> Document:
        """The sentence with a name in each slot, as its mention; no name twice if it can be.

        `names` must have all the labels. The document's id is empty.
        """
        text = self.texts[0]
        mentions: list[Mention] = []
        for label, following in zip(self.labels, self.texts[1:], strict=True):
            used = [mention.text for mention in mentions]
            name = draw_other(names, label, used, chance) or names.draw(label, chance)
            mentions.append(Mention(len(text), len(text) + len(name), name, label))
            text += name + following
        return Document("", text, tuple(mentions))


def parse_templates(lines: Iterable[str], source: str) -> list[Template]:
    """A template from each line that is neither blank nor begins with `#`.

    Raises FormatError, naming `source` and the line, for one without a slot or with a brace that
    belongs to none.
    """
    found = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        texts, labels = _SLOT.split(text)[::2], _SLOT.findall(text)
        problem = "no slot" if not labels else None
        if any(brace in part for part in texts for brace in "{}"):
            problem = "a brace that belongs to no slot"
        if problem:
            raise FormatError(
                f"{text!r} has {problem}; expected a sentence such as 'Treatment of {{Disease}}.'",
                Place(source, line=number),
            )
        found.append(Template(tuple(texts), tuple(labels)))
    return found


def read_templates(path: Path) -> list[Template]:
    """The templates in a text file, one a line. Raises FormatError where it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"no readable templates: {error}", Place(str(path))) from error
    return parse_templates(lines, str(path))


def own_templates() -> list[Template]:
    """The templates that come with bioweave."""
    name = "templates.txt"
    text = files("bioweave.corpus.augmentation").joinpath(name).read_text(encoding="utf-8")
    return parse_templates(text.splitlines(), name)


def make_sentences(
    templates: Sequence[Template], names: NameSource, n: int, *, name: str, seed: int = 0
) -> list[Document]:
    """`n` documents of one sentence, from templates drawn at random; ids begin with `name`.

    Templates with a slot for a label that `names` lacks are left out; none is left means no
    documents. The first of more documents are the same as all of fewer.
    """
    usable = [one for one in templates if all(label in names.labels for label in one.labels)]
    made = []
    for number in range(1, n + 1) if usable else ():
        chance = Random(f"{seed}\0{name}\0{number}")
        sentence = chance.choice(usable).fill(names, chance)
        made.append(
            Document(
                f"{name}+templates-{number}",
                sentence.text,
                sentence.mentions,
                metadata={"augmentation": "templates"},
            )
        )
    return made
