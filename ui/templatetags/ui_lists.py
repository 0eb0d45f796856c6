"""The components of lists; ui.py registers them with the other components."""

from typing import Any
from urllib.parse import parse_qsl

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ui.templatetags.ui_parts import chips, error_links, query

register = template.Library()


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Page links that keep the filters in force."""
    pages = [
        {"number": number, "url": query(context, page=str(number)) if isinstance(number, int) else ""}
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    previous = query(context, page=str(page.number - 1)) if page.has_previous() else ""
    following = query(context, page=str(page.number + 1)) if page.has_next() else ""
    return {"page": page, "pages": pages, "previous": previous, "following": following}


@register.simple_tag(takes_context=True)
def th(context: Context, label: Any, sort: str = "", css: str = "") -> SafeString:
    """A column head; with sort, a link that sorts by that field and back (?sort=field, ?sort=-field)."""
    if not sort:
        return format_html('<th scope="col" class="{}">{}</th>', css, label)
    request = context.get("request")
    now = request.GET.get("sort", "") if request else ""
    order = {sort: "ascending", f"-{sort}": "descending"}.get(now, "none")
    url = query(context, drop=["page"], sort=f"-{sort}" if now == sort else sort)
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a class="sort" href="{}">{}</a></th>', css, order, url, label
    )


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(
    context: Context, filters: Any, *, export_url: str = "", count: int | None = None, search: str = "q", shown: int = 3
) -> dict[str, Any]:
    """Search, filters and export of a list, from a django-filter FilterSet or a plain form; works without scripts."""
    form: BaseForm = getattr(filters, "form", filters)
    bounds = list(form.visible_fields())
    others = [bound for bound in bounds if bound.name != search]
    request = context.get("request")
    return {
        "form": form,
        "errors": error_links(form) if form.is_bound else [],
        "search": next((bound for bound in bounds if bound.name == search), None),
        "first": others[:shown],
        "more": others[shown:],
        "more_open": any(request and request.GET.get(bound.html_name) for bound in others[shown:]),
        "chips": chips(context, form),
        "clear_url": request.path if request else "?",
        "sort": request.GET.get("sort", "") if request else "",
        "export_url": _with_filters(context, export_url) if export_url else "",
        "count": count,
    }


def _with_filters(context: Context, url: str) -> str:
    """The address with the filters and the order in force added to what it asks for itself."""
    path, _mark, asked = url.partition("?")
    return f"{path}{query(context, ['page'], **dict(parse_qsl(asked)))}"
