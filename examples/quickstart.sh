#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs what is missing, builds chengis, and runs a real pipeline with it: chengis.yml, which builds and tests
# libchengis itself. Safe to run twice; the second time takes what it can from ccache.
set -eu
cd "$(dirname "$0")/.."
. tests/support/packages.sh

# shellcheck disable=SC2086 # the list is meant to be split
need_packages $build_packages libcriterion-dev python3

mkdir -p build
export CCACHE_BASEDIR="$PWD"
cmake -S . -B build/quickstart -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER_LAUNCHER=ccache \
    -DBUILD_TESTING=OFF -DCHENGIS_EXAMPLES=OFF >build/quickstart.log 2>&1 || {
    cat build/quickstart.log
    exit 1
}
cmake --build build/quickstart -- --quiet

echo
echo "\$ build/quickstart/bin/chengis run"
exec build/quickstart/bin/chengis run
