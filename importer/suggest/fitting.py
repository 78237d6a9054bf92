"""A shipped mapping -> the same mapping without the columns that a file lacks."""

from collections.abc import Sequence

from importer.errors import MappingError
from importer.mapping import ColumnMapping, Mapper, load_mapping
from importer.mapping.document import Path
from importer.mapping.headings import Headings
from importer.mapping.language import CustomFieldValue, KeyColumn, Variable
from importer.mapping.load import parts
from importer.mapping.template import parse_template
from importer.mapping.value_models import Condition, PhoneType, Region, Value
from importer.suggest.yaml_edit import YamlText

_NAME = "mapping"
_MOST_CHANGES = 500


def fit(text: str, headings: Sequence[str]) -> str | None:
    """The mapping with nothing in it that the file lacks; None when too little of it would be left."""
    edited = YamlText(text)
    for _ in range(_MOST_CHANGES):
        try:
            mapping = load_mapping(edited.text, _NAME)
            if not _change(edited, mapping, headings):
                Mapper(mapping, headings, own_transforms=None)
                return edited.text
        except (MappingError, KeyError):
            return None
    return None


def _change(edited: YamlText, mapping: ColumnMapping, headings: Sequence[str]) -> bool:
    """Mend the first place that names a missing column; False when there is none."""
    look = Headings(headings, lambda _path: "")
    for path, part in parts(mapping):
        match part:
            case Region() | PhoneType() if part.column and not part.optional and not _has(look, part.column):
                _only_default(edited, path, part)
            case KeyColumn() if not _has(look, part.column):
                edited.remove(path)
            case Condition() if part.column and not part.optional and not _has(look, part.column):
                if path[0] == "skip_rows" and len(path) == 2:
                    edited.remove(path)
                else:
                    edited.insert_key(path, "optional: true")
            case Value() if part.column and not part.optional and not _has(look, part.column):
                _remove_value(edited, mapping, path)
            case Value() if part.template and not part.optional:
                columns = parse_template(part.template).columns
                present = [column for column in columns if _has(look, (column,))]
                if len(present) == len(columns):
                    continue
                _shorten(edited, mapping, path, lacks_all=not present)
            case _:
                continue
        return True
    return False


def _has(look: Headings, columns: Sequence[str]) -> bool:
    return bool(look.find(columns, (), optional=True))


def _only_default(edited: YamlText, path: Path, part: Region | PhoneType) -> None:
    default = part.default or ("other" if isinstance(part, PhoneType) else None)
    if default is None:
        edited.remove(path)
    else:
        edited.replace(path, default)


def _remove_value(edited: YamlText, mapping: ColumnMapping, path: Path) -> None:
    """Take a value out; custom data goes with its name, a display name cannot be missing."""
    holders = dict(parts(mapping))
    if path[:-1] in holders and isinstance(holders[path[:-1]], Variable | CustomFieldValue):
        path = path[:-1]
    if path == ("contact", "display_name"):
        raise KeyError(path)
    edited.remove(path)


def _shorten(edited: YamlText, mapping: ColumnMapping, path: Path, *, lacks_all: bool) -> None:
    """Columns that a template lacks count as empty; a template without any goes."""
    if lacks_all:
        _remove_value(edited, mapping, path)
    elif edited.is_mapping(path):
        edited.insert_key(path, "optional: true")
    else:
        edited.replace(path, f"{{template: {edited.source(path)}, optional: true}}")
