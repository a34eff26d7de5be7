"""Questions to what a large run wrote, answered by DuckDB over its Parquet shards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bioweave.cluster.association import fisher_p, pointwise_information
from bioweave.cluster.folder import MANIFEST, REPORT
from bioweave.cluster.tables import YEAR
from bioweave.errors import ConfigurationError, MissingExtraError
from bioweave.whole_files import read_json

Unit = Literal["document", "sentence"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns and rows, the most important row first."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class MinedRun:
    """A complete run with Parquet; each question is a method.

    What a mention is about is its likeliest concept, and for one without concepts its name in lower
    case. Raises ConfigurationError for a folder that holds no such run.
    """

    def __init__(self, folder: Path) -> None:
        try:
            import duckdb
        except ModuleNotFoundError as error:
            raise MissingExtraError("duckdb", extra="scale", needed_for="mining") from error
        self._totals = _checked_report(folder)
        self._database = duckdb.connect()
        self._has_relations = next(folder.glob("shard-*/relations.parquet"), None) is not None
        tables = ["documents", "mentions", "concepts"]
        for table in [*tables, "relations"] if self._has_relations else tables:
            files = f"{_literally(folder)}/shard-*/{table}.parquet".replace("'", "''")
            self._database.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{files}')")
        self._database.execute(
            "CREATE VIEW subjects AS SELECT document, sentence, label, year, concept AS subject, "
            "name FROM concepts WHERE rank = 0 UNION ALL SELECT document, sentence, label, year, "
            "lower(text), lower(text) FROM mentions WHERE n_concepts = 0"
        )

    def concepts(self, label: str | None = None, n: int = 20) -> Answer:
        """The concepts with the most mentions."""
        return self._ask(
            ("concept", "name", "label", "mentions", "documents"),
            "SELECT concept, mode(name), label, count(*) AS n, count(DISTINCT document) "
            "FROM concepts WHERE rank = 0 AND ($label IS NULL OR label = $label) "
            "GROUP BY concept, label ORDER BY n DESC, concept LIMIT $n",
            label=label,
            n=n,
        )

    def unlinked(self, label: str | None = None, n: int = 20) -> Answer:
        """Names of mentions without a concept, those with the most first: a curator's queue."""
        return self._ask(
            ("name", "label", "mentions", "documents", "confidence", "example"),
            "SELECT lower(text) AS name, label, count(*) AS n, count(DISTINCT document), "
            "round(avg(confidence), 3), min(document) "
            "FROM mentions WHERE n_concepts = 0 AND ($label IS NULL OR label = $label) "
            "GROUP BY name, label ORDER BY n DESC, name, label LIMIT $n",
            label=label,
            n=n,
        )

    def documents(self, concept: str, n: int = 20) -> Answer:
        """The documents that are about a concept or a name, most mentions first."""
        return self._ask(
            ("document", "mentions", "year"),
            "SELECT document, count(*) AS n, any_value(year) FROM subjects "
            "WHERE subject = $subject GROUP BY document ORDER BY n DESC, document LIMIT $n",
            subject=self._subject(concept),
            n=n,
        )

    def trend(self, concept: str) -> Answer:
        """By year, the documents about a concept, all documents, and the share in percent."""
        return self._ask(
            ("year", "documents", "of", "percent"),
            "WITH every AS (SELECT "
            "TRY_CAST(regexp_extract(json_extract_string(metadata, '$.year'), $year, 1) "
            "AS SMALLINT) AS year, count(*) AS n FROM documents GROUP BY 1), "
            "about AS (SELECT year, count(DISTINCT document) AS n FROM subjects "
            "WHERE subject = $subject GROUP BY year) "
            "SELECT every.year, coalesce(about.n, 0), every.n, "
            "round(100.0 * coalesce(about.n, 0) / every.n, 4) FROM every LEFT JOIN about "
            "ON every.year = about.year WHERE every.year IS NOT NULL ORDER BY every.year",
            subject=self._subject(concept),
            year=YEAR,
        )

    def pairs(self, left: str, right: str, by: Unit = "document", n: int = 20) -> Answer:
        """What of two labels is found together, the likeliest not by chance first.

        Counts are of documents, or of sentences; `p` is Fisher's, one-sided and not corrected for
        how many pairs there are.
        """
        unit = "document" if by == "document" else "document, sentence"
        same = "a.document = b.document" + (
            " AND a.sentence = b.sentence" if by == "sentence" else ""
        )
        # What has both labels is not found together with itself.
        order = "<" if left == right else "<>"
        found = self._ask(
            (),
            f"WITH units AS (SELECT DISTINCT {unit}, label, subject FROM subjects "
            "WHERE label IN ($left, $right)), "
            "singles AS (SELECT label, subject, count(*) AS n FROM units GROUP BY label, subject), "
            "names AS (SELECT label, subject, mode(name) AS name FROM subjects "
            "WHERE label IN ($left, $right) GROUP BY label, subject), "
            "together AS (SELECT a.subject AS one, b.subject AS other, count(*) AS n FROM units a "
            f"JOIN units b ON {same} WHERE a.label = $left AND b.label = $right "
            f"AND a.subject {order} b.subject "
            "GROUP BY one, other HAVING count(*) > 1) "
            "SELECT one, x.name, other, y.name, t.n, s.n, r.n FROM together t "
            "JOIN singles s ON s.subject = one AND s.label = $left "
            "JOIN singles r ON r.subject = other AND r.label = $right "
            "JOIN names x ON x.subject = one AND x.label = $left "
            "JOIN names y ON y.subject = other AND y.label = $right "
            # The ratio that PMI is the logarithm of, times the count: near the order of p.
            "ORDER BY t.n * ln(t.n::DOUBLE * $total / (s.n::DOUBLE * r.n)) DESC, one, other "
            "LIMIT $n",
            left=left,
            right=right,
            total=self._totals[f"{by}s"],
            n=n,
        ).rows
        total = self._totals[f"{by}s"]
        rows = []
        for row in found:
            both, one, other = row[4:]
            information = pointwise_information(both, one, other, total)
            rows.append((*row, information, fisher_p(both, one, other, total)))
        columns = ("one", "name", "other", "its name", "both", "one's", "other's", "pmi", "p")
        return Answer(columns, rows)

    def relations(self, label: str | None = None, about: str | None = None, n: int = 20) -> Answer:
        """What most documents say of two concepts, of which `about` is either.

        `confidence` is the mean of the documents' highest, `example` the document with the highest.
        Raises ConfigurationError where no relations were looked for.
        """
        if not self._has_relations:
            raise ConfigurationError("the run looked for no relations: `annotate --relations` does")
        return self._ask(
            (
                *("head", "head's name", "label", "tail", "tail's name"),
                *("documents", "confidence", "example"),
            ),
            "WITH told AS (SELECT coalesce(head, lower(head_name)) AS one, "
            "coalesce(tail, lower(tail_name)) AS other, label, document, "
            "mode(head_name) AS head_name, mode(tail_name) AS tail_name, "
            "max(confidence) AS confidence FROM relations GROUP BY one, other, label, document) "
            "SELECT one, mode(head_name), label, other, mode(tail_name), count(*) AS n, "
            "round(avg(confidence), 3), max({'c': confidence, 'd': document}).d FROM told "
            "WHERE ($label IS NULL OR label = $label) "
            "AND ($about IS NULL OR one = $about OR other = $about) "
            "GROUP BY one, other, label ORDER BY n DESC, one, label, other LIMIT $n",
            label=label,
            about=self._subject(about) if about is not None else None,
            n=n,
        )

    def _subject(self, concept: str) -> str:
        """A concept's id as it stands, and a name in lower case, as subjects have them."""
        known = self._database.execute(
            "SELECT 1 FROM concepts WHERE concept = $1 LIMIT 1", [concept]
        ).fetchone()
        return concept if known else concept.lower()

    def _ask(self, columns: tuple[str, ...], question: str, **values: Any) -> Answer:
        return Answer(columns, self._database.execute(question, values).fetchall())


def _literally(folder: Path) -> str:
    """A folder in a pattern, whatever signs of patterns its name has."""
    return re.sub(r"([*?[])", r"[\1]", str(folder))


def _checked_report(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] | None = read_json(folder / REPORT)
    manifest: dict[str, Any] | None = read_json(folder / MANIFEST)
    if manifest is None:
        raise ConfigurationError(
            f"{folder} holds no large run: `bioweave annotate --engine local -o {folder}` makes one"
        )
    if manifest["to"] != "parquet":
        raise ConfigurationError(f"{folder} holds {manifest['to']}; mining needs --to parquet")
    if report is None:
        raise ConfigurationError(
            f"the run in {folder} is not complete; the command that began it goes on with it"
        )
    return report
