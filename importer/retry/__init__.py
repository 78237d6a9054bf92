"""What an answer means for a row, and how long to wait before the next attempt: values in, values out.

Pure: the clock and the randomness are arguments, nothing here waits or sends.
"""

from importer.retry.answers import ApiError, api_error, read_object
from importer.retry.headers import next_midnight_s, retry_after
from importer.retry.policy import RetryPolicy, backoff
from importer.retry.verdicts import UNAUTHORISED_LIMIT, Operation, judge

__all__ = [
    "UNAUTHORISED_LIMIT",
    "ApiError",
    "Operation",
    "RetryPolicy",
    "api_error",
    "backoff",
    "judge",
    "next_midnight_s",
    "read_object",
    "retry_after",
]
