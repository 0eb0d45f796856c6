"""Where districts and universities lie: both degrees or neither, and on Earth."""

from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import District
from core.edits import version_of
from experts.models import University
from tests import factories as f

pytestmark = pytest.mark.django_db
BOTH = "Give both, or leave both open."
SWAPPED = "A latitude lies between -90 and 90; are the two swapped?"
ROUND = "A longitude lies between -180 and 180."


@pytest.fixture
def office(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    client.force_login(f.CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(row: models.Model) -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def sheet(row: Any, latitude: str, longitude: str) -> dict[str, Any]:
    version = version_of(type(row), row.pk)
    facts = {"name": row.name, "latitude": latitude, "longitude": longitude, "version": version}
    if isinstance(row, District):
        return {**facts, "code": row.code, "tile_x": row.tile_x, "tile_y": row.tile_y}
    inline = {f"liaisons-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    return {**facts, **inline}


@pytest.fixture(params=[f.DistrictFactory, f.UniversityFactory])
def row(request: pytest.FixtureRequest) -> District | University:
    made: District | University = request.param()
    return made


@pytest.mark.parametrize(
    ("latitude", "longitude", "kept"),
    [("38.01", "113.45", (38.01, 113.45)), ("-90", "180", (-90, 180)), ("0", "0", (0, 0)), ("", "", (None, None))],
)
def test_a_place_is_kept(office: Client, row: Any, latitude: str, longitude: str, kept: tuple[Any, Any]) -> None:
    row.latitude, row.longitude = 1, 1
    row.save()
    assert office.post(page_of(row), sheet(row, latitude, longitude)).status_code == 302
    row.refresh_from_db()
    assert (row.latitude, row.longitude) == kept


@pytest.mark.parametrize(
    ("latitude", "longitude", "errors"),
    [
        ("38.01", "", {"longitude": [BOTH]}),
        ("", "113.45", {"latitude": [BOTH]}),
        ("113.45", "38.01", {"latitude": [SWAPPED]}),
        ("38.01", "180.1", {"longitude": [ROUND]}),
        ("-90.5", "-181", {"latitude": [SWAPPED], "longitude": [ROUND]}),
        ("113", "", {"latitude": [SWAPPED], "longitude": [BOTH]}),
        ("north", "113", {"latitude": ["Enter a number."]}),
    ],
)
def test_half_a_place_or_none_on_earth_is_named(
    office: Client, row: Any, latitude: str, longitude: str, errors: dict[str, list[str]]
) -> None:
    page = office.post(page_of(row), sheet(row, latitude, longitude))
    assert page.status_code == 200
    form = page.context["adminform"].form
    assert form.errors == errors
    assert (form["latitude"].value(), form["longitude"].value()) == (latitude, longitude)
    row.refresh_from_db()
    assert row.latitude is None


def test_the_pair_stands_under_a_heading_of_its_own(office: Client, row: Any) -> None:
    page = office.get(page_of(row))
    (_plain, place) = page.context["adminform"].fieldsets
    assert (place[0], place[1]["fields"]) == ("Where it lies", [("latitude", "longitude")])
    assert "Where it lies" in page.content.decode()
