"""Options of `bioweave serve`, by what they are about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

# What is served, and where.
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="BUNDLE",
        help="A bundle to serve (again for more; the first answers by itself).",
        show_default="default",
    ),
]
ServedLexicon = Annotated[
    str | None,
    typer.Option(
        "--lexicon",
        metavar="FILE|mesh",
        help="A compiled lexicon, for known names and for links.",
        show_default=False,
    ),
]
ServedRules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="FILE", help="Rules of your own.", show_default=False),
]
Threads = Annotated[
    int | None,
    typer.Option(
        min=1, help="Batches side by side.", show_default="as many as there are processors"
    ),
]
Host = Annotated[str, typer.Option(help="Listen on this address.")]
Port = Annotated[
    int, typer.Option(min=0, max=65535, help="Listen on this port; 0 takes a free one.")
]

# Who may ask.
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        metavar="NAME",
        help="Another name that requests may be sent to (again for more), behind a proxy.",
        show_default=False,
    ),
]
TrustProxy = Annotated[
    list[str] | None,
    typer.Option(
        "--trust-proxy",
        metavar="ADDRESS",
        help="A proxy in front of it, whose X-Forwarded-For counts (again for more).",
        show_default=False,
    ),
]
RequireKeys = Annotated[
    bool | None,
    typer.Option(
        "--require-keys/--no-keys",
        help="Answer those who have a key alone (`bioweave keys create`). Beyond this machine "
        "it is always so.",
        show_default="keys, where a proxy or another name leads here",
    ),
]
TlsCert = Annotated[
    Path | None,
    typer.Option(
        "--tls-cert",
        metavar="FILE",
        help="Speak HTTPS with this certificate and those that vouch for it, in PEM.",
        show_default=False,
    ),
]
TlsKey = Annotated[
    Path | None,
    typer.Option(
        "--tls-key", metavar="FILE", help="The certificate's key, in PEM.", show_default=False
    ),
]

# How much one may ask for, and all together.
RequestsPerMinute = Annotated[
    int | None,
    typer.Option(
        "--requests-per-minute",
        metavar="N",
        min=0,
        help="Of one key or, where none is needed, one address; 0 is no limit.",
        show_default="600 with keys, else 0",
    ),
]
CharactersPerMinute = Annotated[
    int | None,
    typer.Option(
        "--characters-per-minute",
        metavar="N",
        min=0,
        help="The text that one may have annotated; 0 is no limit.",
        show_default="6000000 with keys, else 0",
    ),
]
MaxBody = Annotated[
    float, typer.Option("--max-body", metavar="MB", min=0.001, help="The longest body.")
]
MaxWaiting = Annotated[
    int,
    typer.Option(
        "--max-waiting",
        metavar="CHARACTERS",
        min=1,
        help="The most text that may wait; what comes beyond it is answered 429.",
    ),
]
MaxConnections = Annotated[
    int,
    typer.Option(
        "--max-connections",
        metavar="N",
        min=2,
        help="At the same time; of one address no more than are left for others.",
    ),
]
Timeout = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="The longest request.")
]

# Jobs, and what is kept of them.
KeepResults = Annotated[
    float,
    typer.Option(
        "--keep-results", metavar="HOURS", min=0.01, help="So long a job's result is kept."
    ),
]
KeepFetched = Annotated[
    float,
    typer.Option(
        "--keep-fetched", metavar="HOURS", min=0.001, help="And so long once it was fetched."
    ),
]
MaxJobs = Annotated[
    int, typer.Option("--max-jobs", metavar="N", min=1, help="Jobs that wait, of one key.")
]
MaxDisk = Annotated[
    float,
    typer.Option(
        "--max-disk", metavar="GB", min=0.001, help="Disk for all jobs; a fifth for one key."
    ),
]
MinFree = Annotated[
    float,
    typer.Option(
        "--min-free", metavar="MB", min=0, help="Disk that uploads leave alone; else 507."
    ),
]
MaxResult = Annotated[
    float,
    typer.Option(
        "--max-result", metavar="GB", min=0.001, help="A job whose result is longer fails."
    ),
]

# A challenger, corrections, and what raises an alert.
Shadow = Annotated[
    str | None,
    typer.Option(
        metavar="BUNDLE",
        help="A challenger: it sees some of what the first model does, and answers nobody.",
        show_default=False,
    ),
]
ShadowShare = Annotated[
    float,
    typer.Option(
        "--shadow-share", metavar="SHARE", min=0.0001, max=1, help="How much of it, of 1."
    ),
]
StoreText = Annotated[
    bool,
    typer.Option("--store-text", help="Keep the texts of corrections as well, to train on."),
]
KeepFeedback = Annotated[
    float,
    typer.Option("--keep-feedback", metavar="DAYS", min=0.01, help="So long they are kept."),
]
LearnReference = Annotated[
    bool,
    typer.Option(
        "--learn-reference",
        help="Tell drift from the service's own first 500 documents, not from the bundle's.",
    ),
]
DriftAlert = Annotated[
    float,
    typer.Option(
        "--drift-alert",
        metavar="PSI",
        min=0.01,
        help="From this population stability index on drift is an alert.",
    ),
]
QualityFloor = Annotated[
    float,
    typer.Option(
        "--quality-floor",
        metavar="F1",
        min=0,
        max=1,
        help="An F1 of the corrected documents that is surely below is an alert.",
    ),
]
AlertWebhook = Annotated[
    str | None,
    typer.Option("--alert-webhook", metavar="URL", help="Post alerts there.", show_default=False),
]
AlertSecret = Annotated[
    Path | None,
    typer.Option(
        "--alert-secret",
        metavar="FILE",
        help="Sign them with what this file holds.",
        show_default=False,
    ),
]
