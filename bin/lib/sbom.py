"""Writes the bill of materials `sbom.cdx.json` from requirements.lock; with --check tells whether it is current.

It names each package that a site runs with its version and its licence, and the scripts that are kept with the code.
The same lock gives the same file: no moment, no number of its own, no path, no address of a registry.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK, WRITTEN = ROOT / "requirements.lock", ROOT / "sbom.cdx.json"
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)
CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
# Packages for other systems or versions of Python, which no check has installed.
ELSEWHERE = {"async-timeout": "Apache-2.0", "colorama": "BSD-3-Clause"}
# Licences under which we would have to give away what a site adds. LGPL libraries are used as they are.
REFUSED = re.compile(r"\bA?GPL|Affero|(?<!Lesser )General Public", re.IGNORECASE)
FREE = re.compile(r"LGPL|Lesser General Public|\bOR\b|GCC-exception", re.IGNORECASE)


def main(arguments: list[str]) -> int:
    text = written()
    wrong = troubles(licences(json.loads(text)))
    for line in wrong:
        print(line)
    stale = "--check" in arguments and (not WRITTEN.exists() or WRITTEN.read_text() != text)
    if stale:
        print("sbom.cdx.json is not that of requirements.lock; run bin/lock")
    if "--check" not in arguments:
        WRITTEN.write_text(text)
    return int(bool(wrong or stale))


def troubles(found: dict[str, str]) -> list[str]:
    """What is wrong with the licences of these packages."""
    unknown = "{} states no licence; write it into ELSEWHERE of bin/lib/sbom.py"
    lines = [unknown.format(name) for name, licence in found.items() if not licence]
    refused = [name for name, licence in found.items() if REFUSED.search(licence) and not FREE.search(licence)]
    return lines + [f"{name} is under a licence that a site cannot take: {found[name]}" for name in refused]


def written() -> str:
    """The bill as text, checked against its schema."""
    project = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    root = Component(name="talentlink", version=project[1] if project else "", type=ComponentType.APPLICATION)
    bom = Bom(metadata=BomMetaData(component=root), components=[*packages(), *scripts()])
    bom.register_dependency(root, list(bom.components))
    found = json.loads(JsonV1Dot6(bom).output_as_string())
    del found["serialNumber"], found["metadata"]["timestamp"], found["metadata"]["component"]["bom-ref"]
    found.pop("dependencies", None)
    found["components"].sort(key=lambda each: each["purl"])
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        raise SystemExit(f"the bill of materials breaks its schema: {error}")
    return text


def packages() -> Iterator[Component]:
    for name, version, marker in PINNED.findall(LOCK.read_text()):
        yield component(name, version, "pypi", ELSEWHERE.get(name) or licence_of(name), marker)


def scripts() -> Iterator[Component]:
    """The scripts in static/vendor."""
    needed: dict[str, str] = json.loads((ROOT / "frontend/package.json").read_text())["dependencies"]
    htmx = re.search(r'version:"([0-9.]+)"', (ROOT / "static/vendor/htmx.min.js").read_text())
    yield component("htmx.org", htmx[1] if htmx else "", "npm", "0BSD")
    yield component("echarts", needed["echarts"].lstrip("^~"), "npm", "Apache-2.0")


def component(name: str, version: str, kind: str, licence: str, marker: str = "") -> Component:
    purl = PackageURL(type=kind, name=name, version=version)
    return Component(
        name=name,
        version=version,
        purl=purl,
        bom_ref=purl.to_string(),
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        properties=[Property(name="talentlink:only", value=marker)] if marker else [],
    )


def licence_of(name: str) -> str:
    """The licence that a package states, by its expression, its classifiers, or its short text."""
    try:
        said: Any = metadata(name)
    except PackageNotFoundError:
        return ""
    if said["License-Expression"]:
        return str(said["License-Expression"])
    stated = [match[1] for text in said.get_all("Classifier") or [] if (match := CLASSIFIER.match(text))]
    first = (said["License"] or "").strip().splitlines()[:1]
    return " OR ".join(sorted(stated)) or "".join(first)[:100]


def licences(bill: dict[str, Any]) -> dict[str, str]:
    """Name → licence of a bill that was written."""
    found = {}
    for each in bill["components"]:
        stated = (each.get("licenses") or [{}])[0]
        licence = stated.get("license", {})
        found[each["name"]] = stated.get("expression") or licence.get("id") or licence.get("name") or ""
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
