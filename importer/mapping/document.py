"""YAML text -> plain values that remember their lines.

Every scalar stays the text that stands in the file. YAML would read ``no`` as false, ``007`` as 7 and
``2026-01-01`` as a date, and a person who maps ``no`` to ``Norway`` never finds out why it fails; where a
number or a switch is wanted, the models make it from the text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import yaml

from importer.errors import MappingError

Path: TypeAlias = tuple[str | int, ...]

_MAX_NODES: Final = 50_000
"""Aliases can make a small file expand without end; no honest mapping comes near this."""

_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})


class PlainText(str):
    """A scalar without quotes: where a number is possible, this one may be meant as a number."""

    __slots__ = ()


@dataclass(slots=True)
class Document:
    """A parsed mapping file.

    Attributes:
        name: what messages call the file.
        value: dicts, lists, texts and None.
        lines: path of keys and positions -> line of its key (1 = first line of the file).
        complaints: (line, sentence) for what YAML itself lets pass, such as a key that stands twice.
    """

    name: str
    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    complaints: list[tuple[int, str]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that has one."""
        return line_of(self.lines, path)


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it that has one; 1 when nothing has."""
    for end in range(len(path), -1, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return 1


def parse(text: str, name: str) -> Document:
    """Parse the YAML text of a mapping.

    Raises:
        MappingError: the text is no YAML, with the line and what a person usually did there.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise MappingError(_syntax_message(error, text, name)) from None
    except RecursionError:
        raise MappingError(f"{name}: the lists and keys are nested too deeply to be a mapping.") from None
    document = Document(name)
    document.value = _Reader(document).read(node, ())
    return document


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0
        self.open: set[int] = set()

    def read(self, node: yaml.Node | None, path: Path) -> object:
        if node is None:
            return None
        self._enter(node)
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode):
                return [self._item(child, (*path, index)) for index, child in enumerate(node.value)]
            return _scalar(node)
        finally:
            self.open.discard(id(node))

    def _enter(self, node: yaml.Node) -> None:
        self.nodes += 1
        if self.nodes > _MAX_NODES or id(node) in self.open:
            line = node.start_mark.line + 1
            raise MappingError(
                f"{self.document.name}, line {line}: an alias (*name) repeats itself without end."
            )
        self.open.add(id(node))

    def _item(self, node: yaml.Node, path: Path) -> object:
        value = self.read(node, path)
        # In a list every scalar is meant: "null" among placeholders is the word, not nothing.
        return node.value if value is None and isinstance(node, yaml.ScalarNode) else value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object] | str:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key is None:
                continue
            line = key_node.start_mark.line + 1
            if key in result:
                first = self.document.lines[(*path, key)]
                self._complain(
                    line, f'the key "{key}" stands twice here (first on line {first}); keep one of them'
                )
                continue
            self.document.lines[(*path, key)] = line
            result[key] = self.read(value_node, (*path, key))
        return self._unquoted_template(node, result) or result

    def _key(self, node: yaml.Node) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._complain(
            node.start_mark.line + 1,
            'a list or {...} stands where a key is expected; put texts with braces in quotes: "{First Name}"',
        )
        return None

    def _unquoted_template(self, node: yaml.MappingNode, values: Mapping[str, object]) -> str | None:
        """``{First Name}`` without quotes is a YAML mapping with one empty key: say so, go on as meant."""
        bare = all(value.start_mark.index == key.end_mark.index for key, value in node.value)
        if not (node.flow_style and values and bare):
            return None
        meant = f"{{{', '.join(values)}}}"
        self._complain(
            node.start_mark.line + 1,
            f'{meant} stands without quotes, which YAML reads as a list of keys; write "{meant}"',
        )
        return meant

    def _complain(self, line: int, sentence: str) -> None:
        self.document.complaints.append((line, sentence))


def _scalar(node: yaml.Node) -> str | None:
    text = str(node.value)
    if getattr(node, "style", None) is not None:
        return text
    return None if text in _NOTHING else PlainText(text)


# --- syntax errors, in words --------------------------------------------------------------------


def _syntax_message(error: yaml.YAMLError, text: str, name: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return _reader_message(error, text, name)
    lines = text.splitlines() or [""]
    number = min(mark.line, len(lines) - 1)
    problem = getattr(error, "problem", None) or "this cannot be read"
    context = getattr(error, "context_mark", None)
    opened = context.line if context is not None and context.line < len(lines) else number
    if "end of stream" in problem or "<stream end>" in problem:
        return f"{name}, line {opened + 1}: a quote or bracket that is opened here is never closed."
    if "another document" in problem:
        return f"{name}, line {number + 1}: `---` begins a second document; a mapping is one."
    if number and re.match(r"\s*[\w ]+:[^\s:]+$", lines[number - 1]):
        return f"{name}, line {number}: a space is missing after the colon: write `key: value`."
    for candidate in (number, opened):
        hint = _hint(lines[candidate], problem)
        if hint:
            return f"{name}, line {candidate + 1}: {hint}"
    return (
        f"{name}, line {number + 1}: this is not valid YAML ({problem}). Found: {lines[number].strip()[:80]}"
    )


def _reader_message(error: yaml.YAMLError, text: str, name: str) -> str:
    position = getattr(error, "position", None)
    if isinstance(position, int):
        line = text.count("\n", 0, position) + 1
        return f"{name}, line {line}: a character here is not allowed in YAML; is this a text file?"
    return f"{name}: this is not valid YAML."


_HINTS: Final = (
    (
        re.compile(r"^\s*\t|^ *\t"),
        "the line is indented with a tab; YAML wants spaces, two for each level.",
    ),
    (
        re.compile(r"(?:^|[:\-\[,])\s*\{[^}\"']*\}\s*\S"),
        'a text that begins with a brace must be in quotes, for example "{First Name} {Last Name}".',
    ),
    (
        re.compile(r":\s+[*&!%@`|>]"),
        "a text that begins with a special character (* & ! % @ `) must be in quotes.",
    ),
    (
        re.compile(r"^\s*-?\s*[*&!%@`]"),
        "a text that begins with a special character (* & ! % @ `) must be in quotes.",
    ),
    (
        re.compile(r":\s[^\"'#]*:(?:\s|$|[^\"'#]*[}\]])"),
        'a text that contains a colon must be in quotes, for example "Address 1: City".',
    ),
    (
        re.compile(r":\s*\"[^\"]*\"\s*[^\s#,}\]]|:\s*'[^']*'\s*[^\s#,}\]]"),
        "something stands after the closing quote; put the whole text in one pair of quotes.",
    ),
    (
        re.compile(r"\"[^\"]*\\[^\\\"/abefnrtvxuUNLP_0 ][^\"]*\""),
        "a backslash inside double quotes is special to YAML; use single quotes around the text.",
    ),
)


def _hint(line: str, problem: str) -> str:
    for pattern, sentence in _HINTS:
        if pattern.search(line):
            return sentence
    if "could not find expected ':'" in problem:
        return "a key without its colon: write `key: value`, with a space after the colon."
    if (
        "mapping values are not allowed" in problem
        or "did not find expected key" in problem
        or "expected <block end>" in problem
    ):
        return "the indentation does not fit the lines above; keys of one level begin in the same column."
    return ""
