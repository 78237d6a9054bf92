"""One access token for all workers: asked for once, renewed in time, replaced when it is refused."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias
from urllib.parse import urlencode

from importer.errors import AccountError
from importer.model import Fault, Reply
from importer.retry import RetryPolicy, backoff
from importer.zoom.settings import ZoomSettings
from importer.zoom.token import Denied, Passing, Token, TokenState, read_token_answer

Ask: TypeAlias = Callable[[str, str], Awaitable[Reply | Fault]]
"""Posts a form to the OAuth host: (value of the Authorization header, form) to its answer."""

_POLICY = RetryPolicy(max_attempts=4, base_s=0.5, cap_s=5.0)
_LONGEST_WAIT_S = 30.0
"""Seconds that the OAuth host may make us wait; beyond it the rows wait, where the person can see it."""

_CALM_S = 10.0
"""Seconds between attempts to renew a token that still works."""


class Tokens:
    """The account's access token.

    The request for a token is a task of its own that all who need one wait for: twenty workers make one
    request, and a worker that is cancelled does not take it away from the others.

    The configured API address is kept although the answer carries an `api_url`: the global host always works
    too, and an address that came over the wire must not lead the contacts elsewhere.
    """

    def __init__(
        self,
        settings: ZoomSettings,
        ask: Ask,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
    ) -> None:
        pair = f"{settings.client_id}:{settings.client_secret}".encode()
        self._basic = f"Basic {base64.b64encode(pair).decode()}"
        self._form = urlencode({"grant_type": "account_credentials", "account_id": settings.account_id})
        self._ask, self._clock, self._now, self._sleep, self._random = ask, clock, now, sleep, random
        self._state = TokenState()
        self._request: asyncio.Task[Token | Fault | Denied] | None = None
        self._calm_until = float("-inf")

    @property
    def scopes(self) -> frozenset[str]:
        """What the token allows; empty when there is none yet, or when Zoom did not say."""
        return self._state.token.scopes if self._state.token else frozenset()

    async def current(self) -> str | Fault:
        """Give a token that works as far as one can know.

        Raises:
            AccountError: Zoom does not give one to these credentials.
        """
        now = self._clock()
        standing = self._state.standing(now)
        if standing == "ageing" and now >= self._calm_until:
            # Renewed beside the work: as long as the old one is good, nobody waits and a failure is no harm.
            self._calm_until = now + _CALM_S
            self._requested()
        if standing != "none" and self._state.token is not None:
            return self._state.token.value
        return await self._fresh()

    async def instead_of(self, refused: str) -> str | Fault:
        """Give another token than the one that was answered with 401.

        Raises:
            AccountError: as `current`.
        """
        self._state.refuse(refused)
        return await self.current()

    async def aclose(self) -> None:
        """Give up a request for a token that is still under way."""
        if self._request is not None:
            self._request.cancel()
            await asyncio.wait([self._request])
            self._request = None

    async def _fresh(self) -> str | Fault:
        outcome = await asyncio.shield(self._requested())
        match outcome:
            case Token(value):
                return value
            case Denied(message):
                raise AccountError(message)
            case Fault():
                return outcome

    def _requested(self) -> asyncio.Task[Token | Fault | Denied]:
        if self._request is None or self._request.done():
            self._request = asyncio.create_task(self._obtain())
        return self._request

    async def _obtain(self) -> Token | Fault | Denied:
        attempt = 0
        while True:
            attempt += 1
            sent_at = self._clock()
            answer = await self._ask(self._basic, self._form)
            found = read_token_answer(answer, sent_at=sent_at, now=self._now())
            if isinstance(found, Token):
                self._state.keep(found)
            if not isinstance(found, Passing):
                return found
            wait_s = backoff(attempt, self._random, _POLICY) if found.wait_s is None else found.wait_s
            if attempt >= _POLICY.max_attempts or wait_s > _LONGEST_WAIT_S:
                return Fault("token", "no", f"No access token: {found.detail}")
            await self._sleep(wait_s)
