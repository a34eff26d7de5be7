"""Rules: what each kind does, and files of them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_texts import invented_text
from pydantic import TypeAdapter
from tiny_tagger import load_tiny_bundle

from bioweave.annotator import Annotator
from bioweave.annotator.brackets import paired
from bioweave.annotator.rule_files import labels_given, load_rules, shipped_rules, shipped_text
from bioweave.annotator.rules import Rule, RulesOfMode
from bioweave.document import Span
from bioweave.errors import ConfigurationError

LABELS = ("Disease", "Chemical")


def rule(**keys: object) -> Rule:
    return TypeAdapter(Rule).validate_python({"name": "r", **keys})


def changed(text: str, mention: str, *rules: Rule, label: str = "Disease") -> str | None:
    """What rules make of the first place of a mention in a text."""
    start = text.index(mention)
    chosen = RulesOfMode(rules, "balanced", LABELS)
    extent = chosen.apply(text, label, Span(start, start + len(mention)))
    return None if extent is None else text[slice(*extent)]


@pytest.mark.parametrize(
    ("text", "mention", "repaired"),
    [
        ("of vitamin B(12) now", "vitamin B(12", "vitamin B(12)"),
        ("of (3)H-nol now", "3)H-nol", "(3)H-nol"),
        ("see (nol) now", "(nol", "nol"),
        ("see (old nol ) now", "nol )", "nol"),
        ("a di(nol)ol now", "di(nol", "di(nol)"),
        ("see nol (an old", "nol (an old", None),
        ("[a(b]c)", "[a(b]c)", None),
        ("no brackets", "brackets", "brackets"),
        ("all (in) pairs [x]", "(in) pairs [x]", "(in) pairs [x]"),
        ("lone ( here", "(", None),
        ("two ((nol now", "((nol", "nol"),
    ],
)
def test_brackets_come_in_pairs(text: str, mention: str, repaired: str | None) -> None:
    assert changed(text, mention, rule(kind="brackets")) == repaired
    dropped = changed(text, mention, rule(kind="brackets", action="drop"))
    assert dropped == (mention if mention == repaired else None)


@given(st.text("ab ()[]{}", max_size=12), st.data())
def test_what_brackets_leave_is_paired_and_a_stretch_of_the_text(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    extent = paired(text, Span(start, end))
    if extent is not None:
        assert 0 <= extent.start <= extent.end <= len(text)
        assert paired(text, extent, can_repair=False) == extent


def test_edges_are_trimmed_again_and_again_and_nothing_left_is_dropped() -> None:
    trim = rule(kind="trim", start=r"(?:the|a)\s+", end=r"[\s,]")
    assert changed("It was The a gout, , then", "The a gout, ,", trim) == "gout"
    assert changed("so, , then", ", ,", trim) is None
    assert changed("the Gout", "the Gout", rule(kind="trim", start="THE ", ignore_case=False)) == (
        "the Gout"
    )


def test_what_a_lexicon_knows_as_it_is_stays_whole() -> None:
    def known(mention: str, label: str) -> bool:
        return (mention, label) == ("severe velmar gout", "Disease")

    chosen = RulesOfMode(
        [
            rule(kind="trim", start=r"severe\s+|old\s+"),
            rule(name="no", kind="never", words=["gout"]),
        ],
        "balanced",
        LABELS,
    )
    text = "(severe velmar gout, severe gout, severe knees)"
    for mention, label, left in [
        ("severe velmar gout", "Disease", "severe velmar gout"),
        ("severe velmar gout", "Chemical", "velmar gout"),
        ("severe knees", "Disease", "knees"),
        ("severe gout", "Disease", None),
    ]:
        start = text.index(mention)
        extent = chosen.apply(text, label, Span(start, start + len(mention)), known)
        assert (extent and text[slice(*extent)]) == left


def test_patterns_and_words_drop_and_keep_whole_mentions() -> None:
    numbers = rule(kind="drop", pattern=r"[\d.]+")
    assert changed("12.5 mg", "12.5", numbers) is None
    assert changed("12.5 mg", "12.5 mg", numbers) == "12.5 mg"
    never = rule(kind="never", words=["Severe"])
    assert changed("SEVERE gout", "SEVERE", never) is None
    assert changed("SEVERE gout", "SEVERE gout", never) == "SEVERE gout"
    keep = rule(kind="keep", pattern="12.*", name="k")
    assert changed("12.5 mg", "12.5", numbers, keep) == "12.5"


def test_rules_hold_in_their_modes_and_for_their_labels_when_they_are_on() -> None:
    here = {"kind": "never", "words": ["gout"]}
    assert changed("gout", "gout", rule(**here, labels=["Chemical"])) == "gout"
    assert changed("gout", "gout", rule(**here, labels=["Chemical"]), label="Chemical") is None
    assert changed("gout", "gout", rule(**here, modes=["recall"])) == "gout"
    assert changed("gout", "gout", rule(**here, enabled=False)) == "gout"


def test_shipped_rules_say_what_they_do_and_did() -> None:
    rules = shipped_rules().rules
    assert len({one.name for one in rules}) == len(rules)
    assert all(one.description and one.effect for one in rules)
    assert all(one.enabled or "off" in one.effect for one in rules)


def test_a_file_changes_shipped_rules_and_adds_to_them(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        """
        [[rules]]
        name = "brackets"
        enabled = false

        [[rules]]
        name = "mine"
        kind = "drop"
        pattern = "gout.*"
        """
    )
    rules = load_rules(path).rules
    shipped = shipped_rules().rules
    assert [one.name for one in rules] == [*(one.name for one in shipped), "mine"]
    assert not rules[0].enabled
    assert rules[0].description == shipped[0].description
    assert rules[1:-1] == shipped[1:]
    (tmp_path / "shipped.toml").write_text(shipped_text(), encoding="utf-8")
    assert load_rules(tmp_path / "shipped.toml").rules == shipped


def test_a_file_tells_which_labels_it_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        """
        rules = [
            { name = "class-words", modes = ["recall"] },
            { name = "articles", enabled = true, labels = ["Disorder"] },
            { name = "mine", kind = "drop", pattern = "gout", labels = ["Disorder", "Gene"] },
            { name = "off", kind = "drop", pattern = "x", labels = ["Cell"], enabled = false },
            { name = "all", kind = "drop", pattern = "x" },
        ]
        """
    )
    assert labels_given(path) == {"Disorder": ["articles", "mine"], "Gene": ["mine"]}


def test_the_rules_that_the_docs_show_hold(repository: Path, tmp_path: Path) -> None:
    page = (repository / "docs" / "modes.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"^```toml\n(.*?)^```$", page, re.M | re.S)
    (tmp_path / "rules.toml").write_text(shown, encoding="utf-8")
    rules = {one.name: one for one in load_rules(tmp_path / "rules.toml").rules}
    assert not rules["severity-before"].enabled
    assert changed("placebo", "placebo", rules["no-placebo"], label="Chemical") is None
    assert all(f"`{one.name}`" in page for one in shipped_rules().rules)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[rules]\n", "rules.toml: not valid TOML: .*line 1"),
        ("colour = 1\n", "unknown key 'colour'"),
        ("rules = 3\n", "rules is no list of tables"),
        ("\n[[rules]]\nkind = 'drop'\npattern = 'a'\n", "line 2: rule 1: name|rule 1, name"),
        (
            "[[rules]]\nname = 'x'\nkind = 'drop'\npattern = '('\n",
            "line 4: rule 'x', pattern: not a regular expression",
        ),
        (
            "[[rules]]\nname = 'brackets'\n\n[[rules]]\nname = 'x'\nkind = 'erase'\n",
            "line 6: rule 'x', kind: it is one of brackets, trim, drop, keep, never",
        ),
        ("[[rules]]\nname = 'x'\n", "line 1: rule 'x', kind: it is one of"),
        (
            "[[rules]]\nname = 'brackets'\nmodus = ['recall']\n",
            "line 3: rule 'brackets', modus: unknown key",
        ),
        (
            "[[rules]]\nname = 'brackets'\nmodes = ['wild']\n",
            "line 3: rule 'brackets', modes: .*'precision'",
        ),
        (
            "[[rules]]\nname = 'brackets'\n[[rules]]\nname = 'brackets'\n",
            "line 4: rule 'brackets', name: two rules of this file have it",
        ),
        ("[[rules]]\nname = 'x'\nkind = 'never'\nwords = []\n", "line 4: rule 'x', words: "),
        ("[[rules]]\nname = 'x'\nkind = 'never'\nwords = ['']\n", "line 4: rule 'x', words: "),
        (
            "\n[[rules]]\nname = 'x'\nkind = 'trim'\n",
            "rules.toml, line 2: rule 'x': it cuts off nothing; give start, end, or both",
        ),
        (
            "[[rules]]\nname = 'x'\nkind = 'drop'\npattern = ''\n",
            "line 4: rule 'x', pattern: an empty pattern matches nothing",
        ),
        (
            "[[rules]]\nname = 'x'\nkind = 'trim'\nend = 's'\nstart = ''\n",
            "line 5: rule 'x', start: an empty pattern matches nothing",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=complaint):
        load_rules(path)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such file"):
        load_rules(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load_rules(tmp_path / "latin.toml")


def test_an_annotator_goes_by_a_file_of_rules(tmp_path: Path) -> None:
    bundle = load_tiny_bundle(tmp_path / "tiny")
    text = invented_text(6, n_sentences=10)
    path = tmp_path / "rules.toml"
    path.write_text(
        '[[rules]]\nname = "none"\nkind = "drop"\npattern = "(?s).*"\nlabels = ["Gene"]\n'
    )
    everything, fewer = Annotator(bundle)(text), Annotator(bundle, rules=path)(text)
    assert any(one.label == "Gene" for one in everything.mentions)
    assert fewer.mentions == tuple(one for one in everything.mentions if one.label != "Gene")
    # A mention that is kept needs no confidence.
    path.write_text(
        '[[rules]]\nname = "all"\nkind = "keep"\npattern = "(?s).*"\nlabels = ["Gene"]\n'
    )
    kept = Annotator(bundle, rules=path, mode="precision", labels=["Gene"])(text)
    every = Annotator(bundle, rules=path, labels=["Gene"])(text)
    assert kept.mentions == every.mentions


@pytest.mark.parametrize(
    ("name", "mention", "left"),
    [
        ("severity-before", "Severe mild gout", "gout"),
        ("severity-before", "severe combined immunodeficiency", None),
        ("severity-before", "Severe acute respiratory syndrome", None),
        ("severity-before", "mild cognitive impairment", None),
        ("isotopes-before", "[3H]-nol", "nol"),
        ("isotopes-before", "[(14)C]nol", "nol"),
        ("isotopes-before", "[99mTc]nol", "nol"),
        ("isotopes-before", "(2S)-nol", None),
        ("isotopes-before", "(13E)-nol", None),
        ("isotopes-before", "(11b)-nol", None),
    ],
)
def test_the_packages_trims_leave_names_whole(name: str, mention: str, left: str | None) -> None:
    chosen = next(one for one in shipped_rules().rules if one.name == name)
    label = chosen.labels[0]
    assert changed(f"of {mention} now", mention, chosen, label=label) == (left or mention)
