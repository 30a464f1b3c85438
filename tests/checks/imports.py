# SPDX-License-Identifier: MIT
"""Functions that an embedded library must not call, looked for in the objects of libchengis.a."""
import pathlib
import subprocess

import common

FORBIDDEN = set("""exit _exit quick_exit abort signal sigaction chdir fchdir setenv putenv unsetenv clearenv setlocale
umask system popen waitpid wait wait3 wait4 fork getenv secure_getenv stdout stderr stdin printf vprintf puts putchar
perror __assert_fail pthread_atfork atexit""".split())
TWINS = {f"__{name}_chk" for name in FORBIDDEN}
# The one documented exception: waiting for a known pid where the kernel has no pidfd.
ALLOWED = {("waitpid", "spawn_wait_thread.c.o")}


def main():
    args = common.arguments(__doc__, ("--archive", {"type": pathlib.Path, "required": True}),
                            ("--debug", {"action": "store_true", "help": "a build with assertions may abort()"}))
    output = subprocess.run(["nm", "-A", "-u", str(args.archive)], check=True, capture_output=True, text=True).stdout
    problems, count = [], 0
    for line in output.splitlines():
        member, _, symbol = line.rpartition(" U ")
        if not symbol:
            continue
        count += 1
        name = symbol.split("@")[0]
        member = member.rstrip(": ").split(":")[1]
        if name in ("abort", "__assert_fail") and args.debug:
            continue
        if (name in FORBIDDEN or name in TWINS) and (name, member) not in ALLOWED:
            problems.append(f"{member}: calls {name}")
    if count == 0:
        problems.append(f"{args.archive}: no symbols found")
    common.finish(problems, f"{count} imports of {args.archive.name} are harmless")


main()
