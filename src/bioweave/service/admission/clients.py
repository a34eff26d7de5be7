"""Who asks, and whether they may."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from bioweave.service.admission.arriving import Arriving
from bioweave.service.admission.rates import Rates, Standing
from bioweave.service.admission.uploads import Uploads
from bioweave.service.keys import Holder, KeyRefused, KeyRing, Scope
from bioweave.service.problems import ProblemError

_REALM = 'Bearer realm="bioweave"'
# A customer of a provider has at least so much of IPv6 to choose addresses from (RFC 6177).
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever sent a request: the holder of a key or, where none are asked for, an address."""

    holder: Holder | None
    standing: Standing

    @property
    def key_id(self) -> str | None:
        """Whose the jobs are that it leaves: None where there are no keys."""
        return None if self.holder is None else self.holder.key_id


@dataclass(frozen=True, slots=True)
class Admission:
    """What decides over a request before anything is done for it.

    `keys` is None where nobody needs one; `on_refusal` hears why somebody was turned away.
    """

    keys: KeyRing | None
    rates: Rates
    arriving: Arriving
    uploads: Uploads
    on_refusal: Callable[[str], None]

    async def client(self, key: str | None, address: str) -> Client:
        """Who sent a request with this key, from this address.

        Raises ProblemError 401 for a key that does not open or is missing where one is asked for,
        429 where too many wrong ones came from the address, and SQLAlchemyError where the database
        is away and has to be asked.
        """
        network = network_of(address)
        if self.keys is None:
            return Client(None, self.rates.standing(f"address {network}"))
        if key is None:
            self.on_refusal("no_key")
            raise _unauthorized(
                "this service wants a key: send it as Authorization: Bearer bw_..., or ask whoever "
                "runs the service for one",
                _REALM,
            )
        is_new = not self.keys.remembered(key)
        if is_new:
            self._may_try(network)
        try:
            holder = await self.keys.holder(key)
        except KeyRefused as error:
            self.on_refusal(error.reason)
            raise _unauthorized(
                f"{error}; ask whoever runs the service for another",
                f'{_REALM}, error="invalid_token", error_description="{error}"',
            ) from None
        except BaseException:
            if is_new:
                self.rates.right_key(network)
            raise
        if is_new:
            self.rates.right_key(network)
        return Client(holder, self.rates.standing(f"key {holder.key_id}"))

    def admit(self, client: Client, scope: Scope) -> None:
        """Let the client ask once for what the scope opens.

        Raises ProblemError 403 where its key has not that scope, and 429 where it asks too often.
        """
        if client.holder is not None and scope not in client.holder.scopes:
            self.on_refusal("scope")
            raise ProblemError(
                HTTPStatus.FORBIDDEN,
                f"the key does not open this: it wants the scope {scope} ({scope.meaning})",
                headers={
                    "WWW-Authenticate": f'{_REALM}, error="insufficient_scope", scope="{scope}"'
                },
            )
        try:
            client.standing.take("requests")
        except ProblemError:
            self.on_refusal("rate")
            raise

    def _may_try(self, network: str) -> None:
        try:
            self.rates.may_try_key(network)
        except ProblemError:
            self.on_refusal("rate")
            raise


def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or all that share an IPv6 one's first 64 bits.

    >>> network_of("2001:db8::7:1"), network_of("::ffff:192.0.2.1"), network_of("192.0.2.1")
    ('2001:db8::/64', '192.0.2.1', '192.0.2.1')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))


def _unauthorized(detail: str, challenge: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": challenge})
