# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: MIT
# Sourced by tests/run.sh and examples/quickstart.sh: installs Debian packages that are missing, and only those.

need_packages() {
    missing=""
    for package in "$@"; do
        case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)" in
        *" installed") ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0

    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "not installed, and neither root nor sudo to install with:$missing" >&2
            return 1
        fi
        as_root="sudo"
    fi
    echo "installing:$missing"
    attempt=1
    # shellcheck disable=SC2086 # the list is meant to be split
    until $as_root apt-get update -qq -o Acquire::Retries=3 &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 $missing >/dev/null; do
        if [ "$attempt" -ge 3 ]; then
            echo "could not install:$missing" >&2
            return 1
        fi
        attempt=$((attempt + 1))
        sleep $((attempt * 5))
    done
}

# What building libchengis and the command takes.
build_packages="gcc libc6-dev cmake ninja-build ccache pkg-config git ca-certificates
    libjansson-dev libyaml-dev libsqlite3-dev libssl-dev"
