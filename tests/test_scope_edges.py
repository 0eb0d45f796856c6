"""Every edge refuses rows of others: forms, the admin's pages, REST, exports, and keys posted by hand.

Each probe asks for one row that a person should not see, and tells whether it was refused. A second run asks for all
of them with scope switched off. Nearly all must be answered then, or else the probes would prove nothing.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time
from functools import partial
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from assignments.forms import OrderForm
from assignments.models import Dispatch
from core.checks import own_models
from core.edits import version_of
from core.scope import visible
from enterprises.models import Enterprise, Member, Qualification
from enterprises.office.hosts import HostForm
from enterprises.office.sheet_form import SheetPlanForm
from enterprises.office.sheets import PlanForm
from experts.models import Doctor
from programmes.models import RuleSet
from programmes.rule_pages.files import FileForm
from programmes.rule_pages.moving import MoveForm
from service.models import Visit
from talentlink.api import router
from tests.scope_world import ScopeWorld, scope_off
from tests.sheets import HEAD, opened
from ui.forms import ScopedForm
from ui.office_table import OfficeTable

pytestmark = pytest.mark.django_db
OFFICES = ["county_a", "dept_x"]
# The status of pages that are missing or not allowed; the admin redirects from an unknown row to its home.
REFUSED = (302, 403, 404)
TABLES: dict[type[models.Model], OfficeTable[Any]] = dict(admin.site._registry)  # type: ignore[arg-type]
Probes = dict[tuple[Any, ...], bool]


def client_of(world: ScopeWorld, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.people[name])
    return client


def request_of(world: ScopeWorld, name: str) -> Any:
    request = RequestFactory().get("/")
    request.user = world.people[name]
    return request


def url(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


# -- Forms ---------------------------------------------------------------------------------------------------------


def choice_fields(form: Any) -> Iterator[tuple[str, Any]]:
    for name, field in form.base_fields.items():
        if isinstance(field, forms.ModelChoiceField):
            yield name, field


def refused(field: Any, row: models.Model) -> bool:
    """Whether the field does not accept the key of the row."""
    try:
        field.clean([row.pk] if isinstance(field, forms.ModelMultipleChoiceField) else row.pk)
    except forms.ValidationError as error:
        return error.code == "invalid_choice"
    return False


def field_of(table: OfficeTable[Any], request: Any, field: Any) -> Any:
    """The field as it is in a form of the table."""
    return table.formfield_for_dbfield(field, request)


def admin_forms(world: ScopeWorld, name: str) -> Iterator[tuple[str, Any]]:
    """The forms of every table to add and change a row and its inline rows, with fields of all permissions."""
    request, ours = request_of(world, name), set(own_models())
    for model, table in TABLES.items():
        one = visible(model._default_manager.all(), world.people[name]).first()
        for obj in (None, one):
            label = f"{model.__name__} {'change' if obj else 'add'}"
            names = [field.name for field in model._meta.get_fields() if field.concrete and field.related_model in ours]
            make = partial(field_of, table, request)
            yield label, forms.modelform_factory(model, fields=names, formfield_callback=make)
            for inline in table.get_inline_instances(request, obj):
                yield f"{label} {type(inline).__name__}", inline.get_formset(request, obj).form


def probe_forms(world: ScopeWorld) -> Probes:
    found: Probes = {}
    for name in OFFICES:
        for label, form in admin_forms(world, name):
            for field_name, field in choice_fields(form):
                for row in world.foreign_to(name, field.queryset.model):
                    found["form", name, label, field_name, row.pk] = refused(field, row)
    for kind, make in PORTAL.items():
        for name in ("county_a", "dept_x", "lead", "uni_1", "doc_1"):
            for field_name, field in make(world, name).fields.items():
                if isinstance(field, forms.ModelChoiceField):
                    for row in world.foreign_to(name, field.queryset.model):
                        found["portal", name, kind.__name__, field_name, row.pk] = refused(field, row)
    return found


PORTAL: dict[type[ScopedForm], Callable[[ScopeWorld, str], ScopedForm]] = {
    OrderForm: lambda world, name: OrderForm(user=world.people[name], doctors=[]),
    HostForm: lambda world, name: HostForm(user=world.people[name]),
    PlanForm: lambda world, name: PlanForm(user=world.people[name]),
    SheetPlanForm: lambda world, name: SheetPlanForm(user=world.people[name]),
    FileForm: lambda world, name: FileForm(user=world.people[name]),
    MoveForm: lambda world, name: MoveForm(user=world.people[name], others=RuleSet.objects.all(), chosen=None),
}


def all_forms(base: Any = forms.BaseForm) -> Iterator[Any]:
    for each in base.__subclasses__():
        yield each
        yield from all_forms(each)


def test_every_form_that_names_a_row_knows_its_person() -> None:
    """A form of the portal is a `ScopedForm`; a form of the admin gets its choices from the table."""
    get_resolver().url_patterns  # noqa: B018 - loads all pages
    ours = {model._meta.app_label for model in own_models()} | {"talentlink"}
    naming = {
        form
        for form in all_forms()
        if form.__module__.split(".")[0] in ours
        and not form.__module__.endswith(".admin")
        and not issubclass(form, forms.BaseModelForm)
        and any(choice_fields(form))
    }
    assert naming == set(PORTAL)
    assert all(isinstance(table, OfficeTable) for model, table in TABLES.items() if model in set(own_models()))


# -- The admin's pages ------------------------------------------------------------------------------------------------


def probe_admin(world: ScopeWorld) -> Probes:
    """Lists, rows, histories, deletions, phones and autocompletes of every table that an office may open."""
    found: Probes = {}
    for name in OFFICES:
        client, request = client_of(world, name), request_of(world, name)
        for model, table in TABLES.items():
            if not table.has_view_permission(request):
                continue
            foreign = world.foreign_to(name, model)
            if foreign:
                listed = {row.pk for row in client.get(url(model, "changelist")).context["cl"].result_list}
            for row in foreign:
                found["list", name, model.__name__, row.pk] = row.pk not in listed
            for row in foreign[:1]:
                for page in ("change", "history"):
                    answer = client.get(url(model, page, row.pk))
                    found[page, name, model.__name__, row.pk] = answer.status_code in REFUSED
                if table.masks:
                    answer = client.post(url(model, "phone", row.pk))
                    found["phone", name, model.__name__, row.pk] = answer.status_code in REFUSED
    return found | probe_autocomplete(world)


def probe_autocomplete(world: ScopeWorld) -> Probes:
    found: Probes = {}
    for name in OFFICES:
        client, request = client_of(world, name), request_of(world, name)
        for model, table in TABLES.items():
            for field in table.get_autocomplete_fields(request):
                target: Any = model._meta.get_field(field).related_model
                query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
                answer = client.get(reverse("admin:autocomplete"), query)
                if answer.status_code != 200:
                    continue
                offered = {one["id"] for one in answer.json()["results"]}
                for row in world.foreign_to(name, target):
                    found["autocomplete", name, model.__name__, field, row.pk] = str(row.pk) not in offered
    return found


MASKED = ("phone", "contact_phone")


def test_no_list_reads_a_masked_number_piece_by_piece() -> None:
    """No filter and no search of a list uses a phone number, over any path of relations."""
    world = ScopeWorld()
    request = request_of(world, "city")
    allowed, asked = [], 0
    for model, table in TABLES.items():
        for path in phones_from(model):
            assert path not in {name.lstrip("^=@") for name in table.search_fields}
            lookups = [path, *(f"{path}__{how}" for how in ("startswith", "exact", "regex", "gte", "in"))]
            allowed += [(model, lookup) for lookup in lookups if table.lookup_allowed(lookup, "1", request)]
            asked += len(lookups)
    assert (allowed, asked > 50) == ([], True)
    client = client_of(world, "city")
    for model, query in (
        (Doctor, {"id": world.doctor_1.pk, "phone__startswith": "1"}),
        (Enterprise, {"contact_phone__startswith": "1"}),
        (type(world.need), {"enterprise__contact_phone__startswith": "1"}),
    ):
        assert (model, client.get(url(model, "changelist"), query).status_code) == (model, 400)


def phones_from(model: Any, depth: int = 2, before: str = "") -> Iterator[str]:
    """Paths from a table to a phone number, with at most `depth` relations."""
    for field in model._meta.get_fields():
        if field.name in MASKED:
            yield before + field.name
        elif field.is_relation and not field.auto_created and depth > 1 and field.related_model in TABLES:
            yield from phones_from(field.related_model, depth - 1, f"{before}{field.name}__")


def test_lists_still_answer_their_filters_days_and_links() -> None:
    world = ScopeWorld()
    client = client_of(world, "city")
    for model, query in (
        (Enterprise, {"district__code__exact": world.a.pk}),
        (Enterprise, {"enterprise_class__exact": "technology"}),
        (Dispatch, {"status__exact": "offered", "answer_by__lt": "2030-01-01"}),
        (Visit, {"starts_on__year": "2025", "starts_on__month": "3"}),
        (type(world.need), {"enterprise": world.lead.pk}),
        (type(world.host), {"batch__id__exact": world.batch.pk, "enterprise__district__code__exact": world.a.pk}),
    ):
        assert (query, client.get(url(model, "changelist"), query).status_code) == (query, 200)


# -- REST, lists and exports ----------------------------------------------------------------------------------------

PEOPLE = ["county_a", "dept_x", "lead", "served", "stranger", "uni_1", "uni_2", "doc_1", "doc_2", "program_firm"]


def probe_rest(world: ScopeWorld) -> Probes:
    found: Probes = {}
    for name in PEOPLE:
        client = client_of(world, name)
        for prefix, view, _base in router.registry:
            model, key = view().rows().model, "assignment" if prefix == "standings" else "id"
            listed = {row[key] for row in client.get(f"/api/v1/{prefix}/").json()["results"]}
            for row in world.foreign_to(name, model):
                found["rest list", name, prefix, row.pk] = row.pk not in listed
                answer = client.get(f"/api/v1/{prefix}/{row.pk}/")
                found["rest row", name, prefix, row.pk] = answer.status_code == 404
    return found


SHEETS = {"assignment_list": "assignments.Assignment", "visit_list": "service.Visit"}
DETAILS = {
    "assignment_detail": "assignments.Assignment", "visit_detail": "service.Visit",
    "check_detail": "service.Check", "dispatch_detail": "assignments.Dispatch",
    "need_detail": "enterprises.Need",
}  # fmt: skip


def probe_pages(world: ScopeWorld) -> Probes:
    found: Probes = {}
    for name in PEOPLE:
        client = client_of(world, name)
        for page, label in SHEETS.items():
            rows = sheet_rows(client.get(reverse(page), {"export": "xlsx"}))
            for row in world.foreign_to(name, apps.get_model(label)):
                found["sheet", name, page, row.pk] = not any(words_of(row) <= set(cells) for cells in rows)
        for page, label in DETAILS.items():
            for row in world.foreign_to(name, apps.get_model(label)):
                answer = client.get(reverse(page, args=[row.pk]))
                public = page == "need_detail" and answer.status_code == 200
                if not (public and answer.templates[0].name == "enterprises/need_public.html"):
                    found["page", name, page, row.pk] = answer.status_code == 404
    return found


def sheet_rows(answer: Any) -> list[tuple[Any, ...]]:
    return list(opened(answer).iter_rows(min_row=HEAD + 1, values_only=True))


def words_of(row: Any) -> set[Any]:
    """The values by which a row of an export is recognized: doctor, firm and first day."""
    firm = row.enterprise if isinstance(row, Visit) else row.host.enterprise
    return {row.doctor.name, firm.name, datetime.combine(row.starts_on, time())}


# -- All of them, and the run without scope ----------------------------------------------------------------------------

EDGES = [probe_forms, probe_admin, probe_rest, probe_pages]


@pytest.mark.parametrize("probe", EDGES, ids=lambda probe: probe.__name__)
def test_what_is_anothers_is_refused_and_without_scope_it_is_not(probe: Callable[[ScopeWorld], Probes]) -> None:
    world = ScopeWorld()
    answers = probe(world)
    assert [name for name, denied in answers.items() if not denied] == []
    assert len(answers) > 25
    with scope_off():
        without = probe(world)
    denied = [name for name in answers if without.get(name, True)]
    assert len(denied) / len(answers) <= 0.05, denied


# -- Keys posted by hand: refused, and nothing is written ----------------------------------------------------------


def test_a_county_makes_no_member_of_anothers_enterprise() -> None:
    world = ScopeWorld()
    client = client_of(world, "county_a")
    account = {"account_name": "wu", "account_person": "吴", "account_way": "password"}
    before = Member.objects.count()
    for firm, made in ((world.stranger, 0), (world.lead, 1)):
        answer = client.post(url(Member, "add"), {"enterprise": firm.pk, **account})
        assert (answer.templates[0].name == "identity/password_shown.html", Member.objects.count()) == (
            bool(made), before + made,
        )  # fmt: skip
        if not made:
            assert [error.code for error in errors(answer)["enterprise"]] == ["invalid_choice"]


def test_a_county_forges_no_title_of_anothers_enterprise() -> None:
    world = ScopeWorld()
    client = client_of(world, "county_a")
    mine = Qualification.objects.get(enterprise=world.lead)
    facts = {"enterprise": world.stranger.pk, "kind": "high_tech", "level": "national"}
    answer = client.post(url(Qualification, "add"), facts)
    assert [error.code for error in errors(answer)["enterprise"]] == ["invalid_choice"]
    # The owner of a title is typed when the title is entered, and cannot be edited.
    version = version_of(Qualification, mine.pk)
    assert client.post(url(Qualification, "change", mine.pk), {**facts, "version": version}).status_code == 302
    assert not Qualification.objects.filter(enterprise=world.stranger, level="national").exists()
    mine.refresh_from_db()
    assert mine.enterprise == world.lead


def test_a_county_enters_enterprises_of_its_own_district_only() -> None:
    world = ScopeWorld()
    client = client_of(world, "county_a")
    rows = {
        f"{name}-{count}": "0" for name in ("qualifications", "members") for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    facts = {"name": "云泉市新厂", "enterprise_class": "technology", **rows}
    answer = client.post(url(Enterprise, "add"), {**facts, "district": world.b.pk})
    assert [error.code for error in answer.context["form"].errors.as_data()["district"]] == ["invalid_choice"]
    moved = client.post(url(Enterprise, "change", world.lead.pk), {**facts, "district": world.b.pk})
    assert [error.code for error in moved.context["form"].errors.as_data()["district"]] == ["invalid_choice"]
    assert not Enterprise.objects.filter(name="云泉市新厂").exists()
    assert client.post(url(Enterprise, "add"), {**facts, "district": world.a.pk}).status_code == 302
    assert Enterprise.objects.get(name="云泉市新厂").district == world.a


def test_what_a_form_lets_through_is_asked_of_the_rules_again() -> None:
    """If a form accepts every choice, the rules still refuse the row that would be written."""
    world = ScopeWorld()
    user = world.people["county_a"]
    assert user.has_perm("enterprises.add_qualification") is True
    for firm, allowed in ((world.lead, True), (world.stranger, False)):
        assert user.has_perm("enterprises.add_qualification", Qualification(enterprise=firm)) is allowed
        assert user.has_perm("enterprises.add_member", Member(enterprise=firm)) is allowed
        assert user.has_perm("enterprises.add_enterprise", Enterprise(district=firm.district)) is allowed


def errors(answer: Any) -> Any:
    return answer.context["adminform"].form.errors.as_data()


def test_keys_posted_by_hand_do_nothing() -> None:
    world = ScopeWorld()
    offered = Dispatch.objects.count()
    university = client_of(world, "uni_1")
    order = world.foreign_to("uni_1", type(world.need.orders.get()))[0]
    assert university.post(reverse("dispatch_table"), {f"order-{order.pk}": world.doctor_1.pk}).status_code == 403
    own = world.need.orders.get()
    assert university.post(reverse("dispatch_table"), {f"order-{own.pk}": world.doctor_2.pk}).status_code == 403
    assert Dispatch.objects.count() == offered
    foreign = world.other_assignment.visits.get()
    client_of(world, "lead").post(reverse("visits_confirm"), {"visits": [foreign.pk]})
    foreign.refresh_from_db()
    assert foreign.status == Visit.Status.LOGGED
    batches = {"action": "close_batches", "_selected_action": [world.batch.pk]}
    client_of(world, "county_a").post(url(type(world.batch), "changelist"), batches)
    world.batch.refresh_from_db()
    assert world.batch.status == "open"
