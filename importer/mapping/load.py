"""YAML text -> ColumnMapping, with every mistake of the file said at once and in words."""

import hashlib
import json
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from importer.errors import MappingError
from importer.mapping.complaints import complaints, shown
from importer.mapping.document import Document, Path, parse
from importer.mapping.language import ColumnMapping
from importer.mapping.spelling import did_you_mean, listed
from importer.mapping.template import parse_template
from importer.mapping.value_functions import is_own_transform, transform_names


def load_mapping(text: str, name: str) -> ColumnMapping:
    """Read a mapping.

    Args:
        text: the YAML.
        name: the file's name, for messages.

    Raises:
        MappingError: every mistake of the file: line, what was found, what was expected, nearest spelling.
    """
    document = parse(text, name)
    if not isinstance(document.value, dict):
        wanted = "keys with values such as `version: 1`"
        raise MappingError(f"{name}, line 1: a mapping begins with {wanted}; found {shown(document.value)}.")
    found = [*document.complaints, *_unknown_transforms(document.value, (), document)]
    mapping = None
    try:
        mapping = ColumnMapping.model_validate(document.value).placed(name, document.lines)
    except ValidationError as error:
        found += complaints(error, document)
    if found or mapping is None:
        raise MappingError(_report(found, name))
    return mapping


def _report(found: list[tuple[int, str]], name: str) -> str:
    lines = [f"{name}, line {line}: {sentence}" for line, sentence in sorted(set(found))]
    if len(lines) == 1:
        return lines[0] if lines[0].endswith(("?", ".")) else f"{lines[0]}."
    return "\n".join([f"{name} has {len(lines)} mistakes:", *(f"  {line}" for line in lines)])


def _unknown_transforms(node: object, path: Path, document: Document) -> Iterator[tuple[int, str]]:
    """Names under any `transform:`, looked for before validating: other mistakes must not hide them."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _unknown_transforms(item, (*path, index), document)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "transform":
                yield from _not_known(value, (*path, key), document)
            elif key != "map":
                yield from _unknown_transforms(value, (*path, key), document)


def _not_known(names: object, path: Path, document: Document) -> Iterator[tuple[int, str]]:
    known = transform_names()
    for index, name in enumerate(names if isinstance(names, list) else [names]):
        if isinstance(name, str) and name not in known and not is_own_transform(name):
            hint = (
                did_you_mean(name, known) or f"; there are {listed(known)}, or your own as my_module:function"
            )
            yield document.line((*path, index)), f'unknown transform "{name}"{hint}'


# --- looking through a mapping --------------------------------------------------------------------


def parts(model: BaseModel, path: Path = ()) -> Iterator[tuple[Path, BaseModel]]:
    """A mapping and everything inside, each with its path, in the order of the language."""
    yield path, model
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        here = (*path, field.alias or name)
        if isinstance(value, BaseModel):
            yield from parts(value, here)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from parts(item, (*here, index))


def named_transforms(mapping: ColumnMapping) -> Iterator[tuple[Path, str]]:
    """Every transform the mapping names, with the path where it stands."""
    for path, part in parts(mapping):
        for name in getattr(part, "transform", ()):
            yield (*path, "transform"), name


def own_transforms(mapping: ColumnMapping) -> tuple[str, ...]:
    """The person's own transforms, `my_module:function`, that the edge has to load, each once."""
    return tuple(dict.fromkeys(name for _, name in named_transforms(mapping) if is_own_transform(name)))


def columns_used(mapping: ColumnMapping) -> tuple[str, ...]:
    """Every column that the mapping names, alternatives and wildcards included, each once, in order."""
    names: dict[str, None] = {}
    for _, part in parts(mapping):
        names.update(dict.fromkeys(getattr(part, "column", None) or ()))
        template = getattr(part, "template", None)
        if template:
            names.update(dict.fromkeys(parse_template(template).columns))
    return tuple(names)


def named_custom_fields(mapping: ColumnMapping) -> tuple[str, ...]:
    """The custom fields that have to be looked up in the account by name before a run."""
    return tuple(field.name for field in mapping.contact.custom_fields if field.name is not None)


def digest(mapping: ColumnMapping) -> str:
    """blake2b-128 in hex of what the mapping says; comments, spacing and short forms do not change it."""
    said = mapping.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"name", "description"}
    )
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
