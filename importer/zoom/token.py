"""Access tokens: what the OAuth host's answer means, and how long a token is good. Pure.

Zoom's Server-to-Server OAuth: a token lives about an hour (`expires_in` 3600 or 3599), there is no refresh
token, several may be live at once. So a new one is asked for while the old one still works.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from importer.model import Fault, Reply
from importer.retry import read_object, retry_after

_LIFETIME_S = 3600.0
"""Assumed when the answer does not say; a wrong guess is mended by the first 401."""

_MARGIN_S = 60.0
_MARGIN_SHARE = 0.1
"""A token is renewed in its last minute, or in the last tenth of a short life."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token.

    Attributes:
        value: the secret.
        renew_at: clock reading from which a new one is asked for.
        expires_at: clock reading from which it is not used any more.
        scopes: what it allows; empty when the answer did not say.
    """

    value: str = field(repr=False)
    renew_at: float
    expires_at: float
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Passing:
    """No token now, perhaps later. `wait_s`: seconds that the host asked for."""

    detail: str
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """No token, however often one asks. `message` says what to mend."""

    message: str


TokenAnswer: TypeAlias = Token | Passing | Denied


class TokenState:
    """The token in use, if any."""

    def __init__(self) -> None:
        self.token: Token | None = None

    def standing(self, now: float) -> Literal["none", "good", "ageing"]:
        """Say whether the token can be used, and whether a new one should be on its way."""
        if self.token is None or now >= self.token.expires_at:
            return "none"
        return "ageing" if now >= self.token.renew_at else "good"

    def keep(self, token: Token) -> None:
        """Use this one from now on."""
        self.token = token

    def refuse(self, value: str) -> None:
        """Forget the token with this value. A newer one stays: others have met the same 401 before."""
        if self.token is not None and self.token.value == value:
            self.token = None


# --- reading the answer --------------------------------------------------------------------------

_WHERE = "Zoom App Marketplace (marketplace.zoom.us), Manage, your Server-to-Server OAuth app"

_PASSING_STATUS = frozenset({408, 425, 429})


def read_token_answer(answer: Reply | Fault, *, sent_at: float, now: datetime) -> TokenAnswer:
    """Say what the OAuth host's answer means.

    Args:
        answer: what came back.
        sent_at: clock reading before the request left; the token's life is counted from there.
        now: aware time of day, for a `Retry-After` that names a moment.
    """
    if isinstance(answer, Fault):
        return Passing(answer.detail)
    if answer.status >= 500 or answer.status in _PASSING_STATUS:
        wait_s = retry_after(answer.headers, now)
        return Passing(f"The sign-in at Zoom answered {answer.status}.", wait_s)
    found = read_object(answer.body)
    if answer.status < 300:
        return _granted(found or {}, sent_at)
    if found is None or not (found.get("error") or found.get("reason") or found.get("message")):
        return _stranger(answer.status)
    return Denied(_refusal(found))


def _granted(found: dict[str, object], sent_at: float) -> TokenAnswer:
    value = found.get("access_token")
    # It becomes a header: a space or a line break in it is no token.
    if not isinstance(value, str) or not (value.isascii() and value.isprintable()) or value != value.strip():
        return Passing("The sign-in was answered by something that is not Zoom, perhaps a guest network.")
    if not value:
        return Passing("The sign-in at Zoom gave no access token.")
    lifetime_s = _seconds(found.get("expires_in"))
    margin_s = min(_MARGIN_S, lifetime_s * _MARGIN_SHARE)
    scope = found.get("scope")
    scopes = frozenset(scope.replace(",", " ").split()) if isinstance(scope, str) else frozenset()
    return Token(value, sent_at + lifetime_s - margin_s, sent_at + lifetime_s, scopes)


def _seconds(found: object) -> float:
    try:
        seconds = float(found) if isinstance(found, int | float | str) else _LIFETIME_S
    except ValueError:
        return _LIFETIME_S
    return seconds if 0 < seconds < 10 * 86_400 else _LIFETIME_S


def _stranger(status: int) -> TokenAnswer:
    if 300 <= status < 400 or status in (404, 405):
        return Denied(
            f"The sign-in address does not answer like Zoom's ({status}). Check ZOOM_OAUTH_URL (usually "
            "https://zoom.us/oauth/token), and whether a proxy or a guest network wants a login first."
        )
    if status == 407:
        return Denied(
            "The proxy wants a user name and password (407). Put them into HTTPS_PROXY, as in "
            "http://name:password@proxy.example.com:8080."
        )
    return Passing(f"The sign-in was refused ({status}) by something that does not answer like Zoom.")


def _refusal(found: dict[str, object]) -> str:
    """Say which variable to look at. Zoom's `error` is one of OAuth's words, `reason` a phrase."""
    error = str(found.get("error") or "").lower()
    reason = str(found.get("reason") or found.get("message") or found.get("error"))[:200]
    words = f"{error} {reason.lower()}"
    said = f'Zoom refused the sign-in ("{reason}").'
    if "disabled" in words or "deactivated" in words or "not activated" in words:
        return f"{said} The app is not active: activate it ({_WHERE}, Activation)."
    if "grant" in words:
        return (
            f"{said} The app is of another kind: ZOOM_CLIENT_ID has to belong to a Server-to-Server OAuth "
            f"app that is activated ({_WHERE})."
        )
    if "account" in words or error == "invalid_request":
        return f"{said} Check ZOOM_ACCOUNT_ID: it is the Account ID under App Credentials ({_WHERE})."
    return (
        f"{said} Check ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET, the Client ID and the Client Secret under App "
        f"Credentials, and that ZOOM_ACCOUNT_ID belongs to the same app ({_WHERE}). "
        "The app has to be activated."
    )
