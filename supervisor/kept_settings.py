"""The settings in a backup: the secret key, the variables that are no secrets, and whether the site is a demo."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from supervisor import keep
from supervisor.given import SECRETS
from supervisor.sealed import damaged
from supervisor.state import ROOT, State

WITH_PASSWORD = re.compile(r"://[^/?#]*:[^/?#]*@")
# Variables that are valid on one machine only.
OF_THE_MACHINE = {
    "TALENTLINK_STATE",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "MATCHING_CACHE",
    "MATCHING_ENCODER_FOLDER",
    "OIDC_CLIENT_SECRET_FILE",
    "BACKUP_DIR",
    "PORT",
    "TALENTLINK_POSTGRES",
    "TALENTLINK_VALKEY",
    "CHROMIUM",
}
SECRET_KEY, ENVIRONMENT, DEMO = "secret_key", "environment.json", "demo"


def variables() -> list[tuple[str, str]]:
    """Every variable that TalentLink reads, with its value in `.env.example`."""
    return re.findall(r"^#?([A-Z][A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)


def collect(state: State, environ: Mapping[str, str]) -> dict[str, bytes]:
    """The settings of this site: name in the archive → content."""
    found: dict[str, bytes] = {}
    secret = environ.get("SECRET_KEY") or _text(state.root / "secret_key")
    if secret:
        found[SECRET_KEY] = secret.encode()
    names = {name for name, _value in variables()} - SECRETS - OF_THE_MACHINE
    given = {name: environ[name] for name in sorted(names) if environ.get(name)}
    open_to_all = {name: value for name, value in given.items() if not WITH_PASSWORD.search(value)}
    found[ENVIRONMENT] = json.dumps(open_to_all).encode()
    if demo := _text(state.database_facts / "demo"):
        found[DEMO] = demo.encode()
    return found


def checked(settings: Mapping[str, bytes]) -> dict[str, str]:
    """The settings of an archive as texts; refuses those that cannot be put back."""
    try:
        texts = {name: data.decode() for name, data in settings.items()}
        given = json.loads(texts.get(ENVIRONMENT, "{}"))
    except (ValueError, RecursionError):
        raise damaged() from None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise damaged()
    return texts


def put_back(state: State, settings: Mapping[str, str]) -> Path | None:
    """Write the secret key and the demo accounts into the state, and the variables into `restored.env`.

    A person reads `restored.env` and sets the variables. Returns its path, or None without variables.
    """
    if SECRET_KEY in settings:
        keep.write(state.root / "secret_key", settings[SECRET_KEY])
    if DEMO in settings:
        keep.write(state.database_facts / "demo", settings[DEMO])
    given = json.loads(settings.get(ENVIRONMENT, "{}"))
    if not given:
        return None
    path = state.root / "restored.env"
    keep.write(path, "".join(f"{name}={value}\n" for name, value in given.items()))
    return path


def _text(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""
