"""frictionless `validate` with a schema as near to the mapping as its language allows.

    python peer_frictionless.py FILE [FILE ...]

It reads one file in one process; given the parts of a file, each gets a process here. (Its own `parallel` is
for packages of several files.) Patterns stand for phone numbers and addresses: it has no numbering plans.
"""

import sys
from multiprocessing import Pool

from frictionless import Resource, Schema, system, validate
from generate import HEADINGS

PHONE = r"[+0-9'()./ \u00a0-]{5,24}"
EMAIL = r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"
RULES: dict[str, dict[str, object]] = {
    "Customer No": {"required": True, "pattern": r"\w+", "maxLength": 256},
    "First Name": {"maxLength": 36},
    "Last Name": {"maxLength": 36},
    "Company": {"maxLength": 256},
    "Job Title": {"maxLength": 256},
    "Phone": {"pattern": PHONE},
    "Mobile": {"pattern": PHONE},
    "Email": {"pattern": EMAIL},
    "Second Email": {"pattern": EMAIL},
    "Country": {"maxLength": 256},
    "Time Zone": {"pattern": r"[A-Z][A-Za-z_]+/[A-Za-z_/]+"},
    "Status": {"enum": ["Active", "Deleted"]},
}


def schema() -> Schema:
    """Every column a text with its constraints, the key unique."""
    fields = [{"name": name, "type": "string", "constraints": RULES.get(name, {})} for name in HEADINGS]
    return Schema.from_descriptor({"fields": fields, "primaryKey": ["Customer No"]})


def checked(path: str) -> tuple[int, int]:
    """Validate one file; its rows and its errors."""
    with system.use_context(trusted=True):  # files outside the working folder
        report = validate(Resource(path=path, schema=schema(), encoding="utf-8"), limit_errors=10**9)
    return report.tasks[0].stats["rows"], len(report.tasks[0].errors)


def main(paths: list[str]) -> None:
    """Validate the files, each in a process of its own if there are several."""
    if len(paths) == 1:
        found = [checked(paths[0])]
    else:
        with Pool(len(paths)) as pool:
            found = pool.map(checked, paths)
    print(f"{sum(rows for rows, _ in found)} rows, {sum(errors for _, errors in found)} errors")


if __name__ == "__main__":
    main(sys.argv[1:])
