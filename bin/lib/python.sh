# The programs in bin/ source this file. It sets ROOT, and PYTHON to a Python of at least 3.11: .venv's if it exists.
ROOT=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
# With this variable Python stores no compiled modules, and every start would compile all of them again.
unset PYTHONDONTWRITEBYTECODE
unset PYTHONHOME PYTHONPATH

PYTHON=
for candidate in "$ROOT/.venv/bin/python" python3.13 python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        PYTHON=$candidate
        break
    fi
done
if [ -z "$PYTHON" ] && [ "${MAY_INSTALL_PYTHON:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing python3 and python3-venv" >&2
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        python3 python3-venv ca-certificates; } >&2 </dev/null
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && PYTHON=python3
fi
if [ -z "$PYTHON" ]; then
    echo "error: no Python 3.11 or newer found. Install it, on Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2
    echo "错误：未找到 Python 3.11 或更新版本。Debian/Ubuntu 可运行：sudo apt-get install python3 python3-venv" >&2
    exit 1
fi
