#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh [T1 T2 T4 T5 T6 T7 T15 T16 T17 ...] [--quick] [--dir FOLDER]
#
# Builds the release preset and runs the benchmarks of these targets, or all; docs/performance.md says what they are.
# Files go to FOLDER (/tmp): try a disk and a tmpfs. --quick: 3 rounds of a tenth of the work, to see that they run.
# The exit status is 1 when a target was missed.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=/tmp
rounds=7
percent=100
wanted=

add() {
    case " $wanted " in *" $1 "*) ;; *) wanted="$wanted $1" ;; esac
}

while [ $# -gt 0 ]; do
    case $1 in
    --quick) rounds=3 percent=10 ;;
    --dir) folder=$2 && shift ;;
    T1 | T2 | T15) add build ;;
    T4) add cli ;;
    T5 | T6 | T7) add log && add log_pipe ;;
    T16) add parse ;;
    T17) add masker ;;
    *)
        sed -n '3,7s/^# //p' "$0" >&2
        exit 2
        ;;
    esac
    shift
done

names=${wanted:-build cli log log_pipe parse masker}
targets=
for name in $names; do targets="$targets bench_$name"; done
cd "$root"
cmake --preset release >/dev/null
# shellcheck disable=SC2086 # one word a target
cmake --build build/release --target chengis_cli $targets
uname -srm
grep -m1 'model name' /proc/cpuinfo || true
uptime
status=0
for name in $names; do
    echo "== bench_$name -r $rounds -s $percent -d $folder"
    "build/release/bin/bench_$name" -r "$rounds" -s "$percent" -d "$folder" || status=1
done
exit $status
