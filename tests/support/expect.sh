#!/bin/sh
# SPDX-License-Identifier: MIT
# expect.sh PATTERN COMMAND...: passes when the command succeeds and a line of its output matches the pattern.
pattern=$1
shift
output=$("$@") || {
    status=$?
    printf '%s\n' "$output"
    echo "exit status $status"
    exit 1
}
printf '%s\n' "$output"
printf '%s\n' "$output" | grep -q "$pattern" || {
    echo "no line matches: $pattern"
    exit 1
}
