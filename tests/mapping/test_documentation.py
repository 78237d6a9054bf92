"""Code, document, schema and shipped mappings say the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from importer.mapping import limits, load_mapping, mapping_schema
from importer.mapping.complaints import inner_model
from importer.mapping.language import ColumnMapping
from importer.transforms.registry import TRANSFORMS

FOLDER = Path(__file__).parents[2] / "mappings"
DOCUMENT = (FOLDER / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
MAPPINGS = sorted(FOLDER.glob("*.yaml"))
SCHEMA = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))


def completed(data: dict[str, Any]) -> dict[str, Any]:
    """An example as a whole mapping: what it leaves out is filled in."""
    contact = {"display_name": "Name", "emails": "Email", **data.get("contact", {})}
    return {**data, "version": 1, "contact": contact}


def as_editor(text: str) -> Any:
    """What an editor checks: YAML's own types, texts as keys."""
    return json.loads(json.dumps(yaml.safe_load(text)))


def keys(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    seen.add(model)
    for name, field in model.model_fields.items():
        yield field.alias or name
        inner = inner_model(field.annotation)
        if inner is not None and inner not in seen:
            yield from keys(inner, seen)


@pytest.mark.parametrize("key", sorted(set(keys(ColumnMapping, set()))))
def test_every_key_is_documented_with_an_example(key: str) -> None:
    """No key without a sentence, and none without an example that loads."""
    assert f"`{key}`" in DOCUMENT
    assert any(re.search(rf"(?:^|[\s{{]){key}:", example) for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_loads(example: str) -> None:
    """What the document shows, the importer takes, and so does the schema."""
    texts = yaml.load(example, yaml.BaseLoader) or {}  # noqa: S506 - BaseLoader makes texts only
    load_mapping(yaml.safe_dump(completed(texts)), "example.yaml")
    jsonschema.validate(completed(as_editor(example)), SCHEMA)


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_every_transform_is_documented(name: str) -> None:
    """The table has the line and the example of the code."""
    transform = TRANSFORMS[name]
    assert f"| `{name}` | {transform.documentation} |" in DOCUMENT


@pytest.mark.parametrize("field", list(limits.TEXT_LENGTHS))
def test_limits_are_documented(field: str) -> None:
    """The table of fields states the limits of the code."""
    line = next(line for line in DOCUMENT.splitlines() if line.startswith("|") and f"`{field}`" in line)
    assert f"{limits.TEXT_LENGTHS[field]} characters" in line


def test_schema_is_current() -> None:
    """mappings/schema.json is what the models say: `json.dumps(mapping_schema(), indent=2)`."""
    assert mapping_schema() == SCHEMA


def test_schema_is_valid() -> None:
    """The schema is itself a JSON Schema."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\ncontact: {display_name: N, emails: E, fist_name: A}",
        "version: 1\ncontact: {display_name: N, emails: E, company: {colum: A}}",
        "version: 1\ncontact: {display_name: N, emails: E, company: {column: A, too_long: cutt}}",
        "version: 1\ncontact: {display_name: N, emails: E, company: {column: A, transform: titel}}",
        "version: 2\ncontact: {display_name: N, emails: E}",
        "version: 1",
    ],
    ids=["field", "key", "word", "transform", "version", "contact"],
)
def test_schema_refuses_what_the_importer_refuses(text: str) -> None:
    """An editor shows the same mistakes."""
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(text))


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.name)
def test_shipped_mapping_loads(path: Path) -> None:
    """Every mapping in the folder loads, satisfies the schema and tells editors where the schema is."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=./schema.json\n")
    load_mapping(text, path.name)
    jsonschema.validate(as_editor(text), SCHEMA)


def test_the_table_of_exports_is_complete() -> None:
    """Each shipped mapping stands in the table beside a sample, and no other name does."""
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+`) \| (`[^|]+`) \| .+ \|$", DOCUMENT, re.MULTILINE)
    files = {name for row in rows for cell in row for name in re.findall(r"`([^`]+)`", cell)}
    samples = {path.name for path in (FOLDER.parent / "sample_data").iterdir() if path.is_file()}
    assert files == {path.name for path in MAPPINGS} | samples
