"""Installs the system packages that tests and checks need: packages.py browser font gettext.

It uses apt-get if it runs as root; otherwise it tells which packages are missing and how to install them.
"""

import os
import shutil
import subprocess
import sys

DEBIAN = {"browser": "chromium", "font": "fonts-wqy-zenhei", "gettext": "gettext"}
# Installed instead where apt-get knows it, because tests open pages in it in a fifth of the processor time.
QUICKER = {"chromium": "chromium-headless-shell"}
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def is_there(need: str) -> bool:
    if need == "browser":
        return bool(os.environ.get("CHROMIUM")) or any(shutil.which(name) for name in BROWSERS)
    if need == "gettext":
        return bool(shutil.which("msgfmt") and shutil.which("xgettext"))
    # Without a Chinese font the browser draws every character as an empty box.
    fonts = shutil.which("fc-list")
    return bool(fonts and subprocess.run([fonts, ":lang=zh"], capture_output=True, check=False).stdout.strip())


def apt_get(*arguments: str) -> bool:
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", *arguments]
    return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False).returncode == 0


def main(needs: list[str]) -> int:
    missing = [DEBIAN[need] for need in needs if not is_there(need)]
    if not missing:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt_get("update", "-q")
        for packages in ([QUICKER.get(name, name) for name in missing], missing):
            print(f"installing {' '.join(packages)}", file=sys.stderr, flush=True)
            if apt_get("install", "-y", "-q", "--no-install-recommends", *packages) and all(map(is_there, needs)):
                return 0
    how = f"sudo apt-get update && sudo apt-get install -y {' '.join(missing)}"
    print(f"error: missing: {', '.join(missing)}. On Debian or Ubuntu: {how}", file=sys.stderr)
    print(f"错误：缺少 {'、'.join(missing)}。Debian/Ubuntu 可运行：{how}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
