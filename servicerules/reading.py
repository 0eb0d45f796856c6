"""Reads rule sets from plain JSON values and writes them back; whatever is wrong is named with its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from servicerules.facts import Reason
from servicerules.grammar import (
    MOST_DECIMALS,
    MOST_DEPTH,
    Amount,
    Choice,
    Code,
    Day,
    Either,
    Flag,
    Label,
    Many,
    Mapped,
    Moment,
    Number,
    One,
    Part,
    Spec,
    Text,
    Value,
    Words,
    heads_of,
    is_code,
    nearest,
    parts_of,
)

LANGUAGES = ("zh", "en")
MOST_MEANT = 200
"""For so many wrong words it is said which one was probably meant."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DIGITS = re.compile(r"[-+0-9.eE]+", re.ASCII)


NOTHING = "-"
"""Stands in a reason for a list of names that is empty."""


class WrongWords(ValueError):
    """What cannot be read; `reasons` name every wrong word, each with the parameter `path`."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__("; ".join(f"{each.params['path']}: {each.code}" for each in reasons))
        self.reasons = reasons


@dataclass
class Reader:
    """Reads values and collects what is wrong with them; a wrong value is read as None."""

    wrong: list[Reason] = field(default_factory=list)
    depth: int = 0

    def object_at(self, raw: Any, path: str, known: set[str]) -> Mapping[str, Any] | None:
        """An object whose words are all known; unknown ones are refused, and the rest is read on."""
        if not isinstance(raw, Mapping):
            self.refuse("not_an_object", path)
            return None
        for word in raw:
            if word not in known:
                self.unknown(str(word), f"{path}.{word}" if path else str(word), known)
        return raw

    def unknown(self, word: str, path: str, known: set[str]) -> None:
        near = nearest(word, sorted(known)) if len(self.wrong) < MOST_MEANT else ""
        params = {"word": word, "known": ", ".join(sorted(known))}
        self.refuse("misspelt_word" if near else "unknown_word", path, **params, **({"nearest": near} if near else {}))

    def refuse(self, code: str, path: str, **params: Any) -> Any:
        known = {name: printable(value) for name, value in params.items()}
        self.wrong.append(Reason(code, {"path": printable(path) or "$", **known}))

    def node(self, node: type[Any], raw: Any, path: str) -> Any:
        """An object as a node; None if anything in it is wrong."""
        parts = parts_of(node)
        data = self.object_at(raw, path, {each.word for each in parts})
        if data is None:
            return None
        before = len(self.wrong)
        values = {each.name: self._part(each, data, path) for each in parts}
        return node(**values) if len(self.wrong) == before else None

    def _part(self, each: Part, data: Mapping[str, Any], path: str) -> Any:
        here = f"{path}.{each.word}" if path else each.word
        if each.word not in data or (data[each.word] is None and not each.required):
            if each.required:
                self.refuse("missing_word", here, word=each.word)
            return each.default
        return self.value(each.spec, data[each.word], here)

    def value(self, spec: Spec, raw: Any, path: str) -> Any:
        """A value as its spec says."""
        return _READERS[type(spec)](self, spec, raw, path)

    def either(self, spec: Either, raw: Any, path: str) -> Any:
        """The node of a union that the head word names."""
        heads = heads_of(spec.of)
        if not isinstance(raw, Mapping):
            return self.refuse("not_one_of", path, known=", ".join(sorted(heads)))
        found = [word for word in raw if word in heads]
        if len(found) > 1:
            owners = [word for word in found if set(raw) <= {each.word for each in parts_of(heads[word])}]
            found = owners or found
        if len(found) != 1:
            if not found and raw:
                word = next(iter(raw))
                return self.unknown(str(word), f"{path}.{word}", set(heads))
            return self.refuse("not_one_of", path, known=", ".join(sorted(heads)))
        with self.deeper(path) as fine:
            return self.node(heads[found[0]], raw, path) if fine else None

    @contextmanager
    def deeper(self, path: str) -> Iterator[bool]:
        """One level more of nodes within nodes; refused beyond the most."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            self.refuse("too_deep", path, most=MOST_DEPTH)
        yield self.depth <= MOST_DEPTH
        self.depth -= 1


def printable(value: Any) -> Any:
    """A text without halves of characters, which no file and no page can hold; anything else as it is."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _number(reader: Reader, spec: Number, raw: Any, path: str) -> Any:
    # JSON knows one kind of number: 2.0 is a whole one.
    raw = int(raw) if isinstance(raw, float) and raw.is_integer() else raw
    if isinstance(raw, bool) or not isinstance(raw, int):
        return reader.refuse("not_a_number", path, low=spec.low, high=spec.high)
    if not spec.low <= raw <= spec.high:
        return reader.refuse("out_of_range", path, low=spec.low, high=spec.high)
    return raw


def _amount(reader: Reader, spec: Amount, raw: Any, path: str) -> Any:
    fine = isinstance(raw, (int, float, Decimal, str)) and not isinstance(raw, bool)
    try:
        # Read as text, because 0.1 as a float is not a tenth.
        value = Decimal(str(raw).strip()) if fine else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or (isinstance(raw, str) and not _DIGITS.fullmatch(raw.strip())):
        return reader.refuse("not_an_amount", path, low=spec.low, high=spec.high)
    if not spec.low <= value <= spec.high:
        return reader.refuse("out_of_range", path, low=spec.low, high=spec.high)
    if value != round(value, MOST_DECIMALS):
        return reader.refuse("too_many_decimals", path, most=MOST_DECIMALS)
    return value.normalize() + 0


def _flag(reader: Reader, spec: Flag, raw: Any, path: str) -> Any:
    return raw if isinstance(raw, bool) else reader.refuse("not_yes_or_no", path)


def _choice(reader: Reader, spec: Choice, raw: Any, path: str) -> Any:
    if isinstance(raw, str) and raw in spec.words:
        return raw
    if isinstance(raw, str):
        return reader.unknown(raw, path, set(spec.words))
    return reader.refuse("not_one_of", path, known=", ".join(spec.words))


def _code(reader: Reader, spec: Code, raw: Any, path: str) -> Any:
    return raw if is_code(raw) else reader.refuse("not_a_code", path, of=spec.of)


def _text(reader: Reader, spec: Text, raw: Any, path: str) -> Any:
    if isinstance(raw, str) and raw.strip() and len(raw) <= spec.most and "\x00" not in raw and printable(raw) == raw:
        return raw
    return reader.refuse("not_a_text", path, most=spec.most)


def _day(reader: Reader, spec: Day, raw: Any, path: str) -> Any:
    try:
        if isinstance(raw, str) and _DAY.fullmatch(raw):
            day = date.fromisoformat(raw)
            # The day after and the month before must exist, too.
            if 1900 <= day.year <= 9000:
                return day
    except ValueError:
        pass
    return reader.refuse("not_a_day", path)


def _moment(reader: Reader, spec: Moment, raw: Any, path: str) -> Any:
    """A day, or a moment with or without its offset; the case gives it the zone of its rules."""
    if isinstance(raw, str) and _DAY.fullmatch(raw):
        return _day(reader, Day(), raw, path)
    try:
        if isinstance(raw, str) and "T" in raw:
            moment = datetime.fromisoformat(raw)
            if 1900 <= moment.year <= 9000:
                return moment
    except ValueError:
        pass
    return reader.refuse("not_a_moment", path)


def _label(reader: Reader, spec: Label, raw: Any, path: str) -> Any:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    return _text(reader, Text(60), raw, path)


def _given(reader: Reader, spec: Value, raw: Any, path: str) -> Any:
    if isinstance(raw, bool) or is_code(raw):
        return raw
    return _amount(reader, Amount(-1_000_000_000), raw, path)


def _words(reader: Reader, spec: Words, raw: Any, path: str) -> Any:
    data = reader.object_at(raw, path, set(LANGUAGES))
    if data is None:
        return None
    return {name: _text(reader, Text(400), data[name], f"{path}.{name}") for name in LANGUAGES if name in data}


def _mapped(reader: Reader, spec: Mapped, raw: Any, path: str) -> Any:
    if not isinstance(raw, Mapping):
        return reader.refuse("not_an_object", path)
    for name in raw:
        if not is_code(name):
            reader.refuse("not_a_code", f"{path}.{name}", of="name")
    return {name: reader.value(spec.of, each, f"{path}.{name}") for name, each in raw.items()}


def _many(reader: Reader, spec: Many, raw: Any, path: str) -> Any:
    if not isinstance(raw, (list, tuple)):
        return reader.refuse("not_a_list", path)
    if not spec.least <= len(raw) <= spec.most:
        return reader.refuse("wrong_length", path, low=spec.least, high=spec.most)
    return tuple(reader.value(spec.of, each, f"{path}[{number}]") for number, each in enumerate(raw))


def _one(reader: Reader, spec: One, raw: Any, path: str) -> Any:
    return reader.node(spec.of, raw, path)


_READERS: Mapping[type[Spec], Callable[[Reader, Any, Any, str], Any]] = {
    Number: _number,
    Amount: _amount,
    Flag: _flag,
    Choice: _choice,
    Code: _code,
    Text: _text,
    Day: _day,
    Moment: _moment,
    Label: _label,
    Value: _given,
    Words: _words,
    Mapped: _mapped,
    Many: _many,
    One: _one,
    Either: Reader.either,
}
