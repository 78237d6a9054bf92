"""Access tokens: Server-to-Server OAuth as Zoom does it, and which scopes a call needs."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from importer.sandbox.answers import Answer, Refused, bad_token, json_answer
from importer.sandbox.world import App


@dataclass(frozen=True, slots=True)
class _Token:
    app: App
    expires_at: float


class Tokens:
    """The tokens that are out. Several may live at once, as with Zoom; they die with the process."""

    def __init__(self, apps: tuple[App, ...]) -> None:
        self._apps = apps
        self._live: dict[str, _Token] = {}

    def issue(
        self, authorization: str, form: Mapping[str, str], now: float, ttl_s: float, api_url: str
    ) -> Answer:
        """Answer POST /oauth/token. `form` holds the fields of the body or of the query.

        Raises:
            Refused: 400 or 401 with a reason, as Zoom words it.
        """
        if form.get("grant_type") != "account_credentials":
            raise _denied(400, "unsupported grant type", "unsupported_grant_type")
        client = _basic(authorization)
        apps = [app for app in self._apps if (app.client_id, app.client_secret) == client]
        if not apps:
            raise _denied(401, "Invalid client_id or client_secret", "invalid_client")
        if not form.get("account_id"):
            raise _denied(400, "The account_id is missing", "invalid_request")
        app = next((app for app in apps if app.account_id == form["account_id"]), None)
        if app is None:
            raise _denied(400, "Bad Request", "invalid_request")
        return json_answer(200, self._new(app, now, ttl_s, api_url))

    def _new(self, app: App, now: float, ttl_s: float, api_url: str) -> dict[str, object]:
        self._live = {text: token for text, token in self._live.items() if token.expires_at > now - 3600}
        text = secrets.token_urlsafe(32)
        self._live[text] = _Token(app, now + ttl_s)
        return {
            "access_token": text,
            "token_type": "bearer",
            "expires_in": int(ttl_s),
            "scope": " ".join(app.scopes),
            "api_url": api_url,
        }

    def app(self, authorization: str, now: float) -> App:
        """Find the app behind the Authorization header of a call.

        Raises:
            Refused: 401 code 124 for a token that is missing, unknown or too old.
        """
        scheme, _, text = authorization.partition(" ")
        token = self._live.get(text.strip())
        if scheme.lower() != "bearer" or token is None:
            raise bad_token()
        if now >= token.expires_at:
            raise bad_token("Access token is expired.")
        return token.app

    def revoke(self) -> None:
        """Make every token invalid."""
        self._live.clear()


def check_scopes(app: App, wanted: tuple[str, ...]) -> None:
    """Check that the app has one of the scopes that allow a call.

    Raises:
        Refused: 400 code 4711 that names them.
    """
    if not any(scope in app.scopes for scope in wanted):
        raise Refused(400, 4711, f"Invalid access token, does not contain scopes:[{', '.join(wanted)}].")


class DeniedToken(Refused):
    """A token request that is turned down: `reason` and `error` instead of `code` and `message`."""

    def answer(self) -> Answer:
        """Give the JSON of the OAuth server."""
        reason, error = self.errors[0]
        return json_answer(self.status, {"reason": reason, "error": error})


def _denied(status: int, reason: str, error: str) -> DeniedToken:
    return DeniedToken(status, 0, reason, ((reason, error),))


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return client_id, secret
