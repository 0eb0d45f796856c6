"""Masked numbers of a table, and the page that shows one whole."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.clients import address_of
from core.permissions import may
from core.phones import reveal_phone
from ui.office_table.scoped import M, person


class MaskedPhones(ModelAdmin[M]):
    """Numbers are shown masked, by the fields that `masks` names; who may reveal one asks for it by a button."""

    masks: tuple[str, ...] = ()

    def get_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        """Who may only look sees masked numbers as words."""
        fields = super().get_fields(request, obj)
        if not self.masks or self.has_change_permission(request, obj) or obj is None:
            return fields
        return [f"masked_{name}" if name in self.masks else name for name in fields]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_phone"
        phone = path("<path:object_id>/phone/", self.admin_site.admin_view(self.phone_view), name=name)
        return [*([phone] if self.masks else []), *super().get_urls()]

    def phone_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The whole number, asked for by the button on the row's page."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not may(person(request), "reveal", obj):
            raise PermissionDenied
        if request.method != "POST":  # come back to, it leads to the row
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", quote(obj.pk))
        number = reveal_phone(obj, by=person(request), at=timezone.now(), address=address_of(request))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Phone of %(name)s") % {"name": obj},
            "opts": self.opts,
            "object": obj,
            "number": number,
        }
        return TemplateResponse(request, "admin/phone_shown.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if self.masks and obj is not None and may(person(request), "reveal", obj):
            context["phone_url"] = reverse(
                f"admin:{self.opts.app_label}_{self.opts.model_name}_phone", args=[quote(obj.pk)]
            )
        return super().render_change_form(request, context, *args, **kwargs)
