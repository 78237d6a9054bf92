"""The mapping language as JSON Schema, for editors that complete and check while one writes."""

from typing import Any

from importer.mapping.language import ColumnMapping
from importer.mapping.value_functions import OWN_TRANSFORM, transform_names

_SCALAR = ["string", "number", "boolean"]
"""YAML reads 007 and no as number and boolean; the importer takes their text, so an editor should too."""

_TRANSFORM = {"anyOf": [{"enum": list(transform_names())}, {"type": "string", "pattern": OWN_TRANSFORM}]}


def mapping_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a mapping file, made from the models."""
    schema = ColumnMapping.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_relaxed(schema),
        "title": "zoom-import column mapping",
    }


def _relaxed(node: Any) -> Any:
    """The same schema, with numbers and switches allowed for texts, and one entry for a list of models."""
    if isinstance(node, list):
        return [_relaxed(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: _relaxed(value) for key, value in node.items()}
    properties = result.get("properties")
    if isinstance(properties, dict) and "transform" in properties:
        properties["transform"] = {**properties["transform"], **_one_or_more(_TRANSFORM)}
    if result.get("type") == "string" and "enum" not in result and "const" not in result:
        result["type"] = _SCALAR
    return result


def _one_or_more(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item}]}
