"""Read a file of texts from `demo/data` into its dataclass and check it: a wrong file is refused with a sentence."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

DATA = Path(__file__).parent / "data"

File = TypeVar("File")
Named = TypeVar("Named")

_WORDS: dict[type, str] = {str: "a text", int: "a whole number", float: "a number", dict: "a table", list: "a list"}


class BadText(ValueError):
    """A file of texts is not what its dataclass says; the sentence names the file, the row and the key."""


def read(name: str, shape: type[File], *, folder: Path = DATA) -> File:
    """The file `name`.toml as the dataclass `shape`: a table of the file for each of its fields."""
    path = folder / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadText(f"{name}.toml is not TOML: {error}.") from None
    made: File = _row(shape, data, f"{name}.toml")
    return made


def look_up(named: Mapping[str, Named], key: str, what: str) -> Named:
    """What the texts elsewhere call `key`."""
    if key not in named:
        raise BadText(f"{what} “{key}” is unknown.")
    return named[key]


def _row(shape: Any, table: Any, where: str) -> Any:
    _expect(dict, table, where)
    known = {field.name: field for field in fields(shape)}
    for key in table:
        if key not in known:
            raise BadText(f"{where}: the key “{key}” is unknown; known are {', '.join(known)}.")
    for key, field in known.items():
        if key not in table and _is_required(field):
            raise BadText(f"{where}: the key “{key}” is missing.")
    kinds = get_type_hints(shape)
    return shape(**{key: _value(kinds[key], value, f"{where}, {key}") for key, value in table.items()})


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _value(kind: Any, value: Any, where: str) -> Any:
    if is_dataclass(kind):
        return _row(kind, value, where)
    read_as = _READERS.get(get_origin(kind) or kind)
    if read_as is None:
        raise TypeError(f"{where}: no file can hold {kind}.")
    return read_as(kind, value, where)


def _text(_kind: Any, value: Any, where: str) -> str:
    """A line break within a text only keeps the file readable: the lines are joined without it."""
    _expect(str, value, where)
    return "".join(line.strip() for line in value.splitlines())


def _whole(_kind: Any, value: Any, where: str) -> int:
    _expect(int, value, where)
    return int(value)


def _number(_kind: Any, value: Any, where: str) -> float:
    if type(value) is not int:
        _expect(float, value, where)
    return float(value)


def _optional(kind: Any, value: Any, where: str) -> Any:
    """TOML has no None: a key that is there has a value."""
    return _value(get_args(kind)[0], value, where)


def _list(kind: Any, value: Any, where: str) -> tuple[Any, ...]:
    _expect(list, value, where)
    kinds = get_args(kind)
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(kinds) != len(value):
        raise BadText(f"{where}: {len(kinds)} values are wanted, {len(value)} are there.")
    return tuple(_value(one, each, f"{where} {i}") for i, (one, each) in enumerate(zip(kinds, value, strict=True), 1))


def _names(kind: Any, value: Any, where: str) -> dict[str, Any]:
    _expect(dict, value, where)
    return {key: _value(get_args(kind)[1], each, f"{where}, {key}") for key, each in value.items()}


def _expect(kind: type, value: Any, where: str) -> None:
    if type(value) is not kind:
        raise BadText(f"{where}: {_WORDS[kind]} is wanted, not {value!r}.")


_READERS: dict[Any, Callable[[Any, Any, str], Any]] = {
    str: _text,
    int: _whole,
    float: _number,
    UnionType: _optional,
    tuple: _list,
    dict: _names,
}
