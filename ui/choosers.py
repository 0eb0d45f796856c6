"""Fields in which a code is chosen by its word: found as one types, by word, pinyin initials or code.

The list that opens is the browser's own (`<datalist>`); without it the field takes what is typed all the same. What is
stored is the code; a text that means no code is refused with the words that are near it.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.parameters import words_of
from officedata.codes.words import DISCIPLINES, INDUSTRIES, NEAR, CodeTable
from officedata.text import fold
from ui.filters import named

LONGEST = 80  # characters of a word with its code
HOW = gettext_lazy("Type a part of the word, its pinyin initials or its code, and choose from the list.")


class ListedInput(forms.TextInput):
    """A text field with the list of what can be chosen; `options` renders the list's entries."""

    options: SafeString | str = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        key = f"{(attrs or {}).get('id') or name}_list"
        field = super().render(name, value, {**(attrs or {}), "list": key, "autocomplete": "off"}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, key, self.options)


def quoted(words: Iterable[object]) -> str:
    """Words in a row, each in quotation marks: those of the tables hold commas themselves."""
    return "、".join(f"“{word}”" for word in words)


class CodeField(forms.CharField):
    """A code of a table, shown and typed as its word. Its hint says how to choose; that of the column names the table
    of codes, which nobody types here."""

    table: ClassVar[CodeTable]
    widget = ListedInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "max_length": LONGEST, "help_text": HOW})
        self.widget.options = options_of(self.table)

    def prepare_value(self, value: Any) -> Any:
        """The word of a code; what was typed and is no code stays as it was typed."""
        return self.table.word(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return ""
        if (code := self.table.find(text)) is not None:
            return code
        near = self.table.near(text)
        sentence = (
            _("“%(text)s” is not in the list. Is one of these meant: %(near)s?")
            if near
            else _("“%(text)s” is not in the list. Type a part of the word and choose from the list that opens.")
        )
        raise ValidationError(sentence % {"text": text, "near": quoted(near)}, code="unknown_word")

    def has_changed(self, initial: Any, data: Any) -> bool:
        typed = str(data or "").strip()
        return bool(super().has_changed(initial or "", self.table.find(typed) or typed))


class DisciplineField(CodeField):
    table = DISCIPLINES


class IndustryField(CodeField):
    table = INDUSTRIES


def _initials(text: str) -> Q:
    """Rows whose initials are the text; signs alone are the initials of none."""
    plain = fold(text)
    return Q(pinyin__endswith=f" {plain}") if plain else Q(pk__in=[])


@cache
def options_of(table: CodeTable) -> SafeString:
    """The entries of a table's list; browsers search the word and what stands beside it."""
    rows = ((word, f"{word} {code} {table.initials[code]}") for code, word in table.names.items())
    return format_html_join("", '<option value="{}" label="{}"></option>', rows)


class NamedRowField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A row of a table with `pinyin`, shown and typed as its name; initials do, where they name one row alone."""

    widget = ListedInput
    LISTED = 500  # names offered at once; others are found by typing the whole name

    def offer(self, rows: Any) -> None:
        """Offer these rows, by name."""
        self.queryset = rows
        names = rows.order_by("pinyin", "pk").values_list("name", "pinyin")[: self.LISTED]
        options = ((name, f"{name} {pinyin.split(' ')[1] if ' ' in pinyin else ''}") for name, pinyin in names)
        self.widget.options = format_html_join("", '<option value="{}" label="{}"></option>', options)

    def prepare_value(self, value: Any) -> Any:
        """The name of a row, or of the row with this key; what was typed stays as it is."""
        if isinstance(value, int):
            value = self.queryset.filter(pk=value).first() or ""  # type: ignore[union-attr]
        return str(value or "")

    def to_python(self, value: Any) -> Any:
        text = words_of(str(value or ""))
        if not text:
            return None
        rows: Any = self.queryset
        whole = rows.filter(pk=value) if isinstance(value, int) else rows.filter(_initials(text))
        found = list(whole[:2]) or list(rows.filter(named("", text)).order_by("pinyin", "pk")[: NEAR + 1])
        if len(found) == 1:
            return found[0]
        sentence = (
            _("“%(text)s” may mean several. Write the whole name, for example: %(near)s.")
            if found
            else _("“%(text)s” is not known here. Type a part of the name and choose from the list that opens.")
        )
        raise ValidationError(sentence % {"text": text, "near": quoted(found[:NEAR])}, code="invalid_choice")
