from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bioweave.corpus import LABELS
from bioweave.corpus.augmentation import (
    NameList,
    make_sentences,
    own_templates,
    parse_templates,
    read_templates,
)
from bioweave.errors import FormatError
from bioweave.text import segment

NAMES = NameList({"Disease": ["pox", "α-fever"], "Chemical": ["dolumide"]})


def test_slots_become_mentions() -> None:
    (template,) = parse_templates(
        ["", "# remark", "With {Disease} and {Disease}: {Chemical}."], "x"
    )
    document = template.fill(NAMES, Random(1)).checked()
    assert sorted(mention.text for mention in document.mentions) == ["dolumide", "pox", "α-fever"]
    assert [mention.label for mention in document.mentions] == ["Disease", "Disease", "Chemical"]
    assert document.text.startswith("With ") and document.text.endswith(": dolumide.")


def test_a_name_comes_twice_where_there_is_no_other() -> None:
    (template,) = parse_templates(["{Chemical} or {Chemical}"], "x")
    assert template.fill(NAMES, Random(0)).text == "dolumide or dolumide"


def test_sentences_are_made_of_the_templates_that_can_be_filled() -> None:
    templates = parse_templates(["No {Gene}.", "Of {Disease}.", "Both {Chemical}, {Disease}."], "x")
    made = make_sentences(templates, NAMES, 30, name="mine", seed=2)
    assert len(made) == 30
    assert [made[0].id, made[29].id] == ["mine+templates-1", "mine+templates-30"]
    assert {document.checked().text.split()[0] for document in made} == {"Of", "Both"}
    assert make_sentences(templates, NAMES, 10, name="mine", seed=2) == made[:10]
    assert make_sentences(templates, NAMES, 30, name="mine", seed=3) != made
    assert make_sentences(templates[:1], NAMES, 5, name="mine") == []


def test_own_templates_are_single_sentences_for_each_label() -> None:
    templates = own_templates()
    names = NameList({label: [f"{label}ine"] for label in LABELS})
    assert {label for template in templates for label in template.labels} == set(LABELS)
    for template in templates:
        document = template.fill(names, Random(0))
        assert len(segment(document.text)) == 1, document.text


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("No slot here.", "has no slot"),
        ("One {Disease} and {a b}.", "a brace that belongs to no slot"),
        ("One {Disease.", "has no slot|a brace"),
        ("Nested {{Disease}}.", "a brace that belongs to no slot"),
    ],
)
def test_bad_templates_are_named_with_their_line(line: str, complaint: str) -> None:
    with pytest.raises(FormatError, match=rf"mine, line 2: .*({complaint})"):
        parse_templates(["Good {Disease}.", line], "mine")


def test_templates_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "templates.txt"
    path.write_text("# mine\nOf {Disease}.\n")
    assert [template.labels for template in read_templates(path)] == [("Disease",)]
    with pytest.raises(FormatError, match="no readable templates"):
        read_templates(tmp_path / "none.txt")
