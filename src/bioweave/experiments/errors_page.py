"""A page to look at: a model's mistakes by kind, with examples in their context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

Report = Mapping[str, Any]

# Gold is underlined and what the model found is shaded: no colour is needed to tell them apart.
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --faint: #595959; --line: #d0d0d0;
  --gold: #0a6b3b; --found: #ffdca8; --bar: #9db8dd; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #f0f0f0; --faint: #a8adb5; --line: #3a3f47;
    --gold: #6fdc9f; --found: #5a3d00; --bar: #3f5f8d; } }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 60rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .2rem; }
p { margin: .3rem 0; } .faint { color: var(--faint); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
.bar { display: inline-block; height: .7em; background: var(--bar); border-radius: .15em; }
article { border-top: 1px solid var(--line); padding: .6rem 0; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.gold { border-bottom: 3px solid var(--gold); }
.found { background: var(--found); border-radius: .15em; }
.tag { font-size: .8em; border: 1px solid var(--line); border-radius: 1em; padding: .05em .6em;
  margin-right: .3em; white-space: nowrap; }
"""


def errors_page(report: Report) -> str:
    """The whole page, in HTML that needs nothing else; `report` is what `analyse_errors` gives."""
    title = escape(f"{report['model']} on {report['corpus']} {report['split']}: mistakes")
    body = "\n".join(_body(report, title))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="bioweave">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _body(report: Report, title: str) -> Iterator[str]:
    strict = report["strict"]
    yield f"<h1>{title}</h1>"
    yield (
        f"<p>{report['documents']:,} documents, {strict['support']:,} gold mentions "
        f"({escape(', '.join(report['labels']))}). Strict F1 {strict['f1']:.4f}, precision "
        f"{strict['precision']:.4f}, recall {strict['recall']:.4f}. {report['mistakes']:,} "
        f"mistakes: {report['misses']:,} misses, {report['false_alarms']:,} false alarms; a miss "
        "and a false alarm that overlap are one mistake.</p>"
    )
    if report["saw_split"]:
        yield (
            "<p><strong>The model learned from these documents: its mistakes on new texts are "
            "more, and others.</strong></p>"
        )
    yield _kinds_table(report)
    if len(report["labels"]) > 1:
        yield _labels_table(report)
    yield (
        '<p>In the examples <span class="gold">gold is underlined</span>, and '
        '<span class="found">what the model found is shaded</span>.</p>'
    )
    for kind in report["kinds"]:
        if kind["mistakes"]:
            yield from _section(kind)


def _kinds_table(report: Report) -> str:
    headings = (
        "kind",
        "mistakes",
        "share",
        "",
        "misses",
        "false alarms",
        "F1 gain",
        "also bear it",
    )
    rows = [
        (
            f'<a href="#{kind["kind"]}">{kind["kind"]}</a>' if kind["mistakes"] else kind["kind"],
            f"{kind['mistakes']:,}",
            f"{kind['share']:.1%}",
            f'<span class="bar" style="width:{8 * kind["share"]:.2f}rem"></span>',
            f"{kind['misses']:,}",
            f"{kind['false_alarms']:,}",
            f"{100 * kind['f1_gain']:+.2f}",
            f"{kind['bearing'] - kind['mistakes']:,}",
        )
        for kind in report["kinds"]
    ]
    return _table(headings, rows) + (
        '<p class="faint">F1 gain: by how many points strict F1 would rise if the kind vanished.'
        "</p>"
    )


def _labels_table(report: Report) -> str:
    labels = report["labels"]
    rows = [
        (
            kind["kind"],
            *(f"{report['by_label'][label][kind['kind']]:,}" for label in labels),
        )
        for kind in report["kinds"]
    ]
    return _table(("kind", *map(escape, labels)), rows)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return f'<div class="wide"><table>\n<tr>{head}</tr>\n{body}</table></div>'


def _section(kind: Report) -> Iterator[str]:
    yield f'<h2 id="{kind["kind"]}">{kind["kind"]}: {kind["mistakes"]:,}</h2>'
    yield f'<p class="faint">{escape(kind["meaning"])}</p>'
    tags = "".join(_tag(f"{tag} {count:,}") for tag, count in kind["tags"].items())
    yield f"<p>{tags}</p>"
    for example in kind["examples"]:
        yield (
            f'<article>\n<p class="faint">{escape(example["document"])} '
            f"{''.join(map(_tag, example['tags']))}</p>\n"
            f'<p class="text">{"".join(_marked(example))}</p>\n'
            f"<p>{_said('gold', example['gold'])}; {_said('found', example['predicted'])}</p>\n"
            "</article>"
        )


def _tag(text: str) -> str:
    return f'<span class="tag">{escape(text)}</span>'


def _said(side: str, mention: Report | None) -> str:
    if mention is None:
        return f"{side}: nothing"
    sure = f" ({mention['confidence']:.2f})" if "confidence" in mention else ""
    words = f"{side}: {mention['text']}, {mention['label']}{sure}"
    return escape(" ".join(words.split()))


def _marked(example: Report) -> Iterator[str]:
    """The context, cut wherever a mention starts or ends."""
    text, offset = example["context"], example["context_start"]
    spans = {
        name: (mention["start"] - offset, mention["end"] - offset)
        for name, mention in (("gold", example["gold"]), ("found", example["predicted"]))
        if mention is not None
    }
    cuts = sorted({0, len(text), *(cut for span in spans.values() for cut in span)})
    for start, end in pairwise(cuts):
        names = [name for name, span in spans.items() if span[0] <= start and end <= span[1]]
        piece = escape(text[start:end])
        yield f'<span class="{" ".join(names)}">{piece}</span>' if names else piece
