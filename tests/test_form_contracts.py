"""Every field of a form is in all places that a field needs, or a short list says why it is left out of one.

The tests take the fields from the form, so they also test a new field without an edit here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django import forms
from django.db import models
from django.test import Client
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import User
from enterprises import columns as of_needs
from enterprises import imports as need_imports
from enterprises.admin import EnterpriseTable
from enterprises.forms import NeedForm
from enterprises.models import Enterprise, Need, Qualification
from enterprises.need_table import NeedRow
from enterprises.office.enterprise_form import EnterpriseForm, QualificationForm
from experts import columns as of_doctors
from experts import imports as doctor_imports
from experts.doctor_table import DoctorRow
from experts.forms import WISHES, DoctorForm, InterestForm, WorkForm
from experts.models import Doctor, Interest, Work
from officedata.tables import Notes
from tests import factories as f

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + timedelta(days=30)
NO_ROWS = {
    f"{name}-{part}_FORMS": "0" for name in ("works", "interests", "qualifications") for part in ("TOTAL", "INITIAL")
}


@dataclass(frozen=True)
class Contract:
    """A form with the pages that show it.

    `typed` are texts for fields whose type does not tell what could be typed. `becomes` are the fields of the row that
    have another name. The exceptions say why a field is left out of a place.
    """

    form: type[forms.ModelForm[Any]]
    model: type[models.Model]
    pages: tuple[str, ...]
    columns: Callable[[], list[Any]]
    typed: Mapping[str, Any]
    becomes: Mapping[str, str] = field(default_factory=dict)
    without_column: Mapping[str, str] = field(default_factory=dict)
    imported: Callable[[], set[str]] | None = None
    not_imported: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [name for name, one in self.form.base_fields.items() if name not in ("client_key",)]

    def named(self, name: str) -> str:
        return self.becomes.get(name, name)


def imported_need() -> set[str]:
    row = NeedRow("", 1, "", "需求", "问题" * 40)
    return set(need_imports._facts(row, date(2026, 3, 5), Notes({})) or {})


def imported_doctor() -> set[str]:
    row = DoctorRow("", 1, "博士", "大学", accepts_adjustment=True, days_a_month=3)
    return set(doctor_imports._facts(row))


CONTRACTS = [
    Contract(
        NeedForm, Need, ("/needs/{}/edit/",), lambda: of_needs.NEED + of_needs.INSIDE,
        {"contact_phone": "13800001234", "discipline": "材料科学", "days_a_month": "3", "budget_low": "30",
         "budget_high": "50"},
        without_column={
            "basis": "long, and read on the page of the need",
            "discipline_required": "a limit of matching beside the discipline",
            "field": "the sheet has the industry of the enterprise",
            "way": "agreed with the doctor, said on the page of the need",
        },
        imported=imported_need,
        not_imported={
            "expires_on": "official tables have no column for it",
            "discipline_required": "a table wishes, it does not exclude",
        },
    ),
    Contract(
        DoctorForm, Doctor, ("/doctors/{}/edit/", "/office/experts/doctor/{}/change/"), lambda: of_doctors.DOCTOR,
        {"phone": "13800001234", "discipline": "化学工程", "email": "a@example.org", "days_a_month": "5"},
        becomes=dict.fromkeys(WISHES, "wishes"),
        without_column={
            "sex": "the sheet is about what a doctor can do", "born_on": "the same",
            "wish_1": "shown on the page of the doctor alone", "wish_2": "the same", "wish_3": "the same",
            "accepts_adjustment": "goes with the wishes", "posting_excludes": "goes with the other postings",
            "email": "nobody mails from a sheet", "honours": "kept for the record, never compared",
        },
        imported=imported_doctor,
        not_imported={
            "most_hosts": "set by the university after the load",
            "posting_excludes": "judged by people, from the other postings",
            "active": "whoever is in a table takes part",
        },
    ),
    Contract(
        EnterpriseForm, Enterprise, ("/office/enterprises/enterprise/{}/change/",),
        lambda: [*EnterpriseTable.list_display],
        {"credit_code": f.credit_code(77), "industry": "农业", "contact_phone": "13800001234"},
        without_column={
            "department": "a filter of the list", "products": "read on its own page",
            "contact_name": "read on its own page", "contact_phone": "asked for one by one, so that it is on record",
        },
    ),
]  # fmt: skip
IDS = [contract.form.__name__ for contract in CONTRACTS]
every_form = pytest.mark.parametrize("contract", CONTRACTS, ids=IDS)


@every_form
def test_the_action_writes_every_field(contract: Contract) -> None:
    written: tuple[str, ...] = contract.model.WRITTEN  # type: ignore[attr-defined]
    assert [name for name in contract.names if contract.named(name) not in written] == []


def row_of(contract: Contract) -> tuple[models.Model, User]:
    """A row that the form changes, and a user who may change it on the pages."""
    if contract.model is Need:
        member = f.MemberFactory()
        return f.NeedFactory(enterprise=member.enterprise, status="draft"), member.user
    return (f.DoctorFactory() if contract.model is Doctor else f.EnterpriseFactory()), f.CityUserFactory()


def reader(user: User, contract: Contract, page: str, row: Any) -> Client:
    """The client of a user who may open this page; a liaison of the university opens the portal's page of a doctor."""
    if contract.model is Doctor and not page.startswith("/office/"):
        user = f.LiaisonFactory(university=row.university).user
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


PAGES = [pytest.param(each, page, id=f"{each.form.__name__}-{page}") for each in CONTRACTS for page in each.pages]


@pytest.mark.parametrize(("contract", "page"), PAGES)
def test_the_page_shows_every_field_with_its_label(contract: Contract, page: str) -> None:
    row, user = row_of(contract)
    answer = reader(user, contract, page, row).get(page.format(row.pk))
    html, form = answer.content.decode(), answer.context["form"]
    assert [name for name in contract.names if f'name="{form[name].html_name}"' not in html] == []
    assert [name for name in contract.names if str(form[name].label) not in html] == []


def typed(contract: Contract, bound: forms.BoundField) -> Any:
    """A value that differs from the present one."""
    name, one = bound.name, bound.field
    if name in contract.typed:
        return contract.typed[name]
    if isinstance(one, forms.ModelChoiceField):
        first = one.queryset.exclude(pk=bound.value()).first()  # type: ignore[union-attr]
        return str(first.pk)
    if isinstance(one, forms.BooleanField):
        return "" if bound.value() else "on"
    if isinstance(one, forms.ChoiceField):
        return next(str(key) for key, _word in one.choices if key and key != bound.value())  # type: ignore[union-attr]
    if isinstance(one, (forms.IntegerField, forms.DecimalField)):
        return "4"
    return f"{SOON}" if isinstance(one.widget, forms.DateInput) else f"新{name}"


@pytest.mark.parametrize(("contract", "page"), PAGES)
def test_what_is_typed_into_each_field_arrives_in_the_row(contract: Contract, page: str) -> None:
    f.DistrictFactory()
    row, user = row_of(contract)
    f.DepartmentFactory()
    client, address = reader(user, contract, page, row), page.format(row.pk)
    shown = client.get(address).context
    given = {name: typed(contract, shown["form"][name]) for name in contract.names}
    before = {name: getattr(row, contract.named(name)) for name in contract.names}
    answer = client.post(address, {**given, **NO_ROWS, "version": shown["version"], "step": "send"})
    assert (answer.status_code, answer.context and answer.context["form"].errors) == (302, None)
    row.refresh_from_db()
    after = {name: getattr(row, contract.named(name)) for name in contract.names}
    assert [name for name in contract.names if after[name] == before[name]] == []
    texts = {name: given[name] for name in contract.names if given[name] == f"新{name}"}
    kept = {name: after[name][WISHES.index(name)] if name in WISHES else after[name] for name in texts}
    assert kept == texts


@every_form
def test_the_sheet_has_a_column_for_each_field(contract: Contract) -> None:
    row, _user = row_of(contract)
    read: set[str] = set()

    class Spy:
        """Notes which attributes the columns read."""

        def __getattr__(self, name: str) -> Any:
            read.add(name.removeprefix("get_").removesuffix("_display"))
            return getattr(row, name)

    for column in contract.columns():
        if isinstance(column, str):
            read.add(column.removesuffix("_words"))
        elif callable(column.read):
            column.read(Spy())
        else:
            read.add(column.read.partition(".")[0])
    missing = {name for name in contract.names if name not in read}
    assert missing == set(contract.without_column)


@every_form
def test_the_import_gives_each_field(contract: Contract) -> None:
    if contract.imported is None:  # enterprises come with the needs that name them
        return
    given = contract.imported()
    assert {name for name in contract.names if contract.named(name) not in given} == set(contract.not_imported)


ROWS = [(WorkForm, Work), (InterestForm, Interest), (QualificationForm, Qualification)]


@pytest.mark.parametrize(("form", "model"), ROWS, ids=[form.__name__ for form, _model in ROWS])
def test_a_row_of_a_form_asks_what_its_model_has_in_the_words_of_the_model(
    form: type[forms.Form], model: type[models.Model]
) -> None:
    asked = {name: (one.label, one.help_text) for name, one in form.base_fields.items() if name != "key"}
    written = {name: model._meta.get_field(name) for name in model.WRITTEN}  # type: ignore[attr-defined]
    assert asked == {name: (capfirst(one.verbose_name), one.help_text) for name, one in written.items()}
