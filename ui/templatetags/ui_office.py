"""What the templates of the office's tables show: heads, rows and filters of a list, and the fields of a row."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList
from django.template.context import Context

from ui.office_table import cells, picks

register = template.Library()
SHOWN = 3  # filters shown at once; the others are opened


@dataclass(frozen=True)
class Head:
    label: str
    css: str
    url: str
    order: str


@register.simple_tag
def office_rows(listed: ChangeList) -> list[dict[str, Any]]:
    """The rows of a list, each with its key, its name and its cells."""
    return [
        {"key": getattr(row, listed.pk_attname), "name": str(row), "cells": list(cells.cells_of(listed, row))}
        for row in listed.result_list
    ]


@register.simple_tag
def office_heads(listed: ChangeList, rows: list[dict[str, Any]]) -> list[Head]:
    """The heads of the columns, without that of the checkboxes; figures are headed at the right, too."""
    heads: list[Any] = [head for head in result_headers(listed) if "action-checkbox" not in str(head["class_attrib"])]
    labels = cells.labels_of(listed)
    found = []
    for at, head in enumerate(heads):
        order = "none" if not head.get("sorted") else "ascending" if head["ascending"] else "descending"
        css = "num" if any(row["cells"][at].css == "num" for row in rows) else ""
        found.append(Head(labels[at], css, head.get("url_primary", "") if head["sortable"] else "", order))
    return found


@register.inclusion_tag("admin/filter_bar.html", takes_context=True)
def office_filters(context: Context, listed: ChangeList) -> dict[str, Any]:
    """Search, filters and export of a list, as on the portal's lists."""
    found = picks.picks_of(listed)
    return {
        "searched": bool(listed.search_fields),
        "search_name": SEARCH_VAR,
        "query": listed.query,
        "hint": listed.search_help_text,
        "first": found[:SHOWN],
        "more": found[SHOWN:],
        "more_open": any(pick.chosen for pick in found[SHOWN:]),
        "chips": [pick for pick in found if pick.chosen],
        "kept": picks.kept_of(listed),
        "clear_url": context["request"].path,
        "count": listed.result_count,
        "export_url": context.get("export_url", ""),
    }


@register.inclusion_tag("components/pagination.html")
def office_pages(listed: ChangeList) -> dict[str, Any]:
    """The pages of a list, with what its address asks kept."""
    if listed.show_all or not listed.multi_page:
        return {"page": None}
    page = listed.paginator.page(listed.page_num)

    def url(number: int) -> str:
        return listed.get_query_string({PAGE_VAR: number})

    elided = listed.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "pages": [{"number": each, "url": url(each) if isinstance(each, int) else ""} for each in elided],
        "previous": url(page.number - 1) if page.has_previous() else "",
        "following": url(page.number + 1) if page.has_next() else "",
    }


@register.simple_tag
def office_acts(action_form: Any) -> list[tuple[str, str]]:
    """The acts on chosen rows that the person may do: names and words."""
    return [(name, words) for name, words in action_form.fields["action"].choices if name]


@register.simple_tag
def checkbox_name() -> str:
    return ACTION_CHECKBOX_NAME


@register.simple_tag(takes_context=True)
def office_fact(context: Context, shown: Any, linked: bool = True) -> cells.Fact:
    """A read-only field of a row's page."""
    return cells.fact_of(shown, context["request"].user, linked=linked)


@register.filter
def only_read(fieldset: Any) -> bool:
    """Whether no field of the fieldset is typed."""
    return all(field.is_readonly for line in fieldset for field in line)
