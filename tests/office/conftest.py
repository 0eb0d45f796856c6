"""Who looks at the office's screens, and rows of two districts for them to see."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import District, Office, User
from assignments.models import Assignment
from service.models import Standing
from tests import factories as f

As = Callable[[User], Client]
TODAY = date(2026, 3, 20)


@pytest.fixture
def as_user() -> As:
    """A client signed in as this user, reading English."""

    def client_of(user: User) -> Client:
        client = Client()
        client.cookies["django_language"] = "en"
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


@pytest.fixture
def city() -> User:
    """One who operates and administers an office where nobody is missing."""
    user: User = f.CityUserFactory()
    f.AuditorFactory(office=user.office)
    return user


@pytest.fixture
def home() -> District:
    """The district of the county office."""
    district: District = f.DistrictFactory(code="149901", name="白杨县", tile_x=200, tile_y=0)
    return district


@pytest.fixture
def county(home: District) -> User:
    user: User = f.CountyUserFactory(office=f.CountyOfficeFactory(district=home, name="白杨县人才办"))
    return user


@pytest.fixture
def bureau() -> Office:
    office: Office = f.DepartmentFactory(name="科技局")
    return office


@pytest.fixture
def department(bureau: Office) -> User:
    user: User = f.DepartmentUserFactory(office=bureau)
    return user


@pytest.fixture
def stranger() -> User:
    user: User = f.MemberFactory().user
    return user


@pytest.fixture
def new_standing() -> Callable[..., Standing]:
    """A standing of an active assignment; enterprise, doctor and figures by name."""

    def make(*, enterprise: Any = None, doctor: Any = None, batch: Any = None, **facts: Any) -> Standing:
        hosts = {"enterprise": enterprise} if enterprise else {}
        batch = batch or f.BatchFactory()
        assignment: Assignment = f.AssignmentFactory(
            batch=batch, host=f.HostFactory(batch=batch, **hosts), **({"doctor": doctor} if doctor else {})
        )
        defaults: dict[str, Any] = {
            "on": TODAY,
            "month": TODAY.replace(day=1),
            "month_verdict": "pending",
            "month_days": Decimal(0),
            "month_awaiting": Decimal(1),
            "month_due": Decimal(2),
            "days_counted": Decimal(6),
            "days_awaiting": Decimal(1),
            "target": Decimal(30),
            "owed": Decimal(24),
            "months_missed": 2,
            "pace": Standing.Pace.BEHIND,
            "behind": True,
            "last_visit_on": date(2026, 1, 15),
        }
        return Standing.objects.create(assignment=assignment, **{**defaults, **facts})

    return make
