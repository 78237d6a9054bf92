"""pandera with patterns, lengths and required cells, a chunk of the file at a time.

    python peer_pandera.py FILE

Patterns stand for phone numbers and addresses: it has no numbering plans. Keys are unique inside a chunk
only, and rows that pandas cannot read are left out.
"""

import sys

import pandas as pd
import pandera.pandas as pa
from peer_frictionless import EMAIL, PHONE

_ROWS_AT_ONCE = 50_000


def text(pattern: str = "", longest: int = 0, *, required: bool = False, unique: bool = False) -> pa.Column:
    """A column of texts that may be empty."""
    checks = (
        [pa.Check.str_matches(rf"(?:{pattern})$" if required else rf"(?:{pattern})?$")] if pattern else []
    )
    checks += [pa.Check.str_length(max_value=longest)] if longest else []
    return pa.Column(str, checks, unique=unique)


SCHEMA = pa.DataFrameSchema(
    {
        "Customer No": text(r"\w+", 256, required=True, unique=True),
        "First Name": text(longest=36),
        "Last Name": text(longest=36),
        "Company": text(longest=256),
        "Job Title": text(longest=256),
        "Phone": text(PHONE),
        "Mobile": text(PHONE),
        "Email": text(EMAIL),
        "Second Email": text(EMAIL),
        "Country": text(longest=256),
        "Time Zone": text(r"[A-Z][A-Za-z_]+/[A-Za-z_/]+"),
        "Status": pa.Column(str, pa.Check.isin(["Active", "Deleted"])),
    }
)


def main(path: str) -> None:
    """Validate the file."""
    rows = wrong = 0
    chunks = pd.read_csv(path, dtype=str, keep_default_na=False, on_bad_lines="skip", chunksize=_ROWS_AT_ONCE)
    for chunk in chunks:
        rows += len(chunk)
        try:
            SCHEMA.validate(chunk.fillna(""), lazy=True)
        except pa.errors.SchemaErrors as errors:
            wrong += len(errors.failure_cases)
    print(f"{rows} rows, {wrong} errors")


if __name__ == "__main__":
    main(sys.argv[1])
