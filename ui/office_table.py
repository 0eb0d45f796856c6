"""What all tables of the office's admin share."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.contrib.admin.filters import FieldListFilter, RelatedFieldListFilter, SimpleListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path, quote, unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core.edits import Rows
from core.errors import Refused
from core.parameters import DayField, row_key, words_of
from core.permissions import may
from core.phones import address_of, reveal_phone
from core.scope import visible
from officedata.months import LOCAL_ZONE, Month
from officedata.text import fold, normalise
from ui.edits import meanwhile, seen_version
from ui.forms import MaskedField, MaskingForm
from ui.office_history import history_of
from ui.templatetags.ui import status
from ui.templatetags.ui_format import masked

M = TypeVar("M", bound=models.Model)
Act = Callable[..., Any]


class ReasonForm(forms.Form):
    """What most acts ask for."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DayInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


WIDGETS: dict[Any, Any] = {models.DateField: {"widget": DayInput, "form_class": DayField}}


# Where something lies: a pair of fields on one line, for `fieldsets`.
PLACE: Any = (
    gettext_lazy("Where it lies"),
    {
        "fields": [("latitude", "longitude")],
        "description": gettext_lazy(
            "In degrees, as a map shows them, north and east counted up: 38.0123 and 113.4567. Distances between "
            "universities and districts are measured from here; leave both open where it is not known."
        ),
    },
)


class PlaceForm(MaskingForm):
    """A model's form with a latitude and a longitude: both or neither, and on Earth."""

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        for name, most, words in (
            ("latitude", 90, gettext_lazy("A latitude lies between -90 and 90; are the two swapped?")),
            ("longitude", 180, gettext_lazy("A longitude lies between -180 and 180.")),
        ):
            if (degrees := data.get(name)) is not None and abs(degrees) > most:
                self.add_error(name, words)
        for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
            given = data.get(other) is not None or other in self.errors
            if given and name not in self.errors and data.get(name) is None:
                self.add_error(name, _("Give both, or leave both open."))
        return data


class OfficeList(ChangeList):
    """The rows of a table; a filter in its address whose value means nothing is refused, never guessed."""

    def get_filters(self, request: HttpRequest) -> Any:
        asked = self.get_filters_params()
        for name, values in asked.items():
            if name.endswith("regex") or any("\0" in value for value in values):
                raise IncorrectLookupParameters(name)
        with _refused_as_lookups(asked):
            return super().get_filters(request)

    def get_results(self, request: HttpRequest) -> None:
        with _refused_as_lookups(self.get_filters_params()):
            super().get_results(request)


@contextmanager
def _refused_as_lookups(asked: Any) -> Iterator[None]:
    """What Django or the database cannot read out of the address is the address's fault, if it asked for anything."""
    try:
        yield
    except (ValueError, OverflowError, DataError) as error:
        if not asked:
            raise
        raise IncorrectLookupParameters(error) from error


class _FoundRows:
    """A choice found by typing shows the row chosen; what is no key shows none."""

    choices: Any

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        model = self.choices.queryset.model
        known = [key for key in value if row_key(model, str(key)) is not None]
        return super().optgroups(name, known, attr)  # type: ignore[misc]


class FoundRow(_FoundRows, AutocompleteSelect):
    pass


class FoundRows(_FoundRows, AutocompleteSelectMultiple):
    pass


class FoundByTyping:
    """Gives the fields named in `autocomplete_fields` their widgets, in tables and in rows under an owner."""

    admin_site: AdminSite

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", FoundRow(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", FoundRows(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class ScopedRows:
    """The rows of a table or of an inline, and those its forms may name, are the ones the person sees."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return visible(super().get_queryset(request), person(request))  # type: ignore[misc]

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        rows = super().get_field_queryset(db, db_field, request)  # type: ignore[misc]
        if rows is None:
            rows = db_field.remote_field.model._default_manager.using(db)
        return visible(rows, person(request))


class ScopedListFilter(RelatedFieldListFilter):
    """A filter by another table offers the rows of it that the person sees."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = visible(field.related_model._default_manager.all(), person(request))
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(
            include_blank=False, ordering=ordering, limit_choices_to={"pk__in": rows.order_by().values("pk")}
        )


FieldListFilter.register(lambda field: bool(field.remote_field), ScopedListFilter, take_priority=True)

# What may follow the path of a list filter or of the days in an address.
LOOKUPS = ("exact", "in", "isnull", "isempty", "gte", "gt", "lte", "lt", "year", "month", "day")


class MonthFilter(admin.DateFieldListFilter):
    """Rows of one month or one year, chosen from a list that follows from today.

    Django's `date_hierarchy` reads the whole table on each request, for its first, its last and its different days.
    """

    MONTHS = 12  # the last one listed is the next month, for days still ahead
    YEARS = 5

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = Month.of(timezone.localdate())
        spans = [(str(month), month, month.next()) for month in (now.plus(1 - back) for back in range(self.MONTHS))]
        years = range(now.year, now.year - self.YEARS, -1)
        spans += [(str(year), Month(year, 1), Month(year + 1, 1)) for year in years]
        self.links = (
            (_("All"), {}),
            *((name, self._between(first.first, after.first)) for name, first, after in spans),
        )

    def _between(self, first: date, after: date) -> dict[str, Any]:
        ends: list[date | datetime] = [first, after]
        if isinstance(self.field, models.DateTimeField):
            ends = [datetime(end.year, end.month, 1, tzinfo=LOCAL_ZONE) for end in (first, after)]
        return dict(zip((self.lookup_kwarg_since, self.lookup_kwarg_until), ends, strict=True))


class OfficeTable(ScopedRows, FoundByTyping, ModelAdmin[M]):
    """A table of the office: rows by `visible_to`, verbs by `rules.py`, nothing deleted, statuses changed by acts only.

    `keeps` names the fields nobody types: they follow from acts; `fixed` those typed only when the row is added.
    `masks` names those shown masked. `acts` gives, for each act on chosen rows, the verb a person must be allowed.
    `writes` gives the action that adds, changes or deletes a row together with the rows under it (`core.edits.Rows`).
    `links` names what our pages ask of the list besides its filters.
    """

    form: type[forms.ModelForm[Any]] = MaskingForm
    formfield_overrides = WIDGETS
    list_per_page = 50
    show_full_result_count = False
    keeps: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    writes: ClassVar[dict[str, Act]] = {}
    acts: ClassVar[dict[str, str]] = {}
    links: tuple[str, ...] = ()
    empty_value_display = "—"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        rows: models.QuerySet[M] = super().get_queryset(request)
        return rows

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what filters, days and links ask: any other lookup could read, piece by piece, what is masked."""
        asked = [*(self.get_list_filter(request) if request else self.list_filter), *self.links]
        paths = [each[0] if isinstance(each, tuple) else each for each in asked]
        own = [each.parameter_name for each in paths if isinstance(each, type) and issubclass(each, SimpleListFilter)]
        paths = [*(each for each in paths if isinstance(each, str))]
        return lookup in own or any(self._is_about(lookup, each) for each in paths)

    def _is_about(self, lookup: str, name: str) -> bool:
        """Whether a lookup asks for this path, or for the key of the row it leads to, in one of the usual ways."""
        if lookup == name:
            return True
        if not lookup.startswith(f"{name}__"):
            return False
        head, _sep, rest = lookup.removeprefix(f"{name}__").partition("__")
        if head == _key_name(self.model, name):
            return rest in ("", *LOOKUPS)
        return not rest and head in LOOKUPS

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[M], search_term: str
    ) -> tuple[models.QuerySet[M], bool]:
        """Rows that hold the words as typed or folded: `search_fields` name folded columns (pinyin, folded_…) where a
        table has them."""
        search_term = words_of(search_term)
        found, twice = super().get_search_results(request, queryset, search_term)
        folded = " ".join(filter(None, map(fold, normalise(search_term).split())))
        if not folded or folded == search_term:
            return found, twice
        more, more_twice = super().get_search_results(request, queryset, folded)
        return found | more, twice or more_twice

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *self.keeps, *(self.fixed if obj is not None else ()))

    def get_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        """Who may only look sees masked numbers as words."""
        fields = super().get_fields(request, obj)
        if not self.masks or self.has_change_permission(request, obj) or obj is None:
            return fields
        return [f"masked_{name}" if name in self.masks else name for name in fields]

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """The row as it would be written is asked about too: a form's choices are not the only guard."""
        obj = super().save_form(request, form, change)
        if not self.may_write(request, obj, form, change):
            raise PermissionDenied
        return obj

    def may_write(self, request: HttpRequest, obj: M, form: Any, change: bool) -> bool:
        """Whether the person may add this very row, or make this of it."""
        return may(person(request), "change" if change else "add", obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.masks:
            return db_field.formfield(form_class=MaskedField)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # Pencil, plus, cross and eye beside every choice are four ways to lose what was typed.
        for verb in ("add", "change", "delete", "view"):
            if isinstance(field, forms.Field) and hasattr(field.widget, f"can_{verb}_related"):
                setattr(field.widget, f"can_{verb}_related", False)
        return field

    # -- who may do what: asked of rules.py ----------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(person(request), "view", obj or self.model)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(person(request), "add", self.model)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(person(request), "change", obj or self.model)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(person(request), "delete", obj or self.model)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return {
            name: act
            for name, act in actions.items()
            if name not in self.acts or may(person(request), self.acts[name], self.model)
        }

    # -- what stands in addresses and posts ------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OfficeList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Django leads from a filter that means nothing to the whole list; the person is told."""
        try:
            return super().get_changelist_instance(request)
        except IncorrectLookupParameters:
            messages.error(
                request, _("The filter in the address has a value without meaning; the whole list is shown.")
            )
            raise

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address fills in beforehand; what cannot stand in its field is left out."""
        given = super().get_changeform_initial_data(request)
        return {name: value for name, value in given.items() if self._can_stand(name, value)}

    def _can_stand(self, name: str, value: Any) -> bool:
        values = value if isinstance(value, list) else [value]
        related = getattr(_field_of(self.model, name), "related_model", None)
        if related is not None:
            return all(row_key(related, each) is not None for each in values)
        return not any("\0" in str(each) for each in values)

    def response_action(  # type: ignore[override]  # the stubs are those of a later Django
        self, request: HttpRequest, queryset: models.QuerySet[M]
    ) -> HttpResponse | None:
        """Rows are chosen by their keys; with any other value among them nothing is done."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(row_key(self.model, each) is None for each in chosen):
            messages.error(request, _("One of the chosen rows does not exist; choose them again."))
            return None
        return super().response_action(request, queryset)

    # -- acts on chosen rows --------------------------------------------------------------------------------

    def each(self, request: HttpRequest, rows: Iterable[M], verb: str, act: Act, **facts: Any) -> None:
        """Call the act for every row; refused rows are named with the reason, the others are done."""
        user, done = person(request), 0
        for row in rows:
            try:
                if not may(user, verb, row):
                    raise Refused(_("You may not do this here."), code="forbidden")
                act(row, by=user, **facts)
                done += 1
            except Refused as refusal:
                self.message_user(request, f"{row}: {' '.join([refusal.message, *refusal.reasons])}", messages.ERROR)
        if done:
            words = ngettext("Done for %(count)s row.", "Done for %(count)s rows.", done) % {"count": done}
            self.message_user(request, words, messages.SUCCESS)

    def ask(
        self, request: HttpRequest, rows: models.QuerySet[M], form: type[forms.Form], verb: str, act: Act, **facts: Any
    ) -> HttpResponse | None:
        """Ask on a page of its own for what the act needs (a reason, a day), then call it for every row."""
        acts = self.get_actions(request)
        name = next(each for each in request.POST.getlist("action") if each in acts)
        asked = form(request.POST if "asked" in request.POST else None)
        if asked.is_valid():
            self.each(request, rows, verb, act, **facts, **asked.cleaned_data)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": str(acts[name][2]),
            "opts": self.opts,
            "form": asked,
            "rows": list(rows[:200]),
            "action": name,
            "checkbox": ACTION_CHECKBOX_NAME,
            "across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/ask.html", context)

    # -- phone numbers ----------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_phone"
        phone = path("<path:object_id>/phone/", self.admin_site.admin_view(self.phone_view), name=name)
        return [*([phone] if self.masks else []), *super().get_urls()]

    def phone_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The whole number, asked for by the button on the row's page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not may(person(request), "reveal", obj):
            raise PermissionDenied
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

    # -- writing: one action for the row and the rows under it ------------------------------------------------

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A refusal of the action is said on the form, with what was typed kept. The form carries the version of the
        row it was made from."""
        context = {**(extra_context or {}), "version": self._version(request, object_id)}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except IntegrityError:
            # Two people wrote at once; the form, validated again, finds what the other one wrote.
            refusal = Refused(_("Somebody else wrote at the same moment. Look at what is there, and save again."))
        except Refused as refused:
            refusal = refused
        context |= meanwhile(refusal)
        request.refusal = refusal  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, context)

    def _version(self, request: HttpRequest, object_id: str | None) -> str:
        """The version that was posted, or the present one, read before the row."""
        if object_id is None or not self.writes.get("change"):
            return ""
        try:
            return seen_version(request, self.model, self.opts.pk.to_python(unquote(object_id)))
        except (ValidationError, ValueError):
            return ""  # no key of this table

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return type(form.__name__, (SaysRefusal, form), {"refusal": refusal}) if refusal is not None else form

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """The row is written together with the rows under it, by `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Call the action that adds or changes the row."""
        typed = Typed(person(request), timezone.now(), facts_of(form), rows_of(self.model, formsets))
        if change:
            self.change(form, typed, version=request.POST.get("version", ""))
            return
        made = self.add(request, form, typed)
        form.instance.__dict__.update(made.__dict__)

    def add(self, request: HttpRequest, form: Any, typed: "Typed") -> M:
        raise NotImplementedError  # of a table to which nobody adds

    def change(self, form: Any, typed: "Typed", **more: Any) -> None:
        self.writes["change"](form.instance, **typed.act, facts=typed.facts, **typed.rows, **more)

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        self.writes["delete"](obj, by=person(request), at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return []

    # -- history: the database's own, not a second book ---------------------------------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what of this object, when and why, as the database wrote it down."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": obj},
            "opts": self.opts,
            "object": obj,
            "entries": history_of(obj),
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
        }
        return TemplateResponse(request, "admin/object_history.html", context)


@dataclass(frozen=True)
class Typed:
    """What a person typed on the page of a row: its facts, and the rows under it by the name of their relation."""

    by: User
    at: datetime
    facts: dict[str, Any]
    rows: dict[str, Rows]

    @property
    def act(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}


class SaysRefusal:
    """A form that says why an action refused what was typed."""

    refusal: Refused

    def clean(self) -> Any:
        data = super().clean()  # type: ignore[misc]
        for sentence in (self.refusal.message, *self.refusal.reasons):
            self.add_error(None, sentence)  # type: ignore[attr-defined]
        return data


def facts_of(form: Any) -> dict[str, Any]:
    """What was typed into the fields of the form's model."""
    names = {field.name for field in (*form._meta.model._meta.fields, *form._meta.model._meta.many_to_many)}
    return {name: value for name, value in form.cleaned_data.items() if name in names}


def rows_of(model: type[models.Model], formsets: Iterable[Any]) -> dict[str, Rows]:
    """What was typed into the rows edited with a row, by the name of their relation; several inlines may share one."""
    found: dict[str, Rows] = {}
    for formset in formsets:
        name = formset.fk.remote_field.get_accessor_name()
        if name in getattr(model, "edited_with", ()):
            typed, before = _rows(formset), found.get(name, Rows())
            found[name] = Rows([*before.given, *typed.given], [*before.removed, *typed.removed])
    return found


def _rows(formset: Any) -> Rows:
    removed = [form for form in formset.deleted_forms if form.instance.pk is not None]
    given = [form for form in formset.forms if form.has_changed() and form not in formset.deleted_forms]
    return Rows(
        given=[_typed(formset, form) for form in given],
        removed=[str(form.instance.pk) for form in removed],
    )


def _typed(formset: Any, form: Any) -> dict[str, Any]:
    """The facts of one row, with its key where it is no new one."""
    facts = {name: value for name, value in facts_of(form).items() if name not in (formset.fk.name, "id")}
    return facts if form.instance.pk is None else {"key": str(form.instance.pk), **facts}


class RecordTable(OfficeTable[M]):
    """A table that is only read: its rows are written by acts."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class RowsInline(ScopedRows, FoundByTyping, TabularInline[Any, Any]):
    """Rows edited under their owner."""

    extra = 0
    formfield_overrides = WIDGETS


class RecordInline(ScopedRows, TabularInline[Any, Any]):
    """Rows shown under their owner, only read, with a link to each."""

    template = "admin/record_rows.html"
    # The field that names the owner, where a row can be added on a page of its own.
    added_by = ""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(person(request), "view", self.model)


def _key_name(model: type[models.Model], name: str) -> str:
    """The name of the key of the table that a path leads to; empty where it leads to a plain field."""
    try:
        target: Any = get_fields_from_path(model, name)[-1]
    except FieldDoesNotExist:
        return ""
    return target.related_model._meta.pk.name if target.is_relation else ""


def count_of(rows: Any, owner: str) -> Any:
    """How many of `rows` point to each row listed, counted for the page shown alone."""
    mine = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0)


def masked_column(name: str, label: Any) -> Any:
    """A read-only column that shows the masked value of a field."""

    @admin.display(description=label)
    def column(self: Any, obj: Any) -> str:
        return str(masked(getattr(obj, name)))

    return column


def status_column() -> Any:
    """The status as everywhere else: a colour and a word."""

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def column(self: Any, obj: Any) -> str:
        return render_to_string("components/status.html", status(obj))

    return column


def _field_of(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def person(request: HttpRequest) -> User:
    return cast(User, request.user)  # the admin is entered by signed-in staff only
