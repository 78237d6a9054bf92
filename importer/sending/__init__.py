"""Sending: one step becomes one outcome, whatever the network does, and no contact is made twice.

Layers, outside in: `Sender` (one row) -> `Retrier` (one request and its retries) -> the API client, which
authenticates and paces. `Settler` finds out what became of a create whose answer was lost. `Drain`,
`SharedPause` and `Outage` are shared by all rows of a run.
"""

from importer.sending.api import ContactsApi
from importer.sending.drain import Drain
from importer.sending.outage import Outage
from importer.sending.pause import SharedPause
from importer.sending.retrier import QuotaPolicy
from importer.sending.sender import Sender
from importer.sending.settler import Absent, Found, Settled, SettlePolicy, Unclear
from importer.sending.turns import Claims

__all__ = [
    "Absent",
    "Claims",
    "ContactsApi",
    "Drain",
    "Found",
    "Outage",
    "QuotaPolicy",
    "Sender",
    "SettlePolicy",
    "Settled",
    "SharedPause",
    "Unclear",
]
