"""Switches: each does something somewhere, and says why it does not elsewhere."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.inline_toml import inline
from bioweave.experiments.runs.switches import Skipped, Variant, choose, load_switches, throw
from bioweave.training import load_recipe

SWITCHES = load_switches().switches
# One that has everything, and one that has nothing.
RICH = [
    "model.vectors=true",
    "model.vectors_at=both",
    "model.characters=bilstm",
    "model.pos=true",
    "model.context=bilstm",
    "augmentation={words={}}",
]
PARTS = (
    "word embeddings, characters, parts of speech, dictionary, context, decoder, tag scheme, "
    "tasks, augmentation, encoder"
)

values = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(values.filter(lambda value: "\ud800" not in repr(value)))
def test_inline_values_are_read_as_what_they_were(value):
    try:
        repr(value).encode()
    except UnicodeEncodeError:
        return
    assert tomllib.loads(f"x = {inline(value)}")["x"] == value


def outcomes(recipe: Path, overrides: list[str]) -> dict[str, Variant | Skipped]:
    base = load_recipe(recipe, overrides)
    return {
        switch.name: throw(
            switch, base, lambda changes: load_recipe(recipe, [*overrides, *changes])
        )
        for switch in SWITCHES
    }


def test_every_switch_is_thrown_in_one_recipe_or_another(recipe, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("gout\n")
    files = f'dictionary.names={{Disease="{names}", Chemical="{names}"}}'
    rich = outcomes(recipe, [*RICH, "model.dictionary=true", files])
    other = ["model.decoder=softmax", "scheme=BIOES", "training.freeze_encoder=true", files]
    other.append("training.heads_in_turn=true")
    plain = outcomes(recipe, other)
    for name in rich:
        assert isinstance(rich[name], Variant) or isinstance(plain[name], Variant), name
    thrown = [one.switch.part for one in rich.values() if isinstance(one, Variant)]
    assert set(thrown) == set(PARTS.split(", "))
    already = [name for name, one in rich.items() if isinstance(one, Skipped)]
    assert already == (
        "vectors character-bilstm pos dictionary bilstm crf bio jointly trained-encoder".split()
    )
    assert {rich[name].reason for name in already} == {"the recipe is so already"}


def test_what_makes_no_recipe_is_left_out_and_says_why(recipe):
    one_label = outcomes(recipe, ["labels=['Disease']"])
    for name in ("one-head", "single-task"):
        assert one_label[name] == Skipped(name, "the recipe has no several labels")
    assert "no lexicon" in one_label["dictionary"].reason
    bare = outcomes(recipe, ["model.encoder=none", "model.characters=cnn"])
    assert bare["frozen-encoder"] == Skipped("frozen-encoder", "the recipe has no encoder")
    assert "sees no words" in bare["no-characters"].reason


def test_single_tasks_take_their_own_label_and_corpora(recipe):
    overrides = [
        "thresholds.balanced={Disease=0.4, Chemical=0.3}",
        "short_forms.needs_long_form=['Chemical']",
        'corpora=[{name="sample"}, {name="ncbi-disease"}]',
    ]
    base = load_recipe(recipe, overrides)
    (switch,) = choose(SWITCHES, ["single-task"])
    variant = throw(switch, base, lambda changes: load_recipe(recipe, [*overrides, *changes]))
    disease, chemical = (load_recipe(recipe, [*overrides, *one]) for one in variant.taggers)
    assert (disease.labels, chemical.labels) == (("Disease",), ("Chemical",))
    assert [one.name for one in disease.corpora] == ["sample", "ncbi-disease"]
    assert [one.name for one in chemical.corpora] == ["sample"]
    assert chemical.thresholds == {"balanced": {"Chemical": 0.3}}
    assert chemical.short_forms.needs_long_form == ("Chemical",)
    assert disease.short_forms.needs_long_form == ()
    assert disease.model == base.model


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("switches = 3", "not a file of switches"),
        ('[[switches]]\nname = "a"\npart = "b"\nmeaning = "c"\nsets = []', "unknown key 'sets'"),
        ('[[switches]]\nname = "a"', "part"),
        ('study = "reading"', "study"),
        ('studies = "ablation"', "unknown key 'studies'"),
        ("[[switches", "not a file of switches"),
        ('[[switches]]\nname = "a"\npart = "b"\nmeaning = "c"\n' * 2, "share a name"),
    ],
)
def test_a_wrong_file_of_switches_is_an_error(tmp_path, text, complaint):
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=complaint):
        load_switches(path)


def test_heads_without_a_corpus_make_no_recipe(recipe):
    # Diseases of one corpus, chemicals of another: no document teaches a head for both.
    both = 'corpora=[{name="ncbi-disease"}, {name="bc5cdr", evaluate=false}]'
    heads = (
        'heads=[{name="Chemical", labels=["Chemical"], corpora=["bc5cdr"]}, '
        '{name="Disease", labels=["Disease"], corpora=["ncbi-disease"]}]'
    )
    found = outcomes(recipe, [both, heads])
    assert "'ncbi-disease' annotates Disease and trains none" in found["one-head"].reason
    # Chemicals are measured nowhere, so there is no tagger of their own.
    (disease,) = found["single-task"].taggers
    assert 'labels=["Disease"]' in disease


def test_a_file_names_its_study_and_the_recipe_as_it_is(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('study = "augmentation"\nwhole = "none"\n')
    found = load_switches(path)
    assert (found.study, found.whole, found.switches) == ("augmentation", "none", ())
    assert (load_switches().study, load_switches().whole) == ("ablation", "the recipe")


def test_an_unknown_switch_is_an_error(tmp_path):
    with pytest.raises(ConfigurationError, match="no switch 'no-such'; there are no-vectors"):
        choose(SWITCHES, ["no-such"])
    with pytest.raises(ConfigurationError, match="no such file"):
        load_switches(tmp_path / "none.toml")
