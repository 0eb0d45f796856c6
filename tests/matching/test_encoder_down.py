"""An encoder behind an endpoint of this machine: what it says moves the order, and its silence is told on the pages."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import jobs
from enterprises.models import Need
from matching import kept, round_work, rounds, runs, sources
from matching.actions import ask_for_batch_match
from matching.models import MatchRun
from programmes.models import Batch
from tests.factories import START, BatchFactory, CityUserFactory, DoctorFactory, NeedFactory, WorkFactory, moment
from tests.matchengine.test_encoders import Handler, Server, says, serving
from tests.matching.people import shortlist

AT = moment(START)
DOWN = "The sentence encoder did not answer; matched by words alone."
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet", "no_encoder_left")]
Use = Callable[[Server], None]


@pytest.fixture
def no_encoder_left() -> Iterator[None]:
    yield
    sources._encoder.cache_clear()
    kept.forget()


@pytest.fixture
def use(settings: Any) -> Use:
    """Matching asks this server from now on."""

    def start(server: Server) -> None:
        settings.MATCHING_ENCODER, settings.MATCHING_ENCODER_URL = "endpoint", f"{server.url}/v1/"
        settings.MATCHING_ENCODER_MODEL, settings.MATCHING_ENCODER_TIMEOUT = "small", 5
        sources._encoder.cache_clear()

    return start


@pytest.fixture
def office(client: Client) -> User:
    user: User = CityUserFactory()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def near_copper(handler: Handler, body: dict[str, Any]) -> None:
    """Needs, and texts that speak of 铜冶, point one way; everything else the other."""
    vectors = [[1.0, 0.0] if "铜冶" in text or "寿命" in text else [0.0, 1.0] for text in body["input"]]
    rows = [{"index": at, "embedding": vector} for at, vector in enumerate(vectors)]
    handler.say(json.dumps({"data": rows}).encode())


def two_doctors() -> tuple[int, int]:
    """Equal by words, so that the first stands ahead; the second speaks of what the encoder likes."""
    ahead, behind = DoctorFactory(), DoctorFactory()
    WorkFactory(doctor=ahead, title="玻窑用镁碳砖的抗热震性", abstract="研究了玻窑用镁碳砖。")
    WorkFactory(doctor=behind, title="铜冶用镁碳砖的抗热震性", abstract="研究了铜冶用镁碳砖。")
    return ahead.pk, behind.pk


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def match(*arguments: str) -> str:
    out = StringIO()
    call_command("match", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_an_encoder_that_answers_moves_the_order(use: Use) -> None:
    ahead, behind = two_doctors()
    need = NeedFactory()
    assert runs.match_need(need, at=AT).facts["notes"] == {}
    assert shortlist(need) == [ahead, behind]
    with serving(near_copper) as server:
        use(server)
        run = runs.match_need(need, at=AT)
    assert shortlist(need) == [behind, ahead]
    assert (run.facts["notes"], len(server.asked) > 0) == ({}, True)


def test_the_shortlist_of_a_need_says_that_words_alone_decided(use: Use, office: User, client: Client) -> None:
    ahead, behind = two_doctors()
    need = NeedFactory()
    with serving(says({"error": "out of order"}, 400)) as server:
        use(server)
        run = runs.match_need(need, at=AT)
        assert "语义比对" in match("--need", str(need.pk)) or DOWN in match("--need", str(need.pk))
    assert (run.facts["notes"], shortlist(need)) == ({"encoder_down": 1}, [ahead, behind])
    assert DOWN in page(client, need.get_absolute_url())
    with serving(near_copper) as server:
        use(server)
        runs.match_need(need, at=AT)
    assert DOWN not in page(client, need.get_absolute_url())


def test_nobody_listed_and_no_encoder_is_told_together(use: Use, office: User, client: Client) -> None:
    two_doctors()
    need = NeedFactory(title="奶牛乳房炎早期诊断", problem="奶牛乳房炎发病率高，缺少诊断办法。", target="")
    with serving(says({}, 400)) as server:
        use(server)
        run = runs.match_need(need, at=AT)
    notes = run.facts["notes"]
    assert (shortlist(need), DOWN in page(client, need.get_absolute_url())) == ([], notes == {"encoder_down": 1})


def round_of(batch: Batch, by: User) -> MatchRun:
    run = ask_for_batch_match(batch, by=by, at=AT)
    assert rounds.finish(run).state == "done"
    run.refresh_from_db()
    return run


def test_a_round_says_for_how_many_needs_words_alone_decided(
    use: Use, office: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is down for the first share of two needs, and back for the second."""
    monkeypatch.setattr(round_work, "SHARE", 2)
    two_doctors()
    needs: list[Need] = [NeedFactory() for _ in range(3)]
    batch = BatchFactory()
    run = ask_for_batch_match(batch, by=office, at=AT)
    assert run.job is not None
    jobs.run(run.job.pk)
    first, second = run.shares.order_by("number")
    with serving(says({}, 400)) as server:
        use(server)
        assert jobs.run(first.job_id) == "done"
    with serving(near_copper) as server:
        use(server)
        assert jobs.run(second.job_id) == "done"
        assert rounds.finish(run).state == "done"
    run.refresh_from_db()
    assert run.facts["notes"] == {"encoder_down": 2}
    first.refresh_from_db()
    assert first.facts["noted"] == {"encoder_down": [needs[0].pk, needs[1].pk]}
    plan = page(client, reverse("admin:batch_plan", args=[batch.pk]))
    assert f"{DOWN} (2 of 3 needs)" in plan
    assert [DOWN in page(client, need.get_absolute_url()) for need in needs] == [True, True, False]
    with serving(near_copper) as server:
        use(server)
        assert round_of(batch, office).facts["notes"] == {}
    assert DOWN not in page(client, reverse("admin:batch_plan", args=[batch.pk]))


def test_an_encoder_set_up_wrongly_is_told_too(settings: Any, office: User) -> None:
    settings.MATCHING_ENCODER, settings.MATCHING_ENCODER_URL = "endpoint", "nowhere"
    sources._encoder.cache_clear()
    two_doctors()
    assert runs.match_need(NeedFactory(), at=AT).facts["notes"] == {"encoder_down": 1}
