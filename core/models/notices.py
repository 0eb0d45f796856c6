"""The model `Notice`: what a person is told."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.json_column import ShapedJSONField
from core.scope import Body, Scope, ScopedQuerySet, own


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notice(models.Model):
    """A line for one person: what happened, and the address of the page about it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=40)
    # The parameters of the kind's sentence, which is translated into the reader's language when it is read.
    params = ShapedJSONField(_("details"), default=dict, shape=dict[str, str | int])
    url = models.CharField(_("address"), max_length=200, blank=True)
    # A person gets one notice of a key; a second one is not written.
    key = models.CharField(_("key"), max_length=120)
    created_at = models.DateTimeField(_("sent"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()
    # Everyone sees the notices written to himself.
    SCOPE = Scope(**{body.value: own("user") for body in Body if body != Body.PUBLIC})

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]
        indexes = [models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread")]

    SENTENCES: ClassVar[dict[str, Any]] = {}
    # (kind, name of a parameter) → the choices of which the parameter is a value, or a function that says it in words.
    CHOICES: ClassVar[dict[tuple[str, str], type[models.TextChoices] | Callable[[str], str]]] = {}

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        sentence = self.SENTENCES.get(self.kind)
        if sentence is None:
            return self.kind
        return str(sentence) % {name: self._in_words(name, value) for name, value in self.params.items()}

    def _in_words(self, name: str, value: Any) -> str:
        """A parameter as text for a person: a choice by its label, a day or a month in words."""
        text = str(value)
        choices: Any = self.CHOICES.get((self.kind, name))
        if choices is not None and not hasattr(choices, "values"):
            return str(choices(text))
        if choices is not None and text in choices.values:
            return str(choices(text).label)
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
                return date_format(date.fromisoformat(text), "DATE_FORMAT")
            if re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII):
                return date_format(date.fromisoformat(f"{text}-01"), "YEAR_MONTH_FORMAT")
        except ValueError:
            return text  # looks like a date and is none
        return text
