"""The noun of docs/extending.md, made from that text, works: list, form, menu, table, export, REST, rules, scope."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rules
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import clear_url_caches
from pgtrigger.registry import _registry as triggers

from accounts.models import User
from core.action import ACTS
from rest.routes import router
from talentlink import api, urls
from tests import factories as f
from tests.sheets import cells_of
from ui.contributions import contributed

pytestmark = pytest.mark.django_db
TEXT = (Path(settings.BASE_DIR) / "docs" / "extending.md").read_text()
FILE = re.compile(r"^`(announcements/[\w/.]+)`[^\n]*\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FACTS = {"title": "春节安排", "text": "节日期间到企按约定，日志照记。", "until": "2027-02-20"}
PAGE = "/office/announcements/announcement/"


def write_noun(folder: Path) -> None:
    """Write the files of the text, and the empty one that it names."""
    for name, text in [("announcements/__init__.py", ""), *FILE.findall(TEXT)]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def load_anew() -> None:
    """Load addresses and contributions again, for the apps that are installed now."""
    contributed.cache_clear()
    router.__dict__.pop("_urls", None)
    importlib.reload(api)
    importlib.reload(urls)
    clear_url_caches()


def forget(tables: set[Any], acts: set[str], lists: list[Any]) -> None:
    """Remove what the noun registered in this process."""
    admin.site.unregister([model for model in admin.site._registry if model not in tables])
    for name in [name for name in rules.permissions.permissions if name.startswith("announcements.")]:
        rules.remove_perm(name)
    for name in set(ACTS) - acts:
        del ACTS[name]
    router.registry[:] = lists
    for uri in [uri for uri in triggers if uri.startswith("announcements.")]:
        del triggers[uri]
    apps.all_models.pop("announcements", None)
    for name in [name for name in sys.modules if name.partition(".")[0] == "announcements"]:
        del sys.modules[name]
    load_anew()


@pytest.fixture
def noun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    write_noun(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(admin.site._registry), set(ACTS), list(router.registry)
    with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, "announcements"]):
        call_command("makemigrations", "announcements", verbosity=0)
        call_command("migrate", "announcements", verbosity=0)
        importlib.import_module("announcements.rules")
        load_anew()
        yield importlib.import_module("announcements.models").Announcement
    forget(*known)


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_noun_of_the_text_works(noun: Any) -> None:
    """A row that was entered in the office's form is in the table, the list, the export and the REST list."""
    city = client_of(f.CityUserFactory())
    assert city.post(f"{PAGE}add/", FACTS).status_code == 302
    row = noun.objects.get()
    assert {name: str(getattr(row, name)) for name in FACTS} == FACTS
    act = row.events.select_related("pgh_context").get().pgh_context.metadata["act"]
    assert act == "announcements.announce"
    assert city.get(PAGE).context["cl"].result_count == 1
    version = city.get(f"{PAGE}{row.pk}/change/").context["version"]
    assert city.post(f"{PAGE}{row.pk}/change/", {**FACTS, "title": "国庆安排", "version": version}).status_code == 302
    home = city.get("/office/")
    assert "Announcements" in [str(entry["label"]) for entry in home.context["nav"]]
    assert "announcements" in [area["app_label"] for area in home.context["tables"]]
    assert [each.title for each in city.get("/announcements/").context["rows"]] == ["国庆安排"]
    (cells,) = cells_of(city, "/announcements/?export=xlsx")
    assert [cell.value for cell in cells][:2] == ["国庆安排", FACTS["text"]]
    answer = city.get("/api/v1/announcements/?from_day=2027-02-20").json()
    assert [each["title"] for each in answer["results"]] == ["国庆安排"]


def test_who_reaches_the_noun(noun: Any) -> None:
    """Doctors read it, county offices do not write it, and an enterprise is outside its scope."""
    noun.objects.create(**FACTS)
    users = {"doctor": f.DoctorFactory().user, "firm": f.MemberFactory().user, "county": f.CountyUserFactory()}
    found = {name: client_of(user).get("/announcements/").status_code for name, user in users.items()}
    assert found == {"doctor": 200, "firm": 403, "county": 200}
    seen = {name: len(client_of(user).get("/api/v1/announcements/").json()["results"]) for name, user in users.items()}
    assert seen == {"doctor": 1, "firm": 0, "county": 1}
    assert client_of(users["county"]).get(f"{PAGE}add/").status_code == 403


def test_two_lines_stand_outside_the_folder() -> None:
    """The text asks for lines in `INSTALLED_APPS` and in the layers; every app of this project has both."""
    layers = (Path(settings.BASE_DIR) / "pyproject.toml").read_text().split("layers = [")[1].split("]")[0]
    ours = [app.name for app in apps.get_app_configs() if (Path(settings.BASE_DIR) / app.name / "apps.py").exists()]
    assert [name for name in ours if not re.search(rf"\b{name}\b", layers)] == []
    assert ("`INSTALLED_APPS`" in TEXT, "contract of layers" in TEXT) == (True, True)
