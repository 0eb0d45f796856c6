"""The probe: forms read as a browser sends them, every route with its row, every form accepted and rolled back."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import timezone

from assignments.models import Dispatch, Order
from bench import copying
from bench.fill import fill
from bench.probe.asking import warmed
from bench.probe.forms import Form, filled, form_for, forms_of
from bench.probe.own_rows import fill_own
from bench.probe.routes import Route
from bench.probe.rows import fill_the_rest
from bench.probe.serving import all_cases
from bench.rounds import closing_month, rounds
from bench.size import CITY
from enterprises.models import Need
from service import closing, standings
from service.models import Visit

PAGE = """
<form action="/language/" method="post"><input type="hidden" name="next" value="/"></form>
<form method="get"><input name="q" value="x"></form>
<form method="post"><input type="hidden" name="key" value="7"><input name="name" value="A &amp; B">
<input type="checkbox" name="on" checked><input type="checkbox" name="off" value="1">
<input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b" checked>
<select name="one"><option value="">-</option><option value="2">two</option></select>
<select name="chosen"><option value="1">one</option><option value="2" selected>two</option></select>
<select name="many" multiple><option value="1" selected>1</option><option value="2" selected>2</option></select>
<textarea name="text">
first
second</textarea><input name="shut" value="x" disabled>
<input type="file" name="file"><button name="act">go</button></form>
"""


def test_a_form_is_sent_as_it_stands() -> None:
    form = form_for(PAGE, "/needs/new/")
    assert form == Form(
        "",
        "post",
        {
            "key": ["7"], "name": ["A & B"], "on": ["on"], "kind": ["b"], "one": [""], "chosen": ["2"],
            "many": ["1", "2"], "text": ["first\nsecond"],
        },
    )  # fmt: skip
    assert [each.action for each in forms_of(PAGE)] == ["/language/", "", ""]
    assert filled(form, {"name": "C"}) == {**form.fields, "name": "C"}
    assert filled(None, {"name": "C"}) == {"name": "C"}


def test_a_page_without_a_form_for_the_address_has_none() -> None:
    assert form_for('<form action="/elsewhere/" method="post"></form>', "/here/") is None
    here = form_for('<form action="/here/?page=2" method="post"><input name="a"></form>', "/here/")
    assert here is not None
    assert here.fields == {"a": [""]}


@pytest.mark.parametrize(
    ("path", "name", "words"),
    [
        ("office/matching/need/<path:object_id>/change/", "matching_need_change", "table need …/change"),
        ("office/anything/need/", "anything_need_changelist", "table need list"),
        ("office/behind/export/", "behind_export", "behind_export"),
        ("visits/<int:pk>/", "visit_detail", "visit_detail"),
    ],
)
def test_the_name_of_a_route_knows_no_app(path: str, name: str, words: str) -> None:
    assert Route(path, name).words == words


PAGES = [
    "GET home doctor", "GET visit_list enterprise", "GET dispatch_detail university", "GET behind county",
    "GET table visit list city", "GET api-visit-list program", "GET visit_new doctor",
    "GET ledger auditor", "GET ledger_days auditor", "GET ledger_seen auditor", "GET ledger_deeds auditor",
]  # fmt: skip
# Stopping a run needs one that runs.
NOTHING_RUNS = ["POST accept_cancel: no body is known for it", "POST match_cancel: no body is known for it"]


@pytest.fixture
def full(transactional_db: None) -> Iterator[date]:
    """A small city with its last month closed, today."""
    today = timezone.localdate()
    fill(CITY.shrunk(0.1), today, rounds)
    closing.close_month(closing_month(today), at=timezone.now())
    standings.refresh_all_standings(on=today, at=timezone.now())
    fill_the_rest()
    fill_own()
    yield today
    copying.clear()


def test_every_form_is_accepted_and_leaves_nothing_and_every_role_opens_its_pages(full: date) -> None:
    cases, missing = all_cases()
    kept = [Need, Order, Dispatch, Visit]
    before = [list(kind.objects.order_by("pk").values_list("pk", "status")) for kind in kept]
    wanted = [*(key for key, case in cases.items() if case.writes), *PAGES]
    troubles = {key: warmed(cases[key]).why for key in wanted}
    assert [f"{key}: {why}" for key, why in troubles.items() if why] + sorted(missing) == NOTHING_RUNS
    assert [list(kind.objects.order_by("pk").values_list("pk", "status")) for kind in kept] == before
