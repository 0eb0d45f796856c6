"""The settings a backup takes along: the secret key, the variables that are set, and whether the data is a demo."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from supervisor import keep
from supervisor.state import ROOT, State

# Of one machine, or secrets that open what a backup is kept from.
NOT_KEPT = {
    *(
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "REDIS_URL",
        "TALENTLINK_STATE",
        "MEDIA_ROOT",
        "STATIC_ROOT",
        "PORT",
        "MATCHING_CACHE",
    ),
    *("BACKUP_DIR", "BACKUP_KEY", "TALENTLINK_POSTGRES", "TALENTLINK_VALKEY", "CHROMIUM", "POSTGRES_PASSWORD"),
    *("REDIS_PASSWORD", "SECRET_KEY"),
}
SECRET_KEY, ENVIRONMENT, DEMO = "secret_key", "environment.json", "demo"


def collect(state: State, environ: Mapping[str, str]) -> dict[str, bytes]:
    """Name in the archive → content."""
    found: dict[str, bytes] = {}
    secret = environ.get("SECRET_KEY") or _text(state.root / "secret_key")
    if secret:
        found[SECRET_KEY] = secret.encode()
    names = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)) - NOT_KEPT
    found[ENVIRONMENT] = json.dumps({name: environ[name] for name in sorted(names) if environ.get(name)}).encode()
    if demo := _text(state.database_facts / "demo"):
        found[DEMO] = demo.encode()
    return found


def put_back(state: State, settings: Mapping[str, bytes]) -> Path | None:
    """Put the secret key and the note of a demo in their places; the variables stand in a file to be read by a person,
    whose path is handed back."""
    if SECRET_KEY in settings:
        keep.write(state.root / "secret_key", settings[SECRET_KEY])
    if DEMO in settings:
        keep.write(state.database_facts / "demo", settings[DEMO])
    variables = json.loads(settings.get(ENVIRONMENT, b"{}"))
    if not variables:
        return None
    path = state.root / "restored.env"
    keep.write(path, "".join(f"{name}={value}\n" for name, value in variables.items()))
    return path


def _text(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""
