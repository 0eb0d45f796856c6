"""The importers can read our own exports, with title lines above the heads and the heads of our columns."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from enterprises.need_table import read as read_needs
from experts.doctor_table import read as read_doctors
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    office: User = f.CityUserFactory()
    client = Client()
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    return client


def saved(client: Client, name: str, folder: Path) -> Path:
    answer: Any = client.get(reverse(name), {"export": "xlsx"})
    path = folder / "list.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def test_the_sheet_of_needs_is_read_back(client: Client, tmp_path: Path) -> None:
    need = f.NeedFactory(title="镁碳砖抗氧化", keywords="镁碳砖、抗氧化剂", days_a_month=2, status="submitted")
    need.enterprise.credit_code = f.credit_code(7)
    need.enterprise.save(update_fields=["credit_code"])
    read = read_needs(saved(client, "need_list", tmp_path))
    assert [error.code for error in read.errors] == []
    assert [
        (row.title, row.enterprise_name, row.credit_code, row.district, row.problem, row.kind, row.days_a_month)
        for row in read.rows
    ] == [
        (
            need.title, need.enterprise.name, need.enterprise.credit_code, need.enterprise.district.name, need.problem,
            need.kind, need.days_a_month,
        )
    ]  # fmt: skip


def test_the_sheet_of_doctors_is_read_back(client: Client, tmp_path: Path) -> None:
    doctor = f.DoctorFactory(name="卫明远", discipline="430", directions="耐火材料", days_a_month=3, most_km=120)
    read = read_doctors(saved(client, "doctor_list", tmp_path))
    assert [error.code for error in read.errors] == []
    assert [
        (row.name, row.university, row.college, row.discipline, row.directions, row.days_a_month, row.most_km)
        for row in read.rows
    ] == [(doctor.name, doctor.university.name, doctor.college, "430", ("耐火材料",), 3, 120)]
