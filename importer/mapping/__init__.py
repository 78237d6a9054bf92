"""The mapping language: YAML text -> `ColumnMapping`; `Mapper` binds it to a file and maps its chunks."""

from importer.mapping.custom_field import CustomField
from importer.mapping.language import ColumnMapping
from importer.mapping.load import columns_used, digest, load_mapping, named_custom_fields, own_transforms
from importer.mapping.mapped_chunk import MappedChunk
from importer.mapping.mapper import Mapper
from importer.mapping.schema import mapping_schema

__all__ = [
    "ColumnMapping",
    "CustomField",
    "MappedChunk",
    "Mapper",
    "columns_used",
    "digest",
    "load_mapping",
    "mapping_schema",
    "named_custom_fields",
    "own_transforms",
]
