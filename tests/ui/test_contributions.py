"""What an app contributes is shown without an edit anywhere else."""

import importlib
import inspect
import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import clear_url_caches, resolve, reverse

from accounts.models import User
from programmes.models import Batch
from talentlink import urls
from tests import factories as f
from ui import contributions
from ui.contributions import Entry, Panel, Screen, Table, Todo, contributed

pytestmark = pytest.mark.django_db
KINDS: dict[contributions.Kind, type] = {
    "menu": Entry, "todos": Todo, "panels": Panel, "screens": Screen, "tables": Table,
}  # fmt: skip


def load_anew() -> None:
    """The addresses and what is contributed follow the installed apps."""
    contributed.cache_clear()
    importlib.reload(urls)
    clear_url_caches()


@pytest.fixture
def scratch() -> Iterator[Any]:
    """The scratch app, installed beside the others."""
    known = set(admin.site._registry)
    with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, "tests.scratch"]):
        load_anew()
        yield importlib.import_module("tests.scratch.contributions")
    admin.site.unregister([model for model in admin.site._registry if model not in known])
    load_anew()


@pytest.fixture
def city() -> User:
    user: User = f.CityUserFactory(username="zhou")
    f.AuditorFactory(office=user.office)  # nobody is missing, so no to-do asks for an account
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_app_with_contributions_alone_is_shown_everywhere(scratch: Any, city: User) -> None:
    client, batch = signed_in(city), f.BatchFactory(name="第九批")
    home = client.get("/office/")
    labels = [str(entry["label"]) for entry in home.context["nav"]]
    assert labels[:4] == ["Today", "Needs to review", "Rota", "Who is behind"]
    assert [(item.title, item.count) for item in home.context["todos"]] == [("Rotas to staff", 2)]
    assert client.get("/office/rota/").content == b"the rota of Monday"
    shown = client.get(f"/office/round/{batch.pk}/").content.decode()
    assert re.findall('<p id="on-duty">(.*)</p>', shown) == ["第九批: zhou"]
    (area,) = [area for area in home.context["tables"] if area["app_label"] == "scratch"]
    assert [(model["name"], model["admin_url"]) for model in area["models"]] == [("Rotas", "/office/scratch/rota/")]
    assert client.get("/office/scratch/rota/").context["cl"].result_count == 1


def test_a_panel_without_facts_is_left_out(scratch: Any, city: User) -> None:
    batch = f.BatchFactory(status=Batch.Status.CLOSED)
    assert "on-duty" not in signed_in(city).get(f"/office/round/{batch.pk}/").content.decode()


def test_a_panel_that_fails_is_an_error_of_its_page_alone_and_named_in_the_log(
    scratch: Any, city: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def nobody(batch: Batch, request: HttpRequest) -> dict[str, Any]:
        raise LookupError("nobody is on duty")

    monkeypatch.setattr(scratch, "panels", [Panel(Batch, "scratch/on_duty.html", nobody, 15)])
    contributed.cache_clear()
    client = signed_in(city)
    client.raise_request_exception = False
    pages = ["/office/", f"/office/round/{f.BatchFactory().pk}/", "/office/queue/"]
    assert [client.get(page).status_code for page in pages] == [200, 500, 200]
    assert "nobody is on duty" in caplog.text


def test_without_the_app_nothing_of_it_is_left(city: User) -> None:
    assert not apps.is_installed("tests.scratch")
    client = signed_in(city)
    assert "Rota" not in [entry["label"] for entry in client.get("/office/").context["nav"]]
    assert [client.get(f"/office/{page}/").status_code for page in ("rota", "scratch/rota")] == [404, 404]


def test_tables_of_daily_work_come_by_area_and_technical_ones_last(city: User) -> None:
    county = f.CountyUserFactory()
    areas = [area["app_label"] for area in signed_in(city).get("/office/").context["tables"]]
    assert areas == ["programmes", "enterprises", "experts", "assignments", "service", "accounts", "system"]
    technical = {
        user: [model["object_name"] for model in signed_in(user).get("/office/").context["tables"][-1]["models"]]
        for user in (city, county)
    }
    assert (technical[city][0], technical[city][-1]) == ("District", "PhoneShown")
    assert "Job" in technical[city]
    assert "Job" not in technical[county]
    assert "Doctor" not in technical[city]
    beside = signed_in(city).get("/office/enterprises/need/").context["available_apps"]
    assert [area["app_label"] for area in beside] == areas


@pytest.mark.parametrize("kind", KINDS)
def test_each_list_holds_what_its_name_says(kind: contributions.Kind) -> None:
    assert {type(each) for each in contributed(kind)} == {KINDS[kind]}


def test_a_contribution_names_no_address_of_an_app_above_its_own() -> None:
    """An entry leads to a view of the app that contributes it, or of one it may import."""
    levels = ["officedata", "accounts", "core", "ui", "outbox audit approvals", "identity", "privacy", "programmes",
              "enterprises experts", "assignments", "matching service", "talentlink"]  # fmt: skip
    level = {app: at for at, names in enumerate(levels) for app in names.split()}
    entries = [
        (app.name, entry.url_name)
        for app in apps.get_app_configs()
        if find_spec(f"{app.name}.contributions") and app.name in level
        for entry in getattr(importlib.import_module(f"{app.name}.contributions"), "menu", [])
    ]
    owners = [inspect.unwrap(resolve(reverse(name)).func).__module__.partition(".")[0] for _app, name in entries]
    pairs = zip(entries, owners, strict=True)
    assert [(entry, owner) for entry, owner in pairs if level[owner] > level[entry[0]]] == []
    assert len(entries) == len(contributed("menu"))
