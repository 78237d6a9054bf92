"""Where the account is and how to sign in to it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ZoomSettings:
    """What the client needs of the account. Credentials do not show in `repr`; the addresses do.

    The addresses have been checked before: plain http is for loopback only.

    Attributes:
        account_id: Account ID of the Server-to-Server OAuth app.
        client_id: Client ID of the app.
        client_secret: Client Secret of the app.
        api_url: base of the API without a trailing slash, as in https://api.zoom.us/v2.
        oauth_url: where tokens come from, as in https://zoom.us/oauth/token.
    """

    account_id: str = field(repr=False)
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    api_url: str = "https://api.zoom.us/v2"
    oauth_url: str = "https://zoom.us/oauth/token"
