"""Checks a JSON value against a type such as a TypedDict, and says what does not fit. Does not use Django."""

import math
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

Json = Any
"""Any value that JSON can hold."""


class Nothing(TypedDict):
    """An empty object: the input of work that needs none."""


Check = Callable[[Any], str]
"""A function that says where and how a value does not fit; "" if it fits."""

MOST_DEPTH = 50  # real data is never nested deeper; much deeper nesting would crash a process that reads it


def fault(shape: Any, value: Any) -> str:
    """Say where and how `value` does not fit the type `shape`; "" if it fits.

    Known types are TypedDict, list, tuple of fixed length, dict, Literal, unions, str, int, float, bool, None and
    `Json`. A tuple is a list in JSON; numbers must be finite, True is no number, and PostgreSQL must be able to store
    the texts.
    """
    # A name in the value may have a character that no page can hold.
    return _check_of(shape)(value).encode("utf-8", "backslashreplace").decode()


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant; "" if none is similar."""
    found = get_close_matches(name.lower(), list(known), n=1, cutoff=0.7)
    return found[0] if found else ""


@cache
def _check_of(shape: Any) -> Check:
    if shape is Any:
        return _plain
    if is_typeddict(shape):
        return _record(shape)
    origin = get_origin(shape)
    return MAKERS[origin](get_args(shape)) if origin in MAKERS else SCALARS[shape]


# -- Plain values ---------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return _said("a text", value)
    # PostgreSQL stores neither NUL nor half a pair of surrogates.
    if "\x00" in value or not (value.isascii() or _whole(value)):
        return ": a character that cannot be stored"
    return ""


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _integer(value: Any) -> str:
    return "" if isinstance(value, int) and not isinstance(value, bool) else _said("a whole number", value)


def _number(value: Any) -> str:
    fine = isinstance(value, (int, float)) and not isinstance(value, bool) and _is_finite(value)
    return "" if fine else _said("a number", value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else _said("true or false", value)


def _nothing(value: Any) -> str:
    return "" if value is None else _said("null", value)


SCALARS: dict[Any, Check] = {
    str: _text, int: _integer, float: _number, bool: _flag, NoneType: _nothing, None: _nothing
}  # fmt: skip


def _plain(value: Any, depth: int = 0) -> str:
    """Anything that JSON can hold."""
    if depth > MOST_DEPTH:
        return ": nested too deeply"
    if isinstance(value, Mapping):
        return _first((f".{name}", _text(name) or _plain(part, depth + 1)) for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return _first((f"[{at}]", _plain(part, depth + 1)) for at, part in enumerate(value))
    if isinstance(value, str):
        return _text(value)
    return "" if value is None or isinstance(value, bool) else _number(value)


# -- Values with parts ----------------------------------------------------------------------------------------


def _record(shape: Any) -> Check:
    hints = get_type_hints(shape, include_extras=False)
    checks = {name: _check_of(each) for name, each in hints.items()}
    required: frozenset[str] = shape.__required_keys__

    def check(value: Any) -> str:
        if not isinstance(value, dict):
            return _said("an object", value)
        for name, part in value.items():
            one = checks.get(name)
            if one is None:
                near = nearest(str(name), checks)
                return f".{name}: unknown" + (f"; {near}?" if near else "")
            if wrong := one(part):
                return f".{name}{wrong}"
        if required <= value.keys():
            return ""
        return f".{min(required - value.keys())}: missing"

    return check


def _list(args: tuple[Any, ...]) -> Check:
    each = _check_of(args[0])

    def check(value: Any) -> str:
        if not isinstance(value, (list, tuple)):
            return _said("a list", value)
        for at, part in enumerate(value):
            if wrong := each(part):
                return f"[{at}]{wrong}"
        return ""

    return check


def _tuple(args: tuple[Any, ...]) -> Check:
    checks = [_check_of(arg) for arg in args]

    def check(value: Any) -> str:
        if not isinstance(value, (list, tuple)) or len(value) != len(checks):
            return _said(f"a list of {len(checks)}", value)
        return _first((f"[{at}]", one(part)) for at, (one, part) in enumerate(zip(checks, value, strict=True)))

    return check


def _mapping(args: tuple[Any, ...]) -> Check:
    name_of, each = _check_of(args[0]), _check_of(args[1])

    def check(value: Any) -> str:
        if not isinstance(value, dict):
            return _said("an object", value)
        for name, part in value.items():
            if wrong := name_of(name) or each(part):
                return f".{name}{wrong}"
        return ""

    return check


def _one_of(args: tuple[Any, ...]) -> Check:
    checks = [_check_of(arg) for arg in args]

    def check(value: Any) -> str:
        faults = []
        for one in checks:
            wrong = one(value)
            if not wrong:
                return ""
            faults.append(wrong)
        return " / ".join(faults)

    return check


def _literal(args: tuple[Any, ...]) -> Check:
    words = ", ".join(map(str, args))
    # Types are compared too, because True == 1.
    return lambda value: "" if any(type(value) is type(one) and value == one for one in args) else _said(words, value)


MAKERS: dict[Any, Callable[[tuple[Any, ...]], Check]] = {
    list: _list, tuple: _tuple, dict: _mapping, Union: _one_of, UnionType: _one_of, Literal: _literal
}  # fmt: skip


def _first(parts: Iterable[tuple[str, str]]) -> str:
    return next((f"{at}{wrong}" for at, wrong in parts if wrong), "")


def _said(wanted: str, value: Any) -> str:
    return f": {wanted} is wanted, not {str(value)[:40]!r}"
