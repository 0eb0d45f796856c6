"""Every list page and every table of the office has an export: for whom, of which rows, and in which layout."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from tests import factories as f
from tests.scope_world import ScopeWorld
from tests.sheets import HEAD, opened
from ui.lists import ListPage

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 10)
READERS = ["city", "county_a", "dept_x", "lead", "uni_1", "doc_1"]
LISTS = {
    "need_list", "doctor_list", "invitation_list", "order_list", "dispatch_list", "assignment_list", "visit_list",
    "notice_list", "admin:need_queue", "admin:behind", "admin:waivers", "admin:mails", "admin:personal_requests",
    "proposal_list", "admin:ledger", "admin:ledger_days",
}  # fmt: skip


@pytest.fixture
def world() -> Iterator[ScopeWorld]:
    with time_machine.travel(f.moment(TODAY)):
        yield ScopeWorld()


def client_of(world: ScopeWorld, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["django_language"] = "en"
    client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def sheet_at(client: Client, url: str, **asked: str) -> Any:
    return opened(client.get(url, {**asked, "export": "xlsx"}))


def addresses(world: ScopeWorld) -> dict[str, str]:
    found = {name: reverse(name) for name in LISTS}
    survey = next(row for row, _who in world.rows if type(row).__name__ == "Survey")
    batch = next(row for row, _who in world.rows if type(row).__name__ == "Batch")
    return found | {
        "admin:survey_coverage": reverse("admin:survey_coverage", args=[survey.pk]),
        "admin:batch_grades": reverse("admin:batch_grades", args=[batch.pk]),
    }


def tables() -> list[tuple[type[models.Model], str]]:
    return [
        (model, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        for model in admin.site._registry
    ]


def trouble_of(sheet: Any, rows: int) -> list[str]:
    """What is missing in an export that every export must have."""
    last = HEAD + rows
    body = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD + 1)]
    heads = [cell.value for cell in sheet[HEAD]]
    wanted = {
        "title": bool(sheet["A1"].value) and sheet["A1"].font.bold,
        "unit and day": sheet["A2"].value.startswith("Unit: ") and sheet["A2"].value.endswith("Date: 2025-06-10"),
        "filters": sheet["A3"].value.startswith("Filters: "),
        "rows": len(body) == rows,
        "running number": [row[0] for row in body] == list(range(1, rows + 1)) and heads[0] == "No.",
        "no key": not {"ID", "Id", "Pk"} & set(heads[1:]),
        "heads": all(heads) and len(set(heads)) == len(heads),
        "auto filter": sheet.auto_filter.ref == f"A{HEAD}:{sheet.cell(HEAD, len(heads)).column_letter}{last}",
        "frozen": sheet.freeze_panes == f"A{HEAD + 1}",
        "repeated": sheet.print_title_rows == f"${HEAD}:${HEAD}",
        "paper": (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9),
        "width of a page": (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True),
        "page numbers": sheet.oddFooter.center.text == "Page &P of &N",
        "wrapped": all(cell.alignment.wrap_text for row in sheet.iter_rows(min_row=HEAD) for cell in row if cell.value),
        "no formula": not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row),
    }
    return [what for what, so in wanted.items() if not so]


def test_every_list_page_hands_out_its_rows_to_whom_it_is_shown(world: ScopeWorld) -> None:
    found, shown = {}, 0
    for reader in READERS:
        client = client_of(world, reader)
        for name, url in addresses(world).items():
            page = client.get(url)
            if page.status_code != 200:
                found[reader, name] = client.get(url, {"export": "xlsx"}).status_code == page.status_code
                continue
            count = page.context["page"].paginator.count
            found[reader, name] = trouble_of(sheet_at(client, url), count) == []
            shown += count
    assert [where for where, good in found.items() if not good] == []
    assert (len(found), shown > 40) == (108, True)


def test_every_list_is_among_those_asked() -> None:
    def below(kind: type[Any]) -> set[type[Any]]:
        return {each for one in kind.__subclasses__() for each in ({one} | below(one))}

    assert len(below(ListPage)) == len(LISTS) + 2  # those of one row


def test_every_table_of_the_office_hands_out_the_rows_it_lists(world: ScopeWorld) -> None:
    found: dict[Any, Any] = {}
    for reader in ("city", "county_a", "dept_x", "lead"):
        client = client_of(world, reader)
        for model, url in tables():
            page = client.get(url)
            if page.status_code != 200:
                found[reader, model] = [] if client.get(url, {"export": "xlsx"}).status_code == page.status_code else 1
                continue
            found[reader, model] = trouble_of(sheet_at(client, url), page.context["cl"].result_count)
    assert {where: what for where, what in found.items() if what} == {}
    assert len(found) == 4 * len(admin.site._registry)


ASKED = {
    "enterprises_enterprise": ["p=99", "p=²", "enterprise_class__in=a", "state=%00", "contact_phone__startswith=139"],
    "enterprises_need": ["enterprise=abc", "enterprise__id__in=1,2", "enterprise__in=a", "status__in=x,y", "round=a"],
    "enterprises_host": ["batch=abc", "batch__id__in=1,2", "batch__id__exact=abc", "id__in=1"],
    "core_job": ["state__in=a", "created_at__gte=zz", "created_at__year=2025", "o=abc"],
    "experts_doctor": ["active__in=1", "p=99"],
}


def test_no_filter_in_an_address_breaks_the_sheet_of_a_table(world: ScopeWorld) -> None:
    """The export takes the filters that the list takes; for a filter that the list refuses it redirects to the list."""
    client, broken = client_of(world, "city"), []
    for table, queries in ASKED.items():
        url = reverse(f"admin:{table}_changelist")
        for query in queries:
            page, sheet = client.get(f"{url}?{query}"), client.get(f"{url}?{query}&export=xlsx")
            taken = {200: (200, None), 302: (302, page.get("Location")), 400: (400, None)}[page.status_code]
            if query.startswith("p="):  # an export has the rows of all pages
                taken = (200, None)
            if (sheet.status_code, sheet.get("Location")) != taken:
                broken.append((table, query, page.status_code, sheet.status_code, sheet.get("Location")))
    assert broken == []


def test_a_link_to_a_table_is_said_in_words_on_its_sheet(world: ScopeWorld) -> None:
    client = client_of(world, "city")
    first, other = f.NeedFactory(status="returned"), f.NeedFactory(status="published")
    url = reverse("admin:enterprises_need_changelist")
    firms = f"{first.enterprise_id},{other.enterprise_id}"
    for query, said in (
        ({"enterprise__in": firms}, f"Enterprise: {first.enterprise}、{other.enterprise}"),
        ({"status__in": "returned,published"}, "Status: returned、published"),
    ):
        sheet = sheet_at(client, url, **query)
        assert sheet["A3"].value == f"Filters: {said}"
