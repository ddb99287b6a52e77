# Sourced by scripts/demo and scripts/test: makes .venv in the repository's root and installs into it, once.
#
# `prepare runtime` or `prepare develop` leaves $venv ready. What is installed is remembered in a stamp inside the
# environment; nothing is fetched while pyproject.toml, constraints.txt, Python and the folder stay the same.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
venv="$root/.venv"

say() { printf '%s\n' "$*" >&2; }

# The first Python of 3.11 or newer; $PYTHON overrides.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    say "xlsgd needs Python 3.11 or newer; none was found (set PYTHON to one)."
    return 2
}

# An environment that was interrupted while it was made, or whose Python is gone, is made anew.
make_venv() {
    local python
    if [ ! -e "$venv.unfinished" ] && "$venv/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        return
    fi
    python="$(find_python)" || return
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        say "$python lacks the modules venv and ensurepip: install them (on Debian and Ubuntu the package python3-venv)."
        return 2
    fi
    say "Making the environment $venv"
    touch "$venv.unfinished"
    "$python" -m venv --clear "$venv"
    rm -f "$venv.unfinished"
}

# What the environment depends on, as one line of text.
fingerprint() {
    "$venv/bin/python" - "$root" <<'PYTHON'
import hashlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
parts = [str(root).encode(), sys.version.encode(), *((root / n).read_bytes() for n in ("pyproject.toml", "constraints.txt"))]
print(hashlib.sha256(b"\0".join(parts)).hexdigest())
PYTHON
}

current() { [ -f "$1" ] && [ "$(cat "$1")" = "$wanted" ]; }

prepare() {
    local extras="" stamps="$venv/.xlsgd" wanted
    if command -v flock >/dev/null; then # two runs at once: the second waits
        exec 9>"$root/.venv.lock"
        flock 9
    fi
    make_venv
    wanted="$(fingerprint)"
    if [ "$1" = develop ]; then extras="[dev,engines]"; fi
    if ! current "$stamps-develop" && ! { [ "$1" = runtime ] && current "$stamps-runtime"; }; then
        say "Installing xlsgd$extras (once; it takes a minute)"
        rm -f "$stamps-runtime" "$stamps-develop"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
            -c "$root/constraints.txt" -e "$root$extras"
        printf '%s\n' "$wanted" >"$stamps-$1"
    fi
    if command -v flock >/dev/null; then exec 9>&-; fi
}
