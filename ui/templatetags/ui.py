"""The components of the pages: `{% load ui %}`; docs/ui.md shows each with a snippet."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.db.models import Choices, Model
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe

from ui.contributions import panels_of
from ui.templatetags import ui_acts, ui_format, ui_forms, ui_lists
from ui.templatetags.ui_parts import script_words
from ui.templatetags.ui_tones import message_tone, tone_of

register = template.Library()

for _name in (
    "cnday", "cndate", "cnmoment", "cnmonth", "ymd", "ym", "mmdd", "ymdspan", "daterange", "datespan", "numspan",
    "wan", "wanspan", "yuan", "kilometres", "masked", "marked", "grammar",
):  # fmt: skip
    register.filter(_name, getattr(ui_format, _name))
register.filter("message_tone", message_tone)

register.simple_tag(ui_acts.may_now, takes_context=True, name="may")
register.tags |= ui_forms.register.tags | ui_lists.register.tags

_counter = itertools.count(1)


# --- words and numbers -----------------------------------------------------------------------------------


@register.inclusion_tag("components/status.html")
def status(thing: Any, label: Any = "", tone: str = "") -> dict[str, Any]:
    """A status as colour and word, from a model with a status, a choice, or a plain value with its label."""
    model = ""
    value = thing
    if hasattr(thing, "status"):
        model = thing._meta.model_name or "" if isinstance(thing, Model) else ""
        value = thing.status
        label = label or getattr(thing, "get_status_display", lambda: value)()
    elif isinstance(thing, Choices):
        label = label or thing.label
    word = str(getattr(value, "value", value))
    return {"label": label or word, "tone": tone or tone_of(word, model)}


@register.inclusion_tag("components/figure.html")
def figure(value: Any, label: Any, *, unit: Any = "", delta: Any = "", url: str = "", tone: str = "") -> dict[str, Any]:
    """A number with its unit and what it counts."""
    return {"value": value, "label": label, "unit": unit, "delta": delta, "url": url, "tone": tone}


@register.inclusion_tag("components/icon.html")
def icon(name: str, label: Any = "") -> dict[str, Any]:
    """A symbol of static/icons.svg; without a label it is decoration."""
    return {"name": name, "label": label}


@register.inclusion_tag("components/phone.html", takes_context=True)
def phone(context: Any, value: Any, reveal_url: str = "") -> dict[str, Any]:
    """A masked number, with a button that asks for it in full; who looked is recorded."""
    masked = ui_format.masked(value)
    return {"masked": masked, "reveal_url": reveal_url, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/meter.html")
def meter(value: Any, label: Any, top: Any = 100, unit: Any = "") -> dict[str, Any]:
    """A bar from 0 to top, for points and shares."""
    share = max(0.0, min(100.0, 100 * float(value) / float(top))) if float(top or 0) else 0.0
    return {"value": value, "top": top, "label": label, "unit": unit, "width": f"{share:.1f}"}


@register.inclusion_tag("components/day_bar.html")
def day_bar(
    done: int, need: int, awaiting: int = 0, *, label: Any = "", left: int | None = None, unit: str = ""
) -> dict[str, Any]:
    """Days, or what else `unit` names, confirmed, awaiting confirmation and still owed; left = calendar days until it
    is due."""
    owed = max(need - done - awaiting, 0)
    total = max(need, done + awaiting, 1)
    widths = [f"{100 * part / total:.2f}" for part in (done, awaiting)]
    return {
        "done": done,
        "need": need,
        "awaiting": awaiting,
        "owed": owed,
        "label": label,
        "left": left,
        "unit": unit,
        "done_width": widths[0],
        "awaiting_width": widths[1],
    }


# --- blocks ----------------------------------------------------------------------------------------------


@register.simple_block_tag
def panel(content: str, title: Any = "", *, url: str = "", url_label: Any = "", id: str = "", tone: str = "") -> str:  # noqa: A002
    """A bordered part of a page with its heading and at most one link."""
    facts = {"content": content, "title": title, "url": url, "url_label": url_label, "id": id, "tone": tone}
    return render_to_string("components/panel.html", facts)


@register.simple_tag(takes_context=True)
def panels(context: Context, row: Model, area: str = "main") -> SafeString:
    """What the apps contribute to one area of the page of a row; each panel gets only its own context.

    An error in a panel is an error of the page: a page without a part of it would be read as if it were whole.
    """
    kept: dict[str, Any] = {name: context.get(name) for name in ("request", "user", "csrf_token")}
    found = [(panel, panel.facts(row, kept["request"])) for panel in panels_of(row, area)]
    shown = [
        render_to_string(panel.template, {**kept, "row": row, **facts}) for panel, facts in found if facts is not None
    ]
    return mark_safe("\n".join(shown))  # noqa: S308 - rendered by templates


@register.simple_block_tag
def table(
    content: str,
    caption: Any = "",
    *,
    id: str = "",  # noqa: A002
    mode: str = "cards",
    dense: bool = False,
    quiet: bool = False,
) -> str:
    """A table that becomes cards on a phone (mode cards), or scrolls with its first column fixed (mode scroll).

    A quiet caption is read to those who cannot see the heading above it.
    """
    facts = {"caption": caption, "id": id or f"table-{next(_counter)}", "mode": mode, "dense": dense, "quiet": quiet}
    return render_to_string("components/table.html", {"content": content, **facts})


@register.simple_block_tag
def dialog(content: str, *, id: str, title: Any) -> str:  # noqa: A002
    """A native dialog, opened by `data-dialog="<id>"` on a link whose address is the same question as a page."""
    return render_to_string("components/dialog.html", {"content": content, "id": id, "title": title})


@register.simple_block_tag
def notice(content: str, tone: str = "live", title: Any = "") -> str:
    """A remark on the page: what is so, and what to do next."""
    return render_to_string("components/notice.html", {"content": content, "tone": tone, "title": title})


@register.inclusion_tag("components/empty.html")
def empty_state(title: Any, text: Any = "", url: str = "", label: Any = "") -> dict[str, Any]:
    """What is shown where a list has no rows, and what to do next."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """The history of a thing: entries with at, who, what, reason and tone."""
    return {"entries": entries}


@register.inclusion_tag("components/steps.html")
def steps(labels: Sequence[Any], current: int) -> dict[str, Any]:
    """A row of steps and which one is current; current counts from 1."""
    return {
        "steps": [
            {"label": label, "state": "done" if at < current else "current" if at == current else "next"}
            for at, label in enumerate(labels, 1)
        ]
    }


@register.inclusion_tag("components/todo.html")
def todo_list(items: Iterable[Any], title: Any = "") -> dict[str, Any]:
    """What waits for the reader: items with title, url, count, text, due and tone."""
    return {"items": list(items), "title": title}


@register.inclusion_tag("components/check_answers.html")
def check_answers(rows: Iterable[Any]) -> dict[str, Any]:
    """What was typed, before it is sent: rows with label, value and the url that changes it."""
    return {"rows": rows}


@register.inclusion_tag("components/need_card.html")
def need_card(need: Any, url: str = "") -> dict[str, Any]:
    """A need as the public list shows it."""
    return {"need": need, "url": url}


# --- for scripts ------------------------------------------------------------------------------------------


@register.simple_tag
def chart(kind: str, table: str, title: Any, geo: str = "") -> SafeString:
    """A drawing (bar, line, funnel, tilemap) of the table with this id; the table stays on the page."""
    return format_html(
        '<figure class="chart" data-chart="{}" data-table="{}" data-geo="{}" aria-label="{}"></figure>',
        kind,
        table,
        geo,
        title,
    )


@register.simple_tag
def ui_words() -> SafeString:
    """The words the scripts of a page say, in the reader's language."""
    return json_script(script_words(), "ui-words")
