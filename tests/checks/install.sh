#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh SOURCE BUILD: what is installed serves a stranger: headers, pkg-config, find_package, static library, helper.
set -eu
source_dir=$1
build_dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

cmake --install "$build_dir" --prefix "$prefix" >/dev/null
lib=$(dirname "$(find "$prefix" -name 'libchengis.so.0' | head -1)")
test -x "$prefix/libexec/chengis/step-reaper"
test -x "$prefix/bin/chengis"
"$prefix/bin/chengis" --version

# pkg-config, shared and static.
PKG_CONFIG_PATH=$lib/pkgconfig
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # flags are meant to be split
cc "$source_dir/examples/embed_minimal.c" -o "$work/shared" $(pkg-config --cflags --libs chengis) -Wl,-rpath,"$lib"
"$work/shared" | grep -q '^success$'
# shellcheck disable=SC2046
cc "$source_dir/examples/embed_minimal.c" -o "$work/static" $(pkg-config --cflags chengis) "$lib/libchengis.a" \
    $(pkg-config --static --libs chengis | sed 's/-lchengis//')
"$work/static" | grep -q '^success$'

# find_package, both targets.
mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.25)
project(stranger LANGUAGES C)
find_package(chengis 0.1 REQUIRED)
add_executable(shared $source_dir/examples/embed_minimal.c)
target_link_libraries(shared PRIVATE chengis::chengis)
add_executable(static $source_dir/examples/embed_minimal.c)
target_link_libraries(static PRIVATE chengis::static)
END
cmake -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/project/build" >/dev/null
for program in shared static; do
    "$work/project/build/$program" | grep -q '^success$'
done
echo "headers, pkg-config, find_package, static library and helper are installed"
