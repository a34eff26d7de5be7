"""Who asks, and whether they may."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from bioweave.service.admission.arriving import Arriving
from bioweave.service.admission.rates import Rates, Standing
from bioweave.service.admission.shares import Shares
from bioweave.service.admission.uploads import Uploads
from bioweave.service.keys import Holder, KeyRefused, KeyRing, Scope
from bioweave.service.problems import ProblemError

_RETRY_SECONDS = 2
_REALM = 'Bearer realm="bioweave"'
# A customer of a provider has at least so much of IPv6 to choose addresses from (RFC 6177).
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever sent a request: the holder of a key or, where none are asked for, an address."""

    holder: Holder | None
    standing: Standing
    key: str | None = field(default=None, repr=False)

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
    under_way: Shares
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
            raise _refused(error) from None
        except BaseException:
            if is_new:
                self.rates.right_key(network)
            raise
        if is_new:
            self.rates.right_key(network)
        return Client(holder, self.rates.standing(f"key {holder.key_id}"), key)

    async def renew(self, client: Client) -> None:
        """See whether the key of a client that was let in still opens: for what takes long.

        Raises ProblemError 401 where it does not, and SQLAlchemyError where nobody has been able to
        tell for too long.
        """
        if self.keys is None or client.key is None:
            return
        try:
            await self.keys.holder(client.key)
        except KeyRefused as error:
            self.on_refusal(error.reason)
            raise _refused(error) from None

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

    @contextmanager
    def request(self, client: Client) -> Iterator[None]:
        """A request's place among those under way, until it is answered.

        Raises ProblemError 429 where its key has as many as are left for others.
        """
        owner = client.key_id
        if owner is not None and not self.under_way.fits(owner, 1):
            self.on_refusal("rate")
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{self.under_way.held(owner):,} of your requests are under way; wait for one of "
                f"them, or try again in {_RETRY_SECONDS} s",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            )
        self.under_way.take(owner, 1)
        try:
            yield
        finally:
            self.under_way.give_back(owner, 1)

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


def _refused(error: KeyRefused) -> ProblemError:
    return _unauthorized(
        f"{error}; ask whoever runs the service for another",
        f'{_REALM}, error="invalid_token", error_description="{error}"',
    )


def _unauthorized(detail: str, challenge: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": challenge})
