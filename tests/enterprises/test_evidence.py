"""Files that prove a qualification: what is taken, and who may read it."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from core.files import MOST_BYTES, check_evidence
from enterprises.models import Qualification
from tests.factories import (
    CityUserFactory,
    CountyUserFactory,
    DoctorUserFactory,
    EnterpriseUserFactory,
    MemberFactory,
    QualificationFactory,
)

PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [("证书.pdf", PDF), ("a.PDF", PDF), ("a.png", b"\x89PNG\r\n\x1a\n..."), ("a.jpeg", b"\xff\xd8\xff\xe0")],
)
def test_a_document_or_picture_is_taken(name: str, content: bytes) -> None:
    file = SimpleUploadedFile(name, content)
    check_evidence(file)
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<script>", "kind"),
        ("noname", PDF, "kind"),
        ("a.pdf", b"<html>", "content"),
        ("a.png", PDF, "content"),
        ("a.pdf", b"", "content"),
        ("a.pdf", PDF + b"0" * MOST_BYTES, "size"),
    ],
)
def test_anything_else_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as error:
        check_evidence(SimpleUploadedFile(name, content))
    assert error.value.code == code


@pytest.fixture
def proven(db: None, settings: Settings, tmp_path: Path) -> Qualification:
    settings.MEDIA_ROOT = tmp_path
    return QualificationFactory(evidence=SimpleUploadedFile("证书.pdf", PDF))


def status(user: User | None, url: str) -> int:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(url).status_code


def test_those_who_see_the_enterprise_read_it(proven: Qualification) -> None:
    client = Client()
    client.force_login(CityUserFactory())
    answer = client.get(proven.evidence.url)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, PDF)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert status(MemberFactory(enterprise=proven.enterprise).user, proven.evidence.url) == 200


def test_nobody_else_does(proven: Qualification) -> None:
    url = proven.evidence.url
    assert status(None, url) == 302
    assert status(MemberFactory().user, url) == 404
    assert status(CountyUserFactory(), url) == 404
    assert status(EnterpriseUserFactory(), url) == 404
    assert status(DoctorUserFactory(), url) == 404
    assert status(CityUserFactory(), "/files/qualifications/2026/other.pdf") == 404
    assert status(CityUserFactory(), "/files/../settings.py") == 404
