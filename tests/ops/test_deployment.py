"""The files for a real site cannot be run here; what they say must still be true."""

import ast
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve
from django.utils.module_loading import import_string

from core.lanes import LANES
from supervisor.given import SECRETS, given
from supervisor.postgres import binaries
from supervisor.roles import APPLICATION, OWNER
from supervisor.state import ROOT
from supervisor.valkey import binary
from talentlink.__main__ import PROGRAMS

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
APP = ("migrate", "web", "worker-people", "worker-rounds", "beat")


def variables_of_settings() -> set[str]:
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "talentlink" / "settings.py").read_text()))


def variables_of_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def variables_of_programs() -> set[str]:
    """What bin/ reads beside the settings."""
    text = "\n".join(path.read_text() for path in [*ROOT.glob("supervisor/*.py"), *ROOT.glob("tests/*.py")])
    return set(re.findall(r'environ\.get\("([A-Z_]+)"', text)) - {"PYTEST_XDIST_WORKER"}


def defaults_of_code() -> dict[str, Any]:
    """The default of each variable, where it is written as a plain value."""
    found: dict[str, Any] = {}
    # What bin/start sets for itself is no default of the settings, which come last.
    for path in [*ROOT.glob("supervisor/*.py"), ROOT / "talentlink" / "settings.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            given = [*node.args[1:2], *[word.value for word in node.keywords if word.arg == "default"]]
            name = node.args[0]
            if re.search(r"\benv(iron)?$", ast.unparse(node.func.value)) and isinstance(name, ast.Constant):
                found |= {str(name.value): value.value for value in given if isinstance(value, ast.Constant)}
    return found


def test_the_example_shows_the_defaults() -> None:
    text = (ROOT / ".env.example").read_text()
    shown = dict(re.findall(r"^#([A-Z][A-Z_]+)=(.*)$", text, re.MULTILINE))
    # An address stands for what one looks like.
    defaults = {
        name: value for name, value in defaults_of_code().items() if name in shown and not name.endswith("_URL")
    }
    assert {"JOB_LEASE_SECONDS", "EMAIL_TIMEOUT", "SITE_NAME", "LOG_FORMAT", "WORKERS", "TRUST_PROXY"} <= set(defaults)
    read = {
        name: type(value)(float(shown[name]) if not isinstance(value, str) else shown[name])
        for name, value in defaults.items()
    }
    assert read == defaults


def test_the_example_shows_how_long_rows_are_kept() -> None:
    (shown,) = re.findall(r"^#KEEP_DAYS=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    days = (pair.split("=") for pair in shown.split(","))
    assert {name: int(number) for name, number in days} == settings.KEEP_DAYS


def command_of_image() -> list[str]:
    found = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found
    command: list[str] = yaml.safe_load(found[1])
    return command


def test_every_variable_of_the_settings_is_in_the_example_and_no_other() -> None:
    assert variables_of_example() == variables_of_settings() | variables_of_programs()


def test_every_variable_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked - variables_of_example() == set()
    assert {"ALLOWED_HOSTS", "SITE_URL"} <= asked
    assert asked & SECRETS == set()


@pytest.mark.parametrize("service", APP)
def test_every_variable_compose_gives_is_one_that_settings_read(service: str) -> None:
    given = {name.removesuffix("_FILE") for name in COMPOSE["services"][service]["environment"]}
    assert given - variables_of_settings() == set()


def test_every_variable_of_the_settings_reaches_the_containers_of_compose_or_stands_here() -> None:
    """A variable of `.env` that Compose does not hand on would have no effect."""
    given = {name.removesuffix("_FILE") for service in APP for name in COMPOSE["services"][service]["environment"]}
    of_the_image = {"STATIC_ROOT", "TALENTLINK_STATE", "MEDIA_ROOT", "MATCHING_CACHE", "BACKUP_DIR", "PROCESS_ROLE"}
    # A folder that the image does not have, what no real site sets, and what tests set.
    elsewhere = {"MATCHING_ENCODER_FOLDER", "DEBUG", "DEMO", "DATABASE_LIMITS", "JOB_LEASE_SECONDS"}
    assert variables_of_settings() - given == of_the_image | elsewhere


def test_every_variable_the_image_gives_is_one_that_somebody_reads() -> None:
    given = set(re.findall(r"\b([A-Z_]+)=\S+", "\n".join(re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE))))
    assert given - variables_of_settings() == {"PATH", "PYTHONUNBUFFERED", "LANG", "DJANGO_SETTINGS_MODULE"}


def test_every_secret_of_a_container_is_a_file_that_it_mounts() -> None:
    for service in COMPOSE["services"].values():
        given: dict[str, str] = service.get("environment") or {}
        assert set(given) & SECRETS == set()
        files = {name: value for name, value in given.items() if name.endswith("_FILE")}
        mounted = {f"/run/secrets/{name}" for name in service.get("secrets", [])}
        assert set(files.values()) <= mounted
        assert {value.upper() for value in files.values()} == {
            f"/RUN/SECRETS/{name.removesuffix('_FILE')}" for name in files
        }


def test_the_passwords_of_an_earlier_release_go_on(tmp_path: Path) -> None:
    """They stood in `.env`, and the database and the second factors go by them."""
    lines = ['SECRET_KEY="k=1"', "POSTGRES_PASSWORD=p1", "#REDIS_PASSWORD=no", "BACKUP_KEY=", "EMAIL_URL=smtp://x"]
    (tmp_path / ".env").write_text("\n".join(lines))
    folder = tmp_path / "secrets"
    subprocess.run([sys.executable, ROOT / "bin/lib/write_secrets.py", folder], check=True, capture_output=True)
    written = {path.name: path.read_text() for path in folder.iterdir()}
    assert (written["secret_key"], written["postgres_password"]) == ("k=1", "p1")
    assert written["database_owner_url"] == "postgresql://talentlink:p1@postgres:5432/talentlink"
    assert (len(written["redis_password"]), written["backup_key"], written["email_url"]) == (64, "", "smtp://x")


def test_the_files_of_secrets_are_those_that_the_program_writes(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    for _time in range(2):
        subprocess.run([sys.executable, ROOT / "bin/lib/write_secrets.py", folder], check=True, capture_output=True)
    written = {path.name: path.read_text() for path in folder.iterdir()}
    assert {f"./secrets/{name}" for name in set(written) - {"application_password"}} == {
        secret["file"] for secret in COMPOSE["secrets"].values()
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    env = given({f"{name.upper()}_FILE": str(folder / name) for name in written})
    assert (len(env["SECRET_KEY"]), env["EMAIL_URL"]) == (64, "")
    urls = [urlsplit(env[name]) for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")]
    assert [(url.username, url.password, url.hostname) for url in urls] == [
        (APPLICATION, written["application_password"], "postgres"),
        (OWNER, written["postgres_password"], "postgres"),
        ("", written["redis_password"], "valkey"),
    ]


@pytest.mark.parametrize("service", APP)
def test_the_image_has_every_command(service: str) -> None:
    command = COMPOSE["services"][service].get("command") or command_of_image()
    program, *arguments = command
    assert shutil.which(program, path=Path(sys.executable).parent)
    if arguments[:2] == ["-m", "talentlink"]:
        assert arguments[2] in PROGRAMS
    elif program == "python":
        assert (ROOT / arguments[0]).is_file()
        assert arguments[1] in get_commands()
    else:
        assert callable(import_string(arguments[0].replace(":", ".")))


def test_a_worker_and_one_beat_wait_for_the_tables() -> None:
    for service in APP[1:]:
        waits = COMPOSE["services"][service]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["postgres"] == waits["valkey"] == {"condition": "service_healthy"}


def test_every_lane_has_a_worker_of_one_service() -> None:
    workers = [COMPOSE["services"][name]["command"] for name in ("worker-people", "worker-rounds")]
    served = [command[command.index("--queues") + 1].split(",") for command in workers]
    assert sorted(lane for lanes in served for lane in lanes) == sorted(LANES)
    assert served[0] == ["people"]


def test_every_running_service_has_a_health_check() -> None:
    without = {name for name, service in COMPOSE["services"].items() if "healthcheck" not in service}
    assert without == {"migrate"}
    assert "http://127.0.0.1:8000/readyz" in COMPOSE["services"]["web"]["healthcheck"]["test"][-1]
    assert resolve("/readyz").url_name == "readyz"
    assert "127.0.0.1" in COMPOSE["services"]["web"]["environment"]["ALLOWED_HOSTS"].split(",")


def test_every_volume_is_declared_and_no_other() -> None:
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_every_container_is_an_ordinary_user_with_nothing_to_write_to(service: str) -> None:
    said = COMPOSE["services"][service]
    # The image of the application has its user written in it.
    assert said.get("user") == {"postgres": "postgres", "valkey": "valkey"}.get(service)
    assert said["read_only"]
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in said
    for folder in said["tmpfs"]:
        assert re.fullmatch(r"/[a-z/]+:size=[0-9]+m,mode=1777", folder), folder
    assert said["tmpfs"][0].startswith("/tmp:")


def test_images_are_of_an_exact_version() -> None:
    images = [service["image"] for service in COMPOSE["services"].values() if "build" not in service]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) == 4
    assert [image for image in images if not re.fullmatch(r"docker\.io/\w+/\w+:\d+\.\d+(\.\d+)?-[a-z-]+", image)] == []


def test_servers_are_those_that_bin_start_embeds() -> None:
    """What the suite has run on is what a real site runs on."""
    versions = {
        "postgres": subprocess.run([binaries() / "postgres", "--version"], capture_output=True, text=True, check=True),
        "valkey": subprocess.run([binary(), "--version"], capture_output=True, text=True, check=True),
    }
    for service, said in versions.items():
        version = re.search(r"(?:v=|\) )([0-9.]+)", said.stdout)
        assert version
        assert COMPOSE["services"][service]["image"].rpartition(":")[2].partition("-")[0] == version[1]


def test_only_migrate_knows_the_owner_of_the_tables() -> None:
    services = COMPOSE["services"]
    knows = {name for name, service in services.items() if "database_owner_url" in service.get("secrets", [])}
    assert knows == {name for name in services if "DATABASE_OWNER_URL_FILE" in services[name].get("environment", {})}
    assert knows == {"migrate"}
    assert services["postgres"]["environment"]["POSTGRES_USER"] == OWNER
    assert [name for name in APP if "postgres_password" in services[name]["secrets"]] == []


# Options of `docker compose exec|run` that are followed by a value.
WITH_VALUE = ("-v", "-e", "-u", "-w")


def compose_lines(document: str) -> list[tuple[str, list[str], list[str]]]:
    """Every command of Compose in a document: what it does, the services it names, what follows them."""
    found = []
    text = (ROOT / document).read_text()
    for line in re.findall(r"docker compose (\w[^`#\n]*)", text):
        verb, *words = shlex.split(line.rstrip(")"))
        while words and words[0].startswith("-"):
            words = words[2 if words[0] in WITH_VALUE else 1 :]
        one = verb in ("exec", "run")
        found.append((verb, words[:1] if one else words, words[1:] if one else []))
    return found


@pytest.mark.parametrize("document", ["docs/operations.md", "docs/operations.zh.md"])
def test_documents_name_services_that_exist(document: str) -> None:
    lines = compose_lines(document)
    named = {word.split(":")[0] for verb, words, _rest in lines for word in words if verb != "cp" or ":" in word}
    assert named - set(COMPOSE["services"]) == set()
    assert {"migrate", "web", "worker-rounds", "postgres"} <= named


@pytest.mark.parametrize("document", ["docs/operations.md", "docs/operations.zh.md"])
def test_a_restore_is_done_by_the_owner_of_the_tables_where_the_files_lie(document: str) -> None:
    restores = [words for _verb, words, rest in compose_lines(document) if "restore" in rest]
    assert restores == [["migrate"]]
    migrate = COMPOSE["services"]["migrate"]
    assert "DATABASE_OWNER_URL_FILE" in migrate["environment"]
    assert migrate["volumes"] == COMPOSE["services"]["web"]["volumes"]


def left_out(path: str) -> bool:
    """Whether `.dockerignore` keeps a file of the checkout from the image: the last pattern that fits it decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        if line.startswith("#") or not pattern:
            continue
        names = path.split("/")
        # A folder that is kept out keeps out what lies in it.
        part = names[-1] if line.startswith("**/") else "/".join(names[: pattern.count("/") + 1])
        if fnmatch(part, pattern):
            out = not line.startswith("!")
    return out


def test_the_image_copies_what_there_is() -> None:
    copied: list[str] = []
    for line in re.findall(r"^COPY (.*)$", DOCKERFILE, re.MULTILINE):
        words = shlex.split(line)
        if not words[0].startswith("--from"):
            copied += words[:-1]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    # And what it copies is not kept from it.
    assert [name for name in copied if name != "." and left_out(name)] == []


def test_the_image_carries_every_package_and_nothing_that_tests_or_builds() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert {name for name in packages if left_out(f"{name}/__init__.py")} == {"tests"}
    needed = ["manage.py", "LICENSE", "templates/base.html", "static/app.css", "locale/zh_Hans/LC_MESSAGES/django.po"]
    # Compiles the words while the image is built.
    needed.append("bin/lib/mo.py")
    assert "RUN python bin/lib/mo.py && " in DOCKERFILE
    needed += [str(path.relative_to(ROOT)) for path in ROOT.glob("demo/data/**/*.toml")]
    # Names the variables that a backup takes along.
    needed.append(".env.example")
    assert "demo/data/needs/coal.toml" in needed
    assert [name for name in needed if left_out(name)] == []
    private = [
        ".env",
        "secrets/secret_key",
        ".git/config",
        ".state/secret_key",
        "media/evidence.pdf",
        "core/__pycache__/jobs.pyc",
    ]
    assert [name for name in private if not left_out(name)] == []


def test_the_image_runs_as_nobody_special() -> None:
    users = re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)
    assert users == ["talentlink"]
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nCMD ")


def imported_by_the_code() -> set[str]:
    """The top-level modules that everything outside tests imports."""
    apps = sorted(path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests")
    found: set[str] = set()
    for path in (path for app in apps for path in app.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.partition(".")[0])
    return found - {app.name for app in apps} - set(sys.stdlib_module_names)


def test_what_the_code_imports_is_asked_for_by_name() -> None:
    """Not only installed because the tests, or another package, want it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[^A-Za-z0-9-]", line)[0].lower() for line in project["dependencies"]}
    # Bench compares with it and says how to get it when it is not there.
    optional = {"bm25s"}
    offers = packages_distributions()
    wanting = {
        module: offers.get(module)
        for module in imported_by_the_code() - optional
        if not asked & {name.lower().replace("_", "-") for name in offers.get(module, [])}
    }
    # kombu comes with Celery and its name is part of Celery's interface.
    assert set(wanting) - {"kombu", "billiard", "pgtrigger"} == set()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock", "bin/lib/uv.txt"])
def test_locks_name_packages_and_hashes_and_no_index(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    packages = [line for line in lines if not line.startswith("    --hash=sha256:")]
    assert [line for line in packages if not re.match(r"[a-z0-9][a-z0-9._-]*==[^ ]+( ; .*)? \\$", line)] == []
    assert len(packages) > 0


def test_the_runtime_lock_is_part_of_the_test_lock() -> None:
    def packages(path: Path) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", path.read_text(), re.MULTILINE))

    runtime = packages(ROOT / "requirements.lock")
    assert runtime - packages(ROOT / "requirements-test.lock") == set()
    # Django would prefer it to psycopg2.
    assert [name for name in runtime if name.startswith("psycopg==")] == []
