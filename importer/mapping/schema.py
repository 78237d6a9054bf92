"""The mapping language as JSON Schema, for editors that complete and check while one writes."""

from typing import Any

from importer.mapping.language import ColumnMapping

_SCALAR = ["string", "number", "boolean"]
"""YAML reads 007 and no as number and boolean; the importer takes their text, so an editor should too."""


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
    if result.get("type") == "string" and "enum" not in result and "const" not in result:
        result["type"] = _SCALAR
    return result
