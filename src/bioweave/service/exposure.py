"""How far a service can be reached, and what that asks of it."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bioweave.errors import ConfigurationError
from bioweave.service.settings import LOOPBACK_NAMES, ServiceSettings


@dataclass(frozen=True, slots=True)
class Tls:
    """A certificate, with those that vouch for it behind it, and its private key: PEM files."""

    certificate: Path
    key: Path

    def check(self) -> None:
        """Raises ConfigurationError where they cannot be read or do not belong together."""
        for path in (self.certificate, self.key):
            if not path.is_file():
                raise ConfigurationError(f"{path}: there is no such file; name a PEM file")
        try:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except OSError as error:
            reason = getattr(error, "reason", None) or error.strerror
            raise ConfigurationError(
                f"{self.certificate} and {self.key} are no certificate with its key, unencrypted, "
                f"in PEM: {reason}"
            ) from error


def settings_for(
    host: str, settings: ServiceSettings, *, proxies: Sequence[str] = (), is_open: bool = False
) -> ServiceSettings:
    """The settings for a service that listens on this address.

    On one that other machines reach keys are needed, and so they are on loopback where a proxy, or
    a name of its own, says that others ask through it, unless it `is_open` on purpose: whoever
    stands in front of it then decides who may ask. On an address that others reach a page elsewhere
    could reach the service by a name that is made to lead to it: so it is told its own names,
    unless it listens on one address alone, which then is its name. Raises ConfigurationError where
    it has none.
    """
    if is_loopback(host):
        is_passed_on = bool(proxies) or not set(settings.hosts) <= set(LOOPBACK_NAMES)
        if is_open or not is_passed_on:
            return settings
        return settings.model_copy(update={"needs_keys": True})
    hosts = settings.hosts
    named = _own_name(host)
    if named is not None and named not in hosts:
        hosts = (*hosts, named)
    if set(hosts) <= set(LOOPBACK_NAMES):
        raise ConfigurationError(
            f"{host} stands for every address of this machine: say by which names it is asked, "
            f"--allow-host annotate.example.org for example (again for more); and make keys for "
            f"those who may ask: bioweave keys create"
        )
    return settings.model_copy(update={"needs_keys": True, "hosts": hosts})


def is_loopback(host: str) -> bool:
    """Whether only this machine itself reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _own_name(host: str) -> str | None:
    """What stands in Host when this address is asked; None for one that stands for all.

    What a page elsewhere makes lead here is a name, never an address.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return None
    return f"[{address}]" if address.version == 6 else str(address)


def _no_password() -> str:
    # Without it OpenSSL would ask for one at the terminal.
    return ""
