"""`/metrics`, read by Prometheus' own parser."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from core import heartbeats
from core.models import Backup, Heartbeat, Job
from outbox.models import Mail
from talentlink.watch import metrics
from talentlink.watch.lanes import LANES
from tests import factories as f

pytestmark = pytest.mark.django_db
TOKEN = "zao-qi-de-niao-er"


@pytest.fixture(autouse=True)
def token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def figures(client: Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (response.status_code, response["Content-Type"].split(";")[0]) == (200, "text/plain")
    families = text_string_to_metric_families(response.content.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def test_the_figures(client: Client) -> None:
    now = timezone.now()
    heartbeats.beat("worker people@here", "worker", ",".join(LANES))
    Heartbeat.objects.update(beat_at=now - timedelta(seconds=100))
    for number, state in enumerate(["queued", "queued", "failed"]):
        ended = {"ended_at": now} if state == "failed" else {}
        Job.objects.create(
            kind="close_month", key=str(number), state=state, not_before=now - timedelta(seconds=60), **ended
        )
    Backup.objects.create(made_at=now - timedelta(hours=1), release="x", path="/b", size=1, ok=True)
    Mail.objects.create(medium="mail", address="li@example.org", kind="k", key="1", text="王伟", queued_at=now)
    found = figures(client)
    assert found["talentlink_jobs", (("lane", "calendar"), ("state", "queued"))] == 2
    assert found["talentlink_jobs", (("lane", "calendar"), ("state", "failed"))] == 1
    assert found["talentlink_oldest_waiting_seconds", (("lane", "calendar"),)] == pytest.approx(60, abs=5)
    (age,) = [value for (name, _labels), value in found.items() if name == "talentlink_heartbeat_age_seconds"]
    assert age == pytest.approx(100, abs=5)
    assert found["talentlink_backup_age_seconds", ()] == pytest.approx(3600, abs=5)
    assert found["talentlink_backup_last_ok", ()] == 1
    assert found["talentlink_mails", (("state", "queued"),)] == 1
    assert found["talentlink_sign_level", (("sign", "workers"),)] == 2
    assert found["talentlink_sign_value", (("sign", "failed"),)] == 1
    assert found["talentlink_figures_left_out", ()] == 0
    assert min(value for (name, _labels), value in found.items() if name == "talentlink_disk_free_bytes") > 0


def test_nothing_personal_is_in_them(client: Client) -> None:
    f.CityUserFactory(name="申慧敏", phone="13812345678", email="shen@example.org")
    Job.objects.create(kind="close_month", key="1", state="failed", not_before=timezone.now(), ended_at=timezone.now(),
                       error="王伟 13812345678")  # fmt: skip
    Mail.objects.create(
        medium="mail", address="li@example.org", kind="k", key="1", text="王伟", queued_at=timezone.now()
    )
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert [each for each in ("申慧敏", "王伟", "13812345678", "@example.org") if each in text] == []


@pytest.mark.parametrize("given", ["", f"Bearer {TOKEN}x", "Bearer ", TOKEN, f"Token {TOKEN}", "Bearer 令牌"])
def test_without_the_token_nothing_is_told(client: Client, given: str) -> None:
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 403


def test_a_session_of_the_office_is_no_token(client: Client) -> None:
    client.force_login(f.CityUserFactory())
    assert client.get("/metrics").status_code == 403


def test_where_no_token_is_set_there_is_no_such_page(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_slow_database_leaves_figures_out_and_takes_no_longer_than_a_second(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(at: datetime) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")
        return []

    monkeypatch.setattr(metrics, "SECONDS", 0.3)
    monkeypatch.setattr(metrics, "FIGURES", [metrics.heartbeats, slow, metrics.job_counts])
    found = figures(client)
    assert found["talentlink_figures_left_out", ()] == 2
    assert found["talentlink_sign_level", (("sign", "workers"),)] == 3
