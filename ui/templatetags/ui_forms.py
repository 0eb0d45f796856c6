"""The components of forms; ui.py registers them with the other components."""

from typing import Any

from django import template
from django.forms import BaseForm, BoundField

from ui.templatetags.ui_parts import control, error_links, field_kind

register = template.Library()


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, unit: Any = "", hint: Any = "", width: str = "", label: Any = "") -> dict[str, Any]:
    """One field with label, hint, unit and error, tied together for screen readers; width is s, m or l."""
    hint = hint or bound.help_text
    described = [f"{bound.auto_id}_helptext"] if hint else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    longest = getattr(bound.field, "max_length", None)
    attrs: dict[str, Any] = {}
    kind = field_kind(bound)
    if kind != "group":
        attrs = {"class": f"{bound.field.widget.attrs.get('class', '')} input".strip()}
        if described:
            attrs["aria-describedby"] = " ".join(described)
        if longest and bound.widget_type == "textarea":
            attrs["data-count"] = longest
    return {
        "field": bound,
        "control": control(bound, attrs),
        "kind": kind,
        "unit": unit,
        "hint": hint,
        "width": width,
        "label": label or bound.label,
        "described": " ".join(described),
        "required": bound.field.required,
        "hint_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
    }


@register.inclusion_tag("components/fields.html")
def fields(form: BaseForm, only: str = "") -> dict[str, Any]:
    """All fields of a form, or those named, with its hidden ones."""
    names = only.split()
    return {
        "form": form,
        "visible": [form[name] for name in names] if names else form.visible_fields(),
        "hidden": form.hidden_fields(),
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """Every error of the forms (and form sets) at the top of the page, each a link to its field."""
    links: list[dict[str, str]] = []
    for form in forms:
        if isinstance(form, BaseForm):
            links += error_links(form) if form.is_bound else []
        elif form:  # a form set
            links += [{"target": "", "text": str(error)} for error in form.non_form_errors()]
            links += [link for row in form.forms for link in error_links(row)]
    return {"links": links}
