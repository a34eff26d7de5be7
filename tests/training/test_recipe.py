import tomllib
from pathlib import Path

import pytest

from bioweave.errors import ConfigurationError
from bioweave.training.corpus_choice import FoldChoice
from bioweave.training.recipe import HeadChoice, Recipe
from bioweave.training.recipe_file import is_of_relations, load_recipe, save_recipe
from bioweave.training.relating.recipe import load_relation_recipe

MINIMAL = """
name = "small"
labels = ["Disease", "Chemical"]
corpora = [{name = "bc5cdr"}]
"""


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.toml"
    path.write_text(MINIMAL)
    return path


def test_defaults_fill_what_a_recipe_leaves_out(recipe_file: Path) -> None:
    recipe = load_recipe(recipe_file)
    assert recipe.head_choices == (
        HeadChoice(name="Disease", labels=("Disease",)),
        HeadChoice(name="Chemical", labels=("Chemical",)),
    )
    assert recipe.features.inputs == ()
    assert recipe.corpora[0].train_on == ("train",)


def test_overrides_are_read_as_toml_else_as_text(recipe_file: Path) -> None:
    recipe = load_recipe(
        recipe_file,
        ["training.epochs=3", "model.encoder=mpnet", "model.characters=cnn", "heads=joint"],
    )
    assert recipe.training.epochs == 3
    assert recipe.model.encoder == "mpnet"
    assert recipe.features.characters
    assert [head.labels for head in recipe.head_choices] == [("Disease", "Chemical")]


def test_no_encoder_is_a_word_of_its_own(recipe_file: Path, tmp_path: Path) -> None:
    recipe = load_recipe(recipe_file, ["model.encoder=none", "model.vectors=true"])
    assert recipe.model.encoder is None
    save_recipe(recipe, tmp_path / "resolved.toml")
    assert load_recipe(tmp_path / "resolved.toml") == recipe


def test_recipes_without_an_encoder_have_none(repository: Path) -> None:
    for name in ("no-encoder", "feature-crf"):
        assert load_recipe(repository / "recipes" / f"{name}.toml").model.encoder is None


def test_a_list_of_tables_is_reached_by_name(recipe_file: Path) -> None:
    one = load_recipe(recipe_file, ['corpora.bc5cdr.train_on=["train", "dev"]'])
    assert [(choice.name, choice.train_on) for choice in one.corpora] == [
        ("bc5cdr", ("train", "dev"))
    ]
    assert load_recipe(recipe_file).corpora[0].train_on == ("train",)


def test_a_saved_recipe_reads_back_the_same(recipe_file: Path, tmp_path: Path) -> None:
    recipe = load_recipe(recipe_file, ["seed=7", "model.context=bilstm"])
    save_recipe(recipe, tmp_path / "resolved.toml")
    assert load_recipe(tmp_path / "resolved.toml") == recipe


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("trainnig.epochs=3", "trainnig: unknown key"),
        ("training.epoch=3", "training.epoch: unknown key"),
        ("model.pool='mean'", "model: unknown key 'pool'"),
        ("windows.max_piece=64", "windows: unknown key 'max_piece'"),
        ("training.epochs=0", "training.epochs: .*greater than 0"),
        ("model.pooling='middle'", "model"),
        ("labels=[]", "labels is empty"),
        ("corpora=[{name='a'},{name='a'}]", "named twice"),
        ("heads=[{name='h',labels=['Gene']}]", "label 'Gene', not in labels"),
        ("epochs", "expected key=value"),
        ("name.first='x'", "'name' is not a table"),
        ("name.first.second=1", "'first' stands in no table"),
        ("corpora.linnaeus.weight=2", "none of the list has the name 'linnaeus'"),
        ("corpora=1", "corpora"),
        ("corpora.bc5cdr.fold={of=1, number=1}", "fold.of: .*greater than or equal to 2"),
        ("corpora.bc5cdr.fold={of=5, number=0}", "fold.number: .*greater than or equal to 1"),
        ("corpora.bc5cdr.fold={of=5, number=6}", "number is 6, and there are only 5 folds"),
        ("corpora.bc5cdr.fold={of=5}", "fold.number: Field required"),
        ("corpora.bc5cdr.share=0", "share: .*greater than 0"),
        ("corpora.bc5cdr.documents=0", "documents: .*greater than 0"),
        ("corpora=[{name='a',share=0.5,documents=9}]", "share and documents both say"),
        ("training={keep='last', patience=2}", "patience stops by dev"),
        ("training.keep='first'", "training.keep"),
        ("augmentation.word.copies=1", "augmentation.word: unknown key"),
        ("augmentation.words.copy=1", "augmentation.words.copy: unknown key"),
        ("augmentation.words.probability=2", "less than or equal to 1"),
        ("augmentation.case.forms=[]", "augmentation.case.forms"),
        ("augmentation.templates={file='a.txt',lines=['{Disease}']}", "in a file or in lines"),
    ],
)
def test_mistakes_are_named_with_their_key(
    recipe_file: Path, override: str, complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        load_recipe(recipe_file, [override])


def test_a_missing_and_a_broken_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such recipe"):
        load_recipe(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("name = ")
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        load_recipe(tmp_path / "broken.toml")


def test_every_recipe_in_the_repository_loads() -> None:
    recipes = sorted((Path(__file__).parents[2] / "recipes").glob("*.toml"))
    kinds = {
        path: load_relation_recipe if is_of_relations(path) else load_recipe for path in recipes
    }
    assert set(kinds.values()) == {load_relation_recipe, load_recipe}
    for path, load in kinds.items():
        assert load(path).name == path.stem


def test_a_misspelt_key_is_named_beside_what_it_leaves_missing(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text('name = "x"\nlabel = ["Disease"]\ncorpora = [{name = "sample"}]\n')
    with pytest.raises(ConfigurationError, match=r"label: unknown key; labels: Field required"):
        load_recipe(path)


def test_thresholds_of_modes_are_checked_and_kept(recipe_file: Path, tmp_path: Path) -> None:
    recipe = load_recipe(
        recipe_file,
        [
            "thresholds.recall.Disease=0.2",
            "lexicon_thresholds.recall.Disease={known = 0.1, unknown = 0.3}",
        ],
    )
    save_recipe(recipe, tmp_path / "saved.toml")
    saved = load_recipe(tmp_path / "saved.toml")
    assert saved.thresholds == {"recall": {"Disease": 0.2}}
    assert saved.lexicon_thresholds["recall"]["Disease"].unknown == 0.3


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("thresholds.recall.Gene=0.2", "recall has a threshold of 'Gene', not in labels"),
        ("thresholds.recall.Disease=1.2", "thresholds.recall.Disease: .* less than or equal to 1"),
        ("thresholds.wild.Disease=0.2", "thresholds.wild"),
        ("lexicon_thresholds.recall.Disease={known = 0.1}", "unknown: Field required"),
    ],
)
def test_wrong_thresholds_are_refused(recipe_file: Path, setting: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        load_recipe(recipe_file, [setting])


def test_students_learn_from_no_augmented_documents(recipe_file: Path) -> None:
    teachers = "distillation.teachers=['run']"
    with pytest.raises(ConfigurationError, match=r"leave out \[distillation\] or"):
        load_recipe(recipe_file, [teachers, "augmentation.greek.copies=1"])
    # Switched off, it is no contradiction.
    assert load_recipe(recipe_file, [teachers, "augmentation.greek.copies=0"]).distillation


def test_augmentation_is_on_where_a_method_is_named(recipe_file: Path, tmp_path: Path) -> None:
    assert not load_recipe(recipe_file).augmentation.is_on
    assert not load_recipe(recipe_file, ["augmentation.words.copies=0"]).augmentation.is_on
    recipe = load_recipe(
        recipe_file,
        [
            "augmentation.words={}",
            "augmentation.templates.per_document=0.5",
            "corpora.bc5cdr.fold={number=2}",
            "corpora.bc5cdr.documents=50",
        ],
    )
    assert recipe.augmentation.is_on
    assert recipe.corpora[0].fold is not None
    assert (recipe.corpora[0].fold.of, recipe.corpora[0].fold.seed) == (5, 0)
    save_recipe(recipe, tmp_path / "saved.toml")
    assert load_recipe(tmp_path / "saved.toml") == recipe


def test_what_the_documentation_says_of_augmentation_is_a_recipe(recipe_file: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "augmentation.md"
    selection, methods = page.read_text().split("```toml\n")[1:]
    table = tomllib.loads(MINIMAL)
    table["corpora"] = tomllib.loads(selection.partition("```")[0])["corpora"]
    table |= tomllib.loads(methods.partition("```")[0])
    recipe = Recipe.model_validate(table)
    assert recipe.corpora[0].fold == FoldChoice(of=5, number=2, seed=0)
    # Every key there is, and where the page gives numbers the defaults.
    kinds = {name: one for name, one in table["augmentation"].items() if isinstance(one, dict)}
    plain = {name: {} for name in kinds}
    defaults = Recipe.model_validate(tomllib.loads(MINIMAL) | {"augmentation": plain}).augmentation
    assert set(table["augmentation"]) == set(type(defaults).model_fields)
    assert recipe.augmentation.grows_epochs == defaults.grows_epochs
    for name in kinds:
        default, shown = getattr(defaults, name), getattr(recipe.augmentation, name)
        assert {*table["augmentation"][name], "copies", "lines"} >= set(type(default).model_fields)
        for key in ("copies", "probability", "unit", "forms", "per_document"):
            assert getattr(default, key, None) == getattr(shown, key, None), (name, key)
