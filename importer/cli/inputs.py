"""From the person's arguments to a file of rows and a mapping bound to it."""

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from importer.errors import MappingError
from importer.mapping import ColumnMapping, CustomField, Mapper, load_mapping, own_transforms
from importer.source import Source, SourceOptions, open_source

_CHUNK_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class MapperRecipe:
    """All that a mapper is made from; called, it makes one.

    Attributes:
        folder: where the person's own transforms are looked for first.
    """

    mapping: ColumnMapping
    headings: tuple[str, ...]
    custom_fields: Sequence[CustomField] | None
    address_book_id: str | None
    folder: Path

    def __call__(self) -> Mapper:
        """Make the mapper.

        Raises:
            MappingError: columns that the file lacks, custom fields that the account lacks.
        """
        return Mapper(
            self.mapping,
            self.headings,
            custom_fields=self.custom_fields,
            address_book_id=self.address_book_id,
            own_transforms=load_own_transforms(self.mapping, self.folder),
        )


@dataclass(frozen=True, slots=True)
class Inputs:
    """An opened file and its mapping."""

    path: str
    mapping_path: str
    mapping: ColumnMapping
    source: Source

    def mapper(
        self, custom_fields: Sequence[CustomField] | None = None, address_book_id: str | None = None
    ) -> Mapper:
        """Bind the mapping to the file.

        Raises:
            MappingError: columns that the file lacks, custom fields that the account lacks.
        """
        return self.recipe(custom_fields, address_book_id)()

    def recipe(
        self, custom_fields: Sequence[CustomField] | None = None, address_book_id: str | None = None
    ) -> MapperRecipe:
        """Say how to make the mapper; picklable, so that other processes can make it too."""
        return MapperRecipe(
            self.mapping,
            self.source.headings,
            custom_fields,
            address_book_id,
            Path(self.mapping_path).parent.resolve(),
        )


@contextmanager
def opened(path: str, mapping_path: str, options: SourceOptions) -> Iterator[Inputs]:
    """Read the mapping, open the file as flags and mapping say.

    Raises:
        MappingError: the mapping is missing or wrong.
        SourceError: the file is missing or unreadable.
    """
    mapping = read_mapping(mapping_path)
    with open_source(path, merged_options(options, mapping), chunk_rows=_CHUNK_ROWS) as source:
        yield Inputs(path, mapping_path, mapping, source)


def read_mapping(path: str) -> ColumnMapping:
    """Read a mapping file.

    Raises:
        MappingError: it is missing, no text, or wrong.
    """
    place = Path(path)
    try:
        text = place.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise MappingError(f"There is no mapping file {path}.{_near(place)}") from None
    except IsADirectoryError:
        raise MappingError(f"{path} is a folder; --mapping takes a YAML file.") from None
    except UnicodeDecodeError as error:
        line = place.read_bytes()[: error.start].count(b"\n") + 1
        raise MappingError(
            f"{path}, line {line}: the mapping file is not UTF-8 text. Save it as UTF-8 in your editor."
        ) from None
    except OSError as error:
        raise MappingError(f"The mapping file {path} cannot be read: {error.strerror or error}.") from error
    return load_mapping(text, path)


def _near(place: Path) -> str:
    folder = place.parent
    if not folder.is_dir():
        return f" The folder {folder} does not exist."
    names = sorted(item.name for item in folder.iterdir() if item.suffix in (".yaml", ".yml"))
    return f" The folder has: {', '.join(names[:10])}." if names else ""


def merged_options(flags: SourceOptions, mapping: ColumnMapping) -> SourceOptions:
    """Let flags overrule what the mapping says about the file."""
    said = mapping.source
    return replace(
        flags,
        **{
            name: getattr(said, name)
            for name in ("encoding", "delimiter", "quote", "escape", "heading_line", "sheet", "headings")
            if getattr(flags, name) is None
        },
    )


def load_own_transforms(mapping: ColumnMapping, folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Import the person's own functions that the mapping names as `module:function`.

    The module is looked for beside the mapping first, then where Python finds modules.

    Raises:
        MappingError: there is no such module or function, or its import fails.
    """
    found: dict[str, Callable[[str], object]] = {}
    for name in own_transforms(mapping):
        module_name, _, function_name = name.partition(":")
        found[name] = _function(mapping, name, module_name, function_name, folder)
    return found


def _function(
    mapping: ColumnMapping, name: str, module_name: str, function_name: str, folder: Path
) -> Callable[[str], object]:
    place = str(folder.resolve())
    sys.path.insert(0, place)
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # a module of the person may raise anything
        raise MappingError(
            f'{mapping.file}: the transform "{name}" cannot be used: importing {module_name} failed '
            f"({type(error).__name__}: {error}). The module is looked for in {folder}."
        ) from error
    finally:
        sys.path.remove(place)
    function = getattr(module, function_name, None)
    if not callable(function):
        raise MappingError(f'{mapping.file}: the module {module_name} has no function "{function_name}".')
    loaded: Callable[[str], object] = function
    return loaded
