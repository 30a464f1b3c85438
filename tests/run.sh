#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Installs what is missing, builds, and runs every test.
#
#   tests/run.sh          Debug build with gcc, all tests
#   tests/run.sh --full   besides: clang, release checks, AddressSanitizer and UBSan, ThreadSanitizer, quickstart
#
# Everything is made below build/. The last line is "N passed, N failed", summed over all runs of ctest; a phase that
# does not build counts as one failure. The exit status is 0 only when nothing failed.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/support/packages.sh

jobs=$(nproc)
[ "$jobs" -gt 2 ] || jobs=2
passed=0
failed=0
export CCACHE_BASEDIR="$PWD"
export CMAKE_COLOR_DIAGNOSTICS=OFF

# count LOG: add up the closing line of ctest in LOG.
count() {
    local line bad all
    line=$(grep -E 'tests? failed out of|^No tests were found' "$1" | tail -1) || line=""
    if [[ $line =~ ([0-9]+)\ tests?\ failed\ out\ of\ ([0-9]+) ]]; then
        bad=${BASH_REMATCH[1]}
        all=${BASH_REMATCH[2]}
        failed=$((failed + bad))
        passed=$((passed + all - bad))
    else
        echo "no tests were run"
        failed=$((failed + 1))
    fi
}

# phase NAME PRESET [CTEST ARGUMENTS]: configure, build, test, count.
phase() {
    local name=$1 preset=$2 started=$SECONDS log
    shift 2
    echo "== $name"
    mkdir -p "build/$preset"
    log="build/$preset/phase-$name.log"
    if cmake --preset "$preset" >"$log" 2>&1 && cmake --build "build/$preset" -j "$jobs" -- --quiet >>"$log" 2>&1; then
        grep -n 'warning:' "$log" || true
        # Under ThreadSanitizer and on some kernels a process must start without address randomisation.
        "${launcher[@]}" ctest --test-dir "build/$preset" -j2 --output-on-failure "$@" 2>&1 | tee "$log" || true
        count "$log"
    else
        tail -40 "$log"
        echo "$name does not build"
        failed=$((failed + 1))
    fi
    echo "== $name took $((SECONDS - started)) s"
}

# script NAME COMMAND...: one more test outside ctest.
script() {
    local name=$1 started=$SECONDS
    shift
    echo "== $name"
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "$name failed"
        failed=$((failed + 1))
    fi
    echo "== $name took $((SECONDS - started)) s"
}

quickstart_twice() {
    XDG_STATE_HOME="$PWD/build/quickstart-state" examples/quickstart.sh &&
        XDG_STATE_HOME="$PWD/build/quickstart-state" examples/quickstart.sh
}

full() {
    phase clang clang -R '^unit_'
    phase release release -L checks
    export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
    phase asan asan -LE checks
    if setarch "$(uname -m)" -R true 2>/dev/null; then
        launcher=(setarch "$(uname -m)" -R)
    fi
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
    phase tsan tsan -L 'thread|api'
    launcher=(env)
    script quickstart quickstart_twice
}

# shellcheck disable=SC2086 # the lists are meant to be split
need_packages $build_packages g++ libcriterion-dev python3 binutils procps util-linux
launcher=(env)
case "${1:-}" in
"")
    phase dev dev
    ;;
--full)
    need_packages clang libclang-rt-14-dev
    phase dev dev
    full
    ;;
*)
    echo "usage: tests/run.sh [--full]" >&2
    exit 2
    ;;
esac
ccache -s 2>/dev/null | grep -E 'Hits|Misses|hit rate' | head -4 || true
echo "total $SECONDS s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
