"""Explanations as a page that needs nothing else: no script, no font, no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from bioweave.explanation.record import Explanation, WordWeight
from bioweave.explanation.rendering.telling import (
    Fact,
    facts,
    heaviest_weight,
    pieces,
    verdict,
)

_HEAVIEST = 12
# Blue for and orange against, for every kind of eye. The ground gets at most so much colour that
# ink keeps a contrast of 4.5 to 1 on it.
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --faint: #595959; --line: #d0d0d0;
  --for: 90 160 255; --against: 255 165 70; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #f0f0f0; --faint: #a8adb5; --line: #3a3f47;
    --for: 40 90 190; --against: 160 80 10; } }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 52rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
article { border-top: 1px solid var(--line); padding: 1rem 0 2rem; }
h2 { font-size: 1rem; margin: 0 0 .2rem; }
.method { color: var(--faint); font-size: .85rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 2; margin: 1rem 0; }
.word { border-radius: .2em; padding: .1em 0; background: rgb(var(--hue) / var(--share)); }
.for { --hue: var(--for); } .against { --hue: var(--against); }
.span { border-bottom: 2px solid var(--ink); font-weight: 600; }
table { border-collapse: collapse; font-size: .9rem; margin: .5rem 0; }
th { text-align: left; font-weight: 400; color: var(--faint); padding: .1rem 1rem .1rem 0;
  vertical-align: top; white-space: nowrap; }
td { padding: .1rem 1rem .1rem 0; overflow-wrap: anywhere; }
td.weight { text-align: right; font-variant-numeric: tabular-nums; }
.bar { display: inline-block; height: .7em; width: calc(12rem * var(--share));
  background: rgb(var(--hue)); }
"""
_HEAD = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="bioweave">
<title>Explanations</title>
<style>{_STYLE}</style>
</head>
<body>
"""
_TAIL = "</body>\n</html>\n"


def render_html(explanations: Iterable[Explanation]) -> str:
    """The page, an article for each explanation."""
    return "".join([_HEAD, *map(_article, explanations), _TAIL])


def _article(explanation: Explanation) -> str:
    return (
        f"<article>\n<h2>{escape(verdict(explanation))}</h2>\n"
        f'<p class="method">{escape(explanation.document)}, by {escape(explanation.method)}</p>\n'
        f'<div class="text">{"".join(_text(explanation))}</div>\n'
        f"<table>\n{''.join(_bars(explanation))}</table>\n"
        f"<table>\n{''.join(map(_row, facts(explanation)))}</table>\n</article>\n"
    )


def _text(explanation: Explanation) -> Iterator[str]:
    largest = heaviest_weight(explanation)
    for text, word, in_span in pieces(explanation):
        classes = ["span"] * in_span
        if word is None:
            yield f'<span class="span">{escape(text)}</span>' if in_span else escape(text)
            continue
        classes = ["word", _side(word), *classes]
        yield (
            f'<span class="{" ".join(classes)}" style="--share:{abs(word.weight) / largest:.3f}" '
            f'title="{word.weight:+.4f}">{escape(text)}</span>'
        )


def _bars(explanation: Explanation) -> Iterator[str]:
    largest = heaviest_weight(explanation)
    for word in explanation.heaviest(_HEAVIEST):
        share = abs(word.weight) / largest
        if share >= 0.01:
            yield (
                f'<tr><th>{escape(word.text)}</th><td class="weight">{word.weight:+.3f}</td>'
                f'<td><span class="bar {_side(word)}" style="--share:{share:.3f}"></span></td>'
                "</tr>\n"
            )


def _row(fact: Fact) -> str:
    return f"<tr><th>{escape(fact.title)}</th><td>{escape(fact.text)}</td></tr>\n"


def _side(word: WordWeight) -> str:
    return "for" if word.weight > 0 else "against"
