"""`bioweave serve`: annotation over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra
from bioweave.cli.service_options import Data, Database, database_url
from bioweave.errors import ConfigurationError


def serve(
    models: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="BUNDLE",
            help="A bundle to serve (again for more; the first answers by itself).",
            show_default="default",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Listen on this address.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Listen on this port; 0 takes a free one.")
    ] = 8000,
    lexicon: Annotated[
        str | None,
        typer.Option(
            "--lexicon",
            metavar="FILE|mesh",
            help="A compiled lexicon, for known names and for links.",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", metavar="FILE", help="Rules of your own.", show_default=False),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, help="Batches side by side.", show_default="as many as there are processors"
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            metavar="NAME",
            help="Another name that requests may be sent to (again for more), behind a proxy.",
            show_default=False,
        ),
    ] = None,
    data: Data = None,
    database: Database = None,
    require_keys: Annotated[
        bool | None,
        typer.Option(
            "--require-keys/--no-keys",
            help="Answer those who have a key alone (`bioweave keys create`). Beyond this machine "
            "it is always so.",
            show_default="keys, where a proxy or another name leads here",
        ),
    ] = None,
    tls_cert: Annotated[
        Path | None,
        typer.Option(
            "--tls-cert",
            metavar="FILE",
            help="Speak HTTPS with this certificate and those that vouch for it, in PEM.",
            show_default=False,
        ),
    ] = None,
    tls_key: Annotated[
        Path | None,
        typer.Option(
            "--tls-key", metavar="FILE", help="The certificate's key, in PEM.", show_default=False
        ),
    ] = None,
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--trust-proxy",
            metavar="ADDRESS",
            help="A proxy in front of it, whose X-Forwarded-For counts (again for more).",
            show_default=False,
        ),
    ] = None,
    requests_per_minute: Annotated[
        int | None,
        typer.Option(
            "--requests-per-minute",
            metavar="N",
            min=0,
            help="Of one key or, where none is needed, one address; 0 is no limit.",
            show_default="600 with keys, else 0",
        ),
    ] = None,
    characters_per_minute: Annotated[
        int | None,
        typer.Option(
            "--characters-per-minute",
            metavar="N",
            min=0,
            help="The text that one may have annotated; 0 is no limit.",
            show_default="6000000 with keys, else 0",
        ),
    ] = None,
    keep_results: Annotated[
        float,
        typer.Option(
            "--keep-results", metavar="HOURS", min=0.01, help="So long a job's result is kept."
        ),
    ] = 24,
    keep_fetched: Annotated[
        float,
        typer.Option(
            "--keep-fetched", metavar="HOURS", min=0.001, help="And so long once it was fetched."
        ),
    ] = 1,
    max_jobs: Annotated[
        int, typer.Option("--max-jobs", metavar="N", min=1, help="Jobs that wait, of one key.")
    ] = 50,
    max_disk: Annotated[
        float,
        typer.Option(
            "--max-disk", metavar="GB", min=0.001, help="Disk for all jobs; a fifth for one key."
        ),
    ] = 40,
    min_free: Annotated[
        float,
        typer.Option(
            "--min-free", metavar="MB", min=0, help="Disk that uploads leave alone; else 507."
        ),
    ] = 512,
    max_result: Annotated[
        float,
        typer.Option(
            "--max-result", metavar="GB", min=0.001, help="A job whose result is longer fails."
        ),
    ] = 8,
    max_body: Annotated[
        float, typer.Option("--max-body", metavar="MB", min=0.001, help="The longest body.")
    ] = 32,
    max_waiting: Annotated[
        int,
        typer.Option(
            "--max-waiting",
            metavar="CHARACTERS",
            min=1,
            help="The most text that may wait; what comes beyond it is answered 429.",
        ),
    ] = 4_000_000,
    max_connections: Annotated[
        int,
        typer.Option(
            "--max-connections",
            metavar="N",
            min=2,
            help="At the same time; of one address no more than are left for others.",
        ),
    ] = 400,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="The longest request.")
    ] = 120,
    shadow: Annotated[
        str | None,
        typer.Option(
            metavar="BUNDLE",
            help="A challenger: it sees some of what the first model does, and answers nobody.",
            show_default=False,
        ),
    ] = None,
    shadow_share: Annotated[
        float,
        typer.Option(
            "--shadow-share", metavar="SHARE", min=0.0001, max=1, help="How much of it, of 1."
        ),
    ] = 0.1,
    store_text: Annotated[
        bool,
        typer.Option("--store-text", help="Keep the texts of corrections as well, to train on."),
    ] = False,
    keep_feedback: Annotated[
        float,
        typer.Option("--keep-feedback", metavar="DAYS", min=0.01, help="So long they are kept."),
    ] = 90,
    learn_reference: Annotated[
        bool,
        typer.Option(
            "--learn-reference",
            help="Tell drift from the service's own first 500 documents, not from the bundle's.",
        ),
    ] = False,
    drift_alert: Annotated[
        float,
        typer.Option(
            "--drift-alert",
            metavar="PSI",
            min=0.01,
            help="From this population stability index on drift is an alert.",
        ),
    ] = 0.25,
    quality_floor: Annotated[
        float,
        typer.Option(
            "--quality-floor",
            metavar="F1",
            min=0,
            max=1,
            help="An F1 of the corrected documents that is surely below is an alert.",
        ),
    ] = 0.7,
    alert_webhook: Annotated[
        str | None,
        typer.Option(
            "--alert-webhook", metavar="URL", help="Post alerts there.", show_default=False
        ),
    ] = None,
    alert_secret: Annotated[
        Path | None,
        typer.Option(
            "--alert-secret",
            metavar="FILE",
            help="Sign them with what this file holds.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Annotate over HTTP: POST /v1/annotate; the page is at /, the description at /openapi.json.

    It ends at Ctrl-C or SIGTERM, once the requests under way are answered.
    """
    with needs_extra("serve", "the service"):
        from bioweave.service import ServiceSettings
        from bioweave.service.exposure import Tls
        from bioweave.service.running import run
        from bioweave.service.settings import (
            LOOPBACK_NAMES,
            ConnectionLimits,
            JobQuota,
            Limits,
            MonitoringSettings,
        )

    body_bytes = int(max_body * 2**20)
    limits = Limits(
        body_bytes=body_bytes,
        # One body takes no more than a share of it.
        arriving_bytes=max(Limits().arriving_bytes, 4 * body_bytes),
        waiting_characters=max_waiting,
        seconds=timeout,
    )
    settings = ServiceSettings(
        models=tuple(models or ("default",)),
        lexicon=lexicon,
        rules=rules,
        threads=threads,
        limits=limits,
        connection_limits=ConnectionLimits(connections=max_connections),
        hosts=(*LOOPBACK_NAMES, *(allow_host or ())),
        data=data,
        database=database_url(database),
        needs_keys=bool(require_keys),
        requests_per_minute=requests_per_minute,
        characters_per_minute=characters_per_minute,
        job_hours=keep_results,
        job_fetched_hours=keep_fetched,
        job_quota=JobQuota(
            jobs_per_key=max_jobs,
            bytes=int(max_disk * 2**30),
            bytes_per_key=int(max_disk * 2**30 / 5),
            result_bytes=int(max_result * 2**30),
            free_bytes=int(min_free * 2**20),
        ),
        shadow=shadow,
        shadow_share=shadow_share,
        monitoring=MonitoringSettings(
            reference="traffic" if learn_reference else "bundle",
            drift_alert=drift_alert,
            quality_floor=quality_floor,
            alert_webhook=alert_webhook,
            alert_secret=alert_secret,
        ),
        store_text=store_text,
        feedback_days=keep_feedback,
    )
    tls = None
    if tls_cert is not None and tls_key is not None:
        tls = Tls(tls_cert, tls_key)
    elif tls_cert is not None or tls_key is not None:
        raise ConfigurationError("--tls-cert and --tls-key go together: name both")
    run(
        settings,
        host=host,
        port=port,
        tls=tls,
        proxies=tuple(trust_proxy or ()),
        is_open=require_keys is False,
        say=typer.echo,
    )
