"""`bioweave serve`: annotation over HTTP."""

from __future__ import annotations

import typer

from bioweave.cli import serve_options
from bioweave.cli.extras import needs_extra
from bioweave.cli.service_options import Data, Database, database_url
from bioweave.errors import ConfigurationError


def serve(
    models: serve_options.Models = None,
    host: serve_options.Host = "127.0.0.1",
    port: serve_options.Port = 8000,
    lexicon: serve_options.ServedLexicon = None,
    rules: serve_options.ServedRules = None,
    threads: serve_options.Threads = None,
    allow_host: serve_options.AllowHost = None,
    data: Data = None,
    database: Database = None,
    require_keys: serve_options.RequireKeys = None,
    tls_cert: serve_options.TlsCert = None,
    tls_key: serve_options.TlsKey = None,
    trust_proxy: serve_options.TrustProxy = None,
    requests_per_minute: serve_options.RequestsPerMinute = None,
    characters_per_minute: serve_options.CharactersPerMinute = None,
    keep_results: serve_options.KeepResults = 24,
    keep_fetched: serve_options.KeepFetched = 1,
    max_jobs: serve_options.MaxJobs = 50,
    max_disk: serve_options.MaxDisk = 40,
    min_free: serve_options.MinFree = 512,
    max_result: serve_options.MaxResult = 8,
    max_body: serve_options.MaxBody = 32,
    max_waiting: serve_options.MaxWaiting = 4_000_000,
    max_connections: serve_options.MaxConnections = 400,
    timeout: serve_options.Timeout = 120,
    shadow: serve_options.Shadow = None,
    shadow_share: serve_options.ShadowShare = 0.1,
    store_text: serve_options.StoreText = False,
    keep_feedback: serve_options.KeepFeedback = 90,
    learn_reference: serve_options.LearnReference = False,
    drift_alert: serve_options.DriftAlert = 0.25,
    quality_floor: serve_options.QualityFloor = 0.7,
    alert_webhook: serve_options.AlertWebhook = None,
    alert_secret: serve_options.AlertSecret = None,
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
