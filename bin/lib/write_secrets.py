"""Writes one file for each secret of docker-compose.yml: random passwords, the addresses with them, and empty files for
what a site may leave out. A file that exists is kept; an address is written anew only if it is missing.

A site of an earlier release has its passwords in `.env`: they are taken from there, because its database knows them."""

import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RANDOM = ("secret_key", "postgres_password", "application_password", "redis_password")
ADDRESSES = {
    "database_url": "postgresql://talentlink_app:{application_password}@postgres:5432/talentlink",
    "database_owner_url": "postgresql://talentlink:{postgres_password}@postgres:5432/talentlink",
    "redis_url": "redis://:{redis_password}@valkey:6379/0",
}
OPTIONAL = ("email_url", "sms_token", "metrics_token", "oidc_client_secret", "backup_key", "matching_encoder_key")


def main(folder: Path) -> int:
    # Containers run as other users and see single files; on this machine only the folder's owner gets to them.
    folder.mkdir(mode=0o700, exist_ok=True)
    before = given(folder.parent / ".env")
    made = [name for name in RANDOM if write(folder / name, before.get(name) or secrets.token_hex(32))]
    known = {name: (folder / name).read_text().strip() for name in RANDOM}
    made += [name for name, address in ADDRESSES.items() if write(folder / name, address.format(**known))]
    made += [name for name in OPTIONAL if write(folder / name, before.get(name, ""))]
    print(f"{folder}: {', '.join(made) or 'nothing was missing'}")
    return 0


def given(path: Path) -> dict[str, str]:
    """The values of a file of variables, by their names in small letters; a sign of quotation around one goes."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip().lower(): value.strip().strip("\"'") for name, _equals, value in pairs}


def write(path: Path, text: str) -> bool:
    if path.exists():
        return False
    path.write_text(text)
    path.chmod(0o444)
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "secrets"))
