"""What a process may not have loaded, because it costs memory and the work that needs it is done elsewhere."""

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from enterprises.models import Need
from supervisor.state import ROOT
from tests.factories import BatchFactory, CityUserFactory, DoctorFactory, NeedFactory

# Libraries that calculate, read Chinese or write workbooks, and the parts of ours that need them.
HEAVY = [
    *("numpy", "scipy", "numba", "llvmlite", "ortools"),
    *("rjieba", "snowballstemmer", "pypinyin", "openpyxl"),
    *("matchengine.ranking", "matchengine.allocation", "matchengine.learning", "matchengine.encoders"),
    *("prompt_toolkit", "IPython", "pytest", "rich"),
]
# What shows pages, which nobody asks of workers and beat.
PAGES = [
    "talentlink.urls",
    "talentlink.admin_site",
    "rest_framework.views",
    "drf_spectacular.openapi",
    "qrcode",
    "PIL",
]

REPORT = """
import json, sys
lines = open("/proc/self/smaps_rollup").read().splitlines()
held = int(next(line for line in lines if line.startswith("Pss:")).split()[1]) // 1024
print(json.dumps({"loaded": sorted(sys.modules), "held": held}))
"""
WEB = "import talentlink.wsgi"
VISITS = """
import sys
from datetime import datetime
from django.conf import settings
from django.test import Client
from django.utils import timezone
from accounts.models import User
from enterprises.models import Need
from matching.actions import ask_for_batch_match, publish_need
from programmes.models import Batch

settings.ALLOWED_HOSTS = ["testserver"]
user = User.objects.get(role="office")
client = Client()
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
for address in ("/", "/home/", "/office/", "/office/queue/", "/api/v1/assignments/", sys.argv[1]):
    print(client.get(address, follow=True).status_code)
publish_need(Need.objects.get(), by=user, at=timezone.now())
ask_for_batch_match(Batch.objects.get(), by=user, at=timezone.now())
"""
# As the program loads what it knows before it does anything.
PROGRAM = """
import celery.bin.{program}, celery.apps.{program}
import talentlink.__main__
talentlink.__main__.app.loader.import_default_modules()
talentlink.__main__.app.connection().transport
"""


def loaded(*code: str, arguments: tuple[str, ...] = ()) -> tuple[list[str], dict[str, Any]]:
    """What the code printed, and which modules its process loaded and how much memory it holds."""
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "\n".join([*code, REPORT]), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *said, report = done.stdout.splitlines()
    return said, json.loads(report)


def among(modules: list[str], unwanted: list[str]) -> list[str]:
    """The unwanted packages of which something is loaded."""
    return [name for name in unwanted if any(each == name or each.startswith(f"{name}.") for each in modules)]


def test_a_web_process_loads_pages_only() -> None:
    _said, report = loaded(WEB)
    assert among(report["loaded"], HEAVY) == []
    assert "talentlink.urls" in report["loaded"]
    assert report["held"] <= 110


@pytest.mark.django_db(transaction=True)
def test_neither_visits_nor_asking_for_work_load_what_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    CityUserFactory()
    batch = BatchFactory()
    NeedFactory(status=Need.Status.SUBMITTED)
    DoctorFactory()
    own = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    monkeypatch.setenv("DATABASE_URL", own.geturl())
    said, report = loaded(WEB, VISITS, arguments=(f"/office/round/{batch.pk}/plan/",))
    assert said == ["200"] * 6
    assert among(report["loaded"], HEAVY) == []


@pytest.mark.parametrize(("program", "most"), [("beat", 75), ("worker", 78)])
def test_workers_and_beat_load_neither_pages_nor_the_engine_at_rest(program: str, most: int) -> None:
    _said, report = loaded(PROGRAM.format(program=program))
    assert among(report["loaded"], HEAVY + PAGES) == []
    assert report["held"] <= most
    assert {"matching.tasks", "service.tasks"} <= set(report["loaded"])
