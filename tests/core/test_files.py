"""Private files: their type by content, metadata removed, scanned, named by chance, and read by few."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from core.errors import Refused
from core.files import MOST_BYTES, check_evidence, private_fields
from core.models import LedgerEntry
from core.pictures import without_metadata
from enterprises.models import Qualification
from tests.factories import (
    CityUserFactory,
    CountyUserFactory,
    DoctorUserFactory,
    EnterpriseUserFactory,
    MemberFactory,
    QualificationFactory,
)

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
PLACE = b"GPS-37.8735N"
# The string by which scanners are tried; it is no malware.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(format_: str, size: tuple[int, int] = (40, 30), *, turned: int = 1) -> bytes:
    """A picture whose left half is red, with a place, an owner and a comment in its metadata."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = image.getexif()
    exif[0x010E], exif[0x013B], exif[0x0112] = PLACE.decode(), "张工", turned
    out = BytesIO()
    more: dict[str, Any] = {"comment": PLACE, "xmp": PLACE} if format_ == "JPEG" else {}
    image.save(out, format_, exif=exif, **more)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "ending"),
    [("证书.pdf", PDF, ".pdf"), ("a.html", PDF, ".pdf"), ("a.PNG", picture("PNG"), ".png"),
     ("noname", picture("JPEG"), ".jpg")],
)  # fmt: skip
def test_the_type_is_that_of_the_content(name: str, content: bytes, ending: str) -> None:
    file: Any = SimpleUploadedFile(name, content)
    check_evidence(file)
    assert file.accepted[0].ending == ending
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<script>", "kind"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>', "kind"),
        (b"", "kind"),
        (b"PK\x03\x04", "kind"),
        (b"%PDF-1.7\n1 0 obj", "content"),
        (picture("PNG")[:60], "content"),
        (b"\xff\xd8\xff\xe0", "content"),
        (PDF + b"0" * MOST_BYTES, "size"),
    ],
)
def test_anything_else_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as error:
        check_evidence(SimpleUploadedFile("a.pdf", content))
    assert error.value.code == code


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    out = BytesIO()
    Image.new("1", (10_000, 5_001)).save(out, "PNG")
    with pytest.raises(ValidationError) as error:
        check_evidence(SimpleUploadedFile("a.png", out.getvalue()))
    assert error.value.code == "pixels"


def green_at(picture: Image.Image, at: tuple[int, int]) -> int:
    """How much green a pixel has: none where it is red, all where it is white."""
    pixel: Any = picture.convert("RGB").getpixel(at)
    return int(pixel[1])


@pytest.mark.parametrize("format_", ["PNG", "JPEG"])
def test_a_picture_loses_what_it_says_of_place_and_person(format_: str) -> None:
    content = picture(format_)
    assert PLACE in content
    cleaned = without_metadata(content)
    assert PLACE not in cleaned
    assert "张工".encode() not in cleaned
    shown = Image.open(BytesIO(cleaned))
    assert (shown.format, shown.size, dict(shown.getexif())) == (format_, (40, 30), {})
    assert green_at(shown, (5, 15)) < 40  # red
    assert green_at(shown, (35, 15)) > 215  # white


def test_a_picture_taken_upright_stays_upright() -> None:
    shown = Image.open(BytesIO(without_metadata(picture("JPEG", turned=6))))
    assert shown.size == (30, 40)
    assert green_at(shown, (15, 5)) < 40  # what was left is above
    assert green_at(shown, (15, 35)) > 215


def test_a_picture_that_needs_no_turn_keeps_its_quantisation() -> None:
    before: Any = Image.open(BytesIO(picture("JPEG")))
    after: Any = Image.open(BytesIO(without_metadata(picture("JPEG"))))
    assert after.quantization == before.quantization


# -- Storing and reading ---------------------------------------------------------------------------------------------


@pytest.fixture
def proven(db: None, settings: Settings, tmp_path: Path) -> Qualification:
    settings.MEDIA_ROOT = tmp_path
    return QualificationFactory(evidence=SimpleUploadedFile("张工的证书.jpg", picture("JPEG")))


def test_what_is_stored_has_no_metadata_and_no_name(proven: Qualification, tmp_path: Path) -> None:
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [str(path.relative_to(tmp_path)) for path in stored] == [proven.evidence.name]
    folder, year, name = str(proven.evidence.name).split("/")
    assert (folder, len(year), len(name), name[-4:]) == ("qualification", 4, 36, ".jpg")
    assert PLACE not in stored[0].read_bytes()


def test_what_no_form_has_checked_is_refused_when_it_is_saved(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(Refused) as refusal, transaction.atomic():
        QualificationFactory(evidence=SimpleUploadedFile("a.pdf", b"<html>"))
    assert refusal.value.code == "file_kind"
    assert not Qualification.objects.exists()
    assert list(tmp_path.iterdir()) == []


def status(user: User | None, url: str) -> int:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(url).status_code


def test_those_who_see_the_row_read_it(proven: Qualification) -> None:
    client = Client()
    client.force_login(CityUserFactory())
    answer = client.get(proven.evidence.url)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, proven.evidence.read())
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert status(MemberFactory(enterprise=proven.enterprise).user, proven.evidence.url) == 200


def test_a_file_that_is_given_out_is_on_record(proven: Qualification) -> None:
    user = CityUserFactory()
    assert (status(user, proven.evidence.url), status(DoctorUserFactory(), proven.evidence.url)) == (200, 404)
    entries = LedgerEntry.objects.filter(kind="file_given").values_list("who", "about_label", "about_key")
    assert list(entries) == [(user.pk, "enterprises.qualification", str(proven.pk))]


def test_nobody_else_does(proven: Qualification) -> None:
    url = proven.evidence.url
    assert status(None, url) == 302
    assert status(MemberFactory().user, url) == 404
    assert status(CountyUserFactory(), url) == 404
    assert status(EnterpriseUserFactory(), url) == 404
    assert status(DoctorUserFactory(), url) == 404
    assert status(CityUserFactory(), "/files/qualification/2026/other.pdf") == 404
    assert status(CityUserFactory(), "/files/../settings.py") == 404


def test_every_field_for_files_is_private() -> None:
    assert private_fields() == [(Qualification, "evidence")]


# -- The scanner -----------------------------------------------------------------------------------------------------


@pytest.fixture
def scanner() -> Iterator[Callable[[bytes], str]]:
    """A server on this machine that speaks the protocol of ClamAV and answers each file by a function of the test."""
    open_lines: list[socket.socket] = []

    def serve(line: socket.socket, verdict: Callable[[bytes], bytes]) -> None:
        while True:
            try:
                peer, _address = line.accept()
            except OSError:
                return
            with peer, peer.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!I", said.read(4))[0]:
                    content += said.read(length)
                peer.sendall(verdict(content))

    def start(verdict: Callable[[bytes], bytes]) -> str:
        line = socket.create_server(("127.0.0.1", 0))
        open_lines.append(line)
        threading.Thread(target=serve, args=(line, verdict), daemon=True).start()
        return f"clamd://127.0.0.1:{line.getsockname()[1]}"

    yield start  # type: ignore[misc]
    for line in open_lines:
        line.shutdown(socket.SHUT_RDWR)
        line.close()


def by_content(content: bytes) -> bytes:
    return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


def test_a_scanner_refuses_malware_and_lets_the_rest_pass(scanner: Any, settings: Settings) -> None:
    settings.FILE_SCANNER = scanner(by_content)
    check_evidence(SimpleUploadedFile("a.pdf", PDF + b"\n%%EOF" + b" " * 200_000 + b"%%EOF"))
    with pytest.raises(ValidationError) as error:
        check_evidence(SimpleUploadedFile("a.pdf", b"%PDF-1.7 " + EICAR + b" %%EOF"))
    assert error.value.code == "malware"


@pytest.mark.parametrize("verdict", [b"stream: INSTREAM size limit exceeded. ERROR\0", b"", b"half an answ"])
def test_no_verdict_refuses(scanner: Any, settings: Settings, verdict: bytes) -> None:
    settings.FILE_SCANNER = scanner(lambda content: verdict)
    with pytest.raises(ValidationError) as error:
        check_evidence(SimpleUploadedFile("a.pdf", PDF))
    assert error.value.code == "unchecked"


def test_a_scanner_that_did_not_answer_is_not_asked_again_for_a_while(scanner: Any, settings: Settings) -> None:
    asked: list[int] = []

    def silent(content: bytes) -> bytes:
        asked.append(len(content))
        return b""

    settings.FILE_SCANNER = scanner(silent)
    for _n in range(3):
        with pytest.raises(ValidationError) as error:
            check_evidence(SimpleUploadedFile("a.pdf", PDF))
        assert error.value.code == "unchecked"
    assert asked == [len(PDF)]


def test_a_scanner_that_is_away_refuses(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    settings.FILE_SCANNER = f"clamd://127.0.0.1:{port}"
    with pytest.raises(ValidationError) as error:
        check_evidence(SimpleUploadedFile("a.pdf", PDF))
    assert error.value.code == "unchecked"
