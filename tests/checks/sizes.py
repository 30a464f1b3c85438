# SPDX-License-Identifier: MIT
"""Report on the sizes of the stripped library and programs. Fails only when one is missing."""
import pathlib
import shutil
import subprocess
import tempfile

import common


def main():
    args = common.arguments(__doc__, ("binaries", {"nargs": "+", "type": pathlib.Path}))
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for binary in args.binaries:
            if not binary.exists():
                problems.append(f"{binary}: missing")
                continue
            copy = pathlib.Path(folder, binary.name)
            shutil.copy(binary.resolve(), copy)
            subprocess.run(["strip", "--strip-unneeded", str(copy)], check=True)
            print(f"{binary.name}: {copy.stat().st_size / 1024:.0f} KiB stripped")
    common.finish(problems, "sizes reported")


main()
