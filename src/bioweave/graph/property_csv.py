"""A folder of CSV as BioCypher writes it, which `neo4j-admin database import` reads.

For each label of nodes, and for each one of edges, `Label-header.csv` and `Label-part000.csv`:
columns apart by `;`, lists by `|`, every text in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path

from bioweave.errors import ConfigurationError
from bioweave.graph.elements import Edge, Graph, Node
from bioweave.whole_files import write_whole

_NODE_HEADER = (":ID", "name", "n_documents:long", "id", ":LABEL")
_EDGE_HEADER = (
    ":START_ID",
    "n_relations:long",
    "n_documents:long",
    "mean_confidence:double",
    "max_confidence:double",
    "documents:string[]",
    "evidence",
    "evidence_document",
    ":END_ID",
    ":TYPE",
)
_CALL = "neo4j-admin-import-call.sh"


def refuse_graph_in(folder: Path) -> None:
    """Raise ConfigurationError where a folder holds an earlier graph: the two would mix."""
    if any(folder.glob("*-part000.csv")):
        raise ConfigurationError(
            f"{folder} holds the graph of an earlier run; remove it or choose another folder"
        )


def write_property_csv(graph: Graph, folder: Path) -> None:
    """Write the files and `neo4j-admin-import-call.sh`, which imports them.

    Labels become names that Neo4j takes without quotes (`CPR:4` is `CPR_4`).
    """
    nodes: dict[str, list[Node]] = {}
    for node in graph.nodes:
        nodes.setdefault(node.label, []).append(node)
    edges: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        edges.setdefault(edge.label, []).append(edge)
    names = _file_names((*nodes, *(f"\0{label}" for label in edges)))
    for label, group in nodes.items():
        rows = (_node_row(node, names[label]) for node in group)
        _write(folder, names[label], _NODE_HEADER, rows)
    for label, grouped in edges.items():
        name = names[f"\0{label}"]
        _write(folder, name, _EDGE_HEADER, (_edge_row(edge, name) for edge in grouped))
    call = _import_call([names[label] for label in nodes], [names[f"\0{label}"] for label in edges])
    write_whole(folder / _CALL, call.encode())


def _file_names(labels: Iterable[str]) -> Mapping[str, str]:
    """A name for each label, no two alike even where letters have no case."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        plain = re.sub(r"\W+", "_", label.lstrip("\0")).strip("_") or "Unnamed"
        plain = f"_{plain}" if plain[0].isdigit() else plain
        name = next(
            name
            for name in (plain if n == 1 else f"{plain}_{n}" for n in count(1))
            if name.lower() not in taken
        )
        taken.add(name.lower())
        names[label] = name
    return names


def _write(folder: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    write_whole(folder / f"{name}-header.csv", ";".join(header).encode())
    lines = "".join(f"{';'.join(row)}\n" for row in rows)
    write_whole(folder / f"{name}-part000.csv", lines.encode())


def _node_row(node: Node, label: str) -> tuple[str, ...]:
    return _quoted(node.id), _quoted(node.name), str(node.n_documents), _quoted(node.id), label


def _edge_row(edge: Edge, type_: str) -> tuple[str, ...]:
    return (
        _quoted(edge.head),
        str(edge.n_relations),
        str(edge.n_documents),
        _number(edge.mean_confidence),
        _number(edge.max_confidence),
        _quoted("|".join(id.replace("|", " ") for id in edge.documents)),
        _quoted(edge.evidence),
        _quoted(edge.evidence_document),
        _quoted(edge.tail),
        type_,
    )


def _quoted(text: str | None) -> str:
    """A text in quotes, its own ones doubled; nothing where there is none."""
    return "" if text is None else '"' + text.replace('"', '""') + '"'


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _import_call(nodes: Sequence[str], edges: Sequence[str]) -> str:
    files = [f'--nodes="$here/{name}-header.csv,$here/{name}-part.*"' for name in nodes]
    files += [f'--relationships="$here/{name}-header.csv,$here/{name}-part.*"' for name in edges]
    options = ['--delimiter=";"', '--array-delimiter="|"', "--quote='\"'", *files, "neo4j"]
    return (
        "#!/bin/bash\n# Neo4j 5 and later. NEO4J_HOME is where it is installed.\n"
        'here="$(cd "$(dirname "$0")" && pwd)"\n'
        '"${NEO4J_HOME:-.}/bin/neo4j-admin" database import full \\\n    '
        + " \\\n    ".join(options)
        + "\n"
    )
