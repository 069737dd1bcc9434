# What the scripts share: they start in the project's folder, say what they do, and say what to do when they stop.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# What is compiled once is read again by the next process: tests start many.
unset PYTHONDONTWRITEBYTECODE
PY=.venv/bin/python

say() { printf '\n== %s\n' "$*"; }

# fail "what happened" "what to do"
fail() {
    printf '\nSTOPPED: %s\nWHAT TO DO: %s\n' "$1" "$2" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" = 0 ]; }

may_install() { is_root && has apt-get; }

apt_install() {
    say "Installing with the system's package manager: $*"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; } ||
        return 1
}

clock() { printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); }
