"""The disk is full, under the database, the uploads or the logs: what cannot be stored is refused with a page that says
so, and the site goes on as soon as there is room."""

import http.client
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from tests.factories import CityUserFactory, EnterpriseFactory
from tests.faults.site import Site
from tests.faults.test_visits import check_entries, doctors_in_service, session_of
from tests.faults.visitors import TOKEN, Visitors, more
from tests.processes import eventually

pytestmark = pytest.mark.processes

ADD = "/office/enterprises/qualification/add/"
CERTIFICATE = b"%PDF-1.7\n" + b"0" * 100_000 + b"%%EOF"


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[None]:
    """A file system of that size at the place, with what lies there."""
    kept = place.with_name(f"{place.name}-kept")
    place.rename(kept)
    place.mkdir(mode=0o700)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", place], capture_output=True, check=False
    )
    if made.returncode != 0:
        place.rmdir()
        kept.rename(place)
        pytest.skip("a small disk can be made by root alone")
    try:
        subprocess.run(["cp", "-a", f"{kept}/.", place], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(place: Path) -> Path:
    """Take all the room that is left."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return filler


@pytest.fixture
def new_site(tmp_path: Path, django_db_setup: None, django_db_blocker: object) -> Iterator[Callable[[], Site]]:
    """A site with made tables that does not run yet."""
    sites: list[Site] = []

    def make() -> Site:
        sites.append(Site(tmp_path))
        sites[0].copy_tables()
        return sites[0]

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield make
    for site in sites:
        site.end()


@pytest.mark.long
def test_no_room_for_the_database(new_site: Callable[[], Site], seed: int) -> None:
    site = new_site()
    with small_disk(site.state.postgres, 400):
        site.start()
        doctors = doctors_in_service(site, 40)
        visitors = Visitors(site.port, doctors, timezone.localdate(), seed)
        filler = fill(site.state.postgres)
        visitors.start()
        eventually(lambda: visitors.answers[503] >= 3, 90)
        filler.unlink()
        visitors.join(120)
        site.becomes_well()
        check_entries(site, visitors)
        site.end()


def send_certificate(site: Site, session: str, enterprise: int) -> tuple[int, str]:
    """The office enters a qualification with its certificate as a file."""
    facts = {"enterprise": enterprise, "kind": "high_tech", "level": "provincial", "certificate": "GR2026"}
    file = SimpleUploadedFile("证书.pdf", CERTIFICATE, "application/pdf")
    headers = {
        "Content-Type": MULTIPART_CONTENT,
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
    }
    line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    with closing(line):
        line.request("POST", ADD, encode_multipart(BOUNDARY, {**facts, "evidence": file}), headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.long
def test_no_room_for_uploads(new_site: Callable[[], Site]) -> None:
    site = new_site()
    media = site.state.root / "media"
    media.mkdir()
    with small_disk(media, 1):
        site.start()
        with site.django():
            office, enterprise = session_of(CityUserFactory()), EnterpriseFactory().pk
        filler = fill(media)
        status, page = send_certificate(site, office, enterprise)
        assert (status, "服务器磁盘已满" in page, "没有保存" in page) == (503, True, True)
        assert site.ask("SELECT count(*) FROM enterprises_qualification") == [(0,)]
        filler.unlink()
        assert send_certificate(site, office, enterprise)[0] == 302
        [(stored,)] = site.ask("SELECT evidence FROM enterprises_qualification")
        assert (media / stored).read_bytes() == CERTIFICATE
        site.end()


def test_no_room_for_the_logs(new_site: Callable[[], Site], seed: int) -> None:
    site = new_site()
    with small_disk(site.state.logs, 2):
        site.start()
        fill(site.state.logs)
        visitors = Visitors(site.port, doctors_in_service(site, 20), timezone.localdate(), seed)
        visitors.start()
        eventually(more(visitors, 20), 60)
        assert set(visitors.answers) == {302}
        check_entries(site, visitors)
        site.end()
