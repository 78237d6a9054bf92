"""Small changes to the text of a mapping that keep its comments: take an entry out, replace a value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from importer.mapping.document import Path

_COMMENT = re.compile(r"\s*#")


@dataclass(frozen=True, slots=True)
class _Step:
    """One node on the way down: the entry it is in its parent, and the parent."""

    node: yaml.Node
    parent: yaml.Node | None = None
    key: yaml.Node | None = None
    index: int = 0


class YamlText:
    """A text of YAML, to be changed in places.

    Attributes:
        text: as it is now.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def source(self, path: Path) -> str:
        """The text of the value at a path."""
        node = self._way(path)[-1].node
        return self.text[node.start_mark.index : _end(node)]

    def replace(self, path: Path, text: str) -> None:
        """Put another text in place of the value at a path."""
        node = self._way(path)[-1].node
        self._put(node.start_mark.index, _end(node), text)

    def insert_key(self, path: Path, pair: str) -> None:
        """Put `key: value` in front of the keys at a path."""
        node = self._way(path)[-1].node
        start = node.value[0][0].start_mark
        between = ", " if _in_flow(node) else f"\n{' ' * start.column}"
        self._put(start.index, start.index, f"{pair}{between}")

    def is_mapping(self, path: Path) -> bool:
        """Whether keys stand at a path, not a text or a list."""
        return isinstance(self._way(path)[-1].node, yaml.MappingNode)

    def remove(self, path: Path) -> None:
        """Take an entry out, with its comment; what holds nothing else goes with it."""
        way = self._way(path)
        while len(way) > 2 and _entries(way[-1].parent) == 1:
            way.pop()
        step = way[-1]
        assert step.parent is not None  # noqa: S101 - the root is never removed
        if _in_flow(step.parent):
            self._remove_flow(step)
        else:
            self._remove_lines(step)

    def _way(self, path: Path) -> list[_Step]:
        root = yaml.compose(self.text, Loader=yaml.SafeLoader)
        assert root is not None  # noqa: S101 - the text has been read as a mapping before
        way = [_Step(root)]
        for part in path:
            found = next(_children(way[-1].node, part), None)
            if found is not None:
                way.append(found)
            elif part != 0:  # a single entry without its list
                raise KeyError(path)
        return way

    def _put(self, start: int, end: int, text: str) -> None:
        self.text = self.text[:start] + text + self.text[end:]

    def _remove_flow(self, step: _Step) -> None:
        parent = step.parent
        assert parent is not None  # noqa: S101 - checked by the caller
        starts = [_start(entry) for entry in parent.value]
        ends = [_end(entry[1] if isinstance(entry, tuple) else entry) for entry in parent.value]
        last = step.index == len(starts) - 1
        start = ends[step.index - 1] if last and step.index else starts[step.index]
        self._put(start, ends[step.index] if last else starts[step.index + 1], "")

    def _remove_lines(self, step: _Step) -> None:
        lines = self.text.splitlines(keepends=True)
        first = (step.key or step.node).start_mark.line
        last = self.text.count("\n", 0, _end(step.node))
        indent = len(lines[first]) - len(lines[first].lstrip())
        while first and _COMMENT.match(lines[first - 1]) and _indent(lines[first - 1]) == indent:
            first -= 1
        blank_before = first and not lines[first - 1].strip()
        while blank_before and last + 1 < len(lines) and not lines[last + 1].strip():
            last += 1
        self.text = "".join([*lines[:first], *lines[last + 1 :]])


def _children(node: yaml.Node, part: str | int) -> Iterator[_Step]:
    if isinstance(node, yaml.MappingNode):
        for index, (key, child) in enumerate(node.value):
            if key.value == part:
                yield _Step(child, node, key, index)
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        yield _Step(node.value[part], node, None, part)


def _entries(node: yaml.Node | None) -> int:
    return len(node.value) if node is not None else 0


def _start(entry: yaml.Node | tuple[yaml.Node, yaml.Node]) -> int:
    node = entry[0] if isinstance(entry, tuple) else entry
    return int(node.start_mark.index)


def _end(node: yaml.Node) -> int:
    """Where a node's last sign stands; YAML's own mark of a block is behind the comments that follow."""
    if isinstance(node, yaml.ScalarNode) or _in_flow(node):
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _in_flow(node: yaml.Node) -> bool:
    """Whether a list or mapping stands in brackets."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)
