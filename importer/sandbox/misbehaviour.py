"""What each fault does to the answer of a request that the limits have let pass.

`work` does what was asked for and gives the true answer; it stores before it returns. A refusal that it
raises (a contact that is wrong) goes through untouched: the fault is about good requests.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from importer.sandbox.answers import Answer, Dropped, Refused, bad_token, json_answer
from importer.sandbox.faults import FaultRule
from importer.sandbox.stage import Stage
from importer.sandbox.store import Body

Work: TypeAlias = Callable[[], Answer]
Act: TypeAlias = Callable[[FaultRule, Work, Stage], Awaitable[Answer]]

_HTML_502 = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
    b"</center>\r\n</body>\r\n</html>\r\n"
)


class Silence(Exception):  # noqa: N818 - named for what happens
    """A call that is never answered."""


def _error_500() -> Answer:
    return json_answer(500, {"code": 500, "message": "Internal server error."})


def _html_502() -> Answer:
    return Answer(502, _HTML_502, "text/html")


async def _error_500_before(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    return _error_500()


async def _error_500_stored(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    work()
    return _error_500()


async def _html_502_before(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    return _html_502()


async def _html_502_stored(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    work()
    return _html_502()


async def _drop_before(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    raise Dropped


async def _drop_after(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    work()
    raise Dropped


async def _slow_before(rule: FaultRule, work: Work, stage: Stage) -> Answer:
    await stage.wait(rule.duration_s)
    return work()


async def _slow_after(rule: FaultRule, work: Work, stage: Stage) -> Answer:
    answer = work()
    await stage.wait(rule.duration_s)
    return answer


async def _stall(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    raise Silence


async def _stall_stored(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    work()
    raise Silence


async def _late_store(rule: FaultRule, work: Work, stage: Stage) -> Answer:
    def store() -> None:
        try:
            work()
        except Refused:
            stage.stats.changes["refused late"] += 1

    stage.later(rule.duration_s, store)
    raise Dropped


async def _stray_401(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    raise bad_token()


async def _broken_json(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    answer = work()
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.content_type)


async def _no_contact_id(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    answer = work()
    content = json.loads(answer.body or b"{}")
    content.pop("contact_id", None)
    return json_answer(answer.status, content) if answer.body else answer


async def _alters(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    answer = work()
    contact_id = json.loads(answer.body or b"{}").get("contact_id", "")
    stored = stage.store.get(contact_id)
    if stored is not None:
        stage.store.replace(stored, _altered(stored.body))
    return answer


def _altered(body: Body) -> Body:
    altered = dict(body)
    if isinstance(body.get("company"), str):
        altered["company"] = body["company"].upper()
    if len(body.get("phone_numbers", ())) > 1:
        altered["phone_numbers"] = body["phone_numbers"][:-1]
    return altered


async def _concurrent_429(rule: FaultRule, work: Work, stage: Stage) -> Answer:  # noqa: ARG001
    text = "Too many concurrent requests. A request to change this resource is in progress."
    raise Refused(429, 429, text)


ACTS: Mapping[str, Act] = {
    "error_500": _error_500_before,
    "error_500_stored": _error_500_stored,
    "html_502": _html_502_before,
    "html_502_stored": _html_502_stored,
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "slow_before": _slow_before,
    "slow_after": _slow_after,
    "stall": _stall,
    "stall_stored": _stall_stored,
    "late_store": _late_store,
    "stray_401": _stray_401,
    "broken_json": _broken_json,
    "no_contact_id": _no_contact_id,
    "alters": _alters,
    "concurrent_429": _concurrent_429,
}
"""Every fault but the outages, which strike before a request is looked at."""
