"""Columns that several tables of service have."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from programmes.rulebook import rule_called
from service.models import Check
from ui.templatetags.ui import status
from ui.value_words import month_words

PARTIES = ["assignment__doctor", "assignment__host__enterprise"]


def month_column() -> Any:
    @admin.display(description=gettext_lazy("month"), ordering="month")
    def column(self: Any, obj: Any) -> str:
        return month_words(obj.month)

    return column


def window_column(ordering: str = "last") -> Any:
    @admin.display(description=gettext_lazy("window"), ordering=ordering)
    def column(self: Any, check: Any) -> str:
        return str(check.window_word)

    return column


def rule_column() -> Any:
    @admin.display(description=gettext_lazy("rule"), ordering="rule")
    def column(self: Any, check: Check) -> str:
        return rule_called(check.rule_set_id, check.rule)

    return column


def verdict_column() -> Any:
    @admin.display(description=gettext_lazy("verdict"), ordering="verdict")
    def column(self: Any, check: Check) -> str:
        return render_to_string("components/status.html", status(check.verdict, check.get_verdict_display()))

    return column
