"""A running sandbox and a client that talks to it over real HTTP."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from importer.sandbox.server import RunningSandbox
from importer.sandbox.settings import CHANGEABLE, SandboxSettings

UNLIMITED = SandboxSettings(light_per_s=0, medium_per_s=0, seed=1)

ADA = {
    "display_name": "Ada Example",
    "first_name": "Ada",
    "last_name": "Example",
    "phone_numbers": ["+12025550100"],
    "emails": ["ada@example.com"],
}


class Caller:
    """Speaks the API to one sandbox, with a token of its own."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        # Without certificates to load, which every test would pay for: nothing here is https.
        self.client = httpx.Client(
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False, timeout=10
        )
        self.token = self.ask_token().json()["access_token"]

    def ask_token(
        self, credentials: tuple[str, str] = ("sandbox-client", "sandbox-secret"), **form: str
    ) -> httpx.Response:
        form = {"grant_type": "account_credentials", "account_id": "sandbox-account", **form}
        return self.client.post(self.sandbox.oauth_url, data=form, auth=credentials)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.sandbox.api_url}/contact_center/address_books{path}"
        return self.client.request(method, url, headers=headers, **options)

    def create(self, book: str = "sandbox-book", **fields: Any) -> httpx.Response:
        body = {name: value for name, value in (ADA | fields).items() if value is not ...}
        return self.call("POST", f"/{book}/contacts", json=body)

    def admin(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.client.request(method, f"{self.sandbox.url}/sandbox/{path}", **options)


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox(UNLIMITED) as sandbox:
        yield sandbox


@pytest.fixture
def caller(shared_sandbox: RunningSandbox) -> Iterator[Caller]:
    """A caller of a sandbox without limits and faults, empty at the start of every test."""
    shared_sandbox.reset()
    caller = Caller(shared_sandbox)
    yield caller
    caller.client.close()
    shared_sandbox.set_faults()
    shared_sandbox.change(**{name: getattr(UNLIMITED, name) for name in CHANGEABLE})


@pytest.fixture
def start() -> Iterator[Callable[..., Caller]]:
    """Start a sandbox with settings of its own; it ends with the test."""
    callers: list[Caller] = []

    def begin(settings: SandboxSettings | None = None, **options: Any) -> Caller:
        callers.append(Caller(RunningSandbox(settings, **options)))
        return callers[-1]

    yield begin
    for caller in callers:
        caller.client.close()
        caller.sandbox.close()
