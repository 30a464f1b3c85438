# SPDX-License-Identifier: MIT
"""Proves that the checks can fail: plants one violation at a time in a copy of the tree and expects to be told."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import common

SPDX = "/* SPDX-License-Identifier: MIT */\n/* Planted. */\n"
LAST = '#include "base/banned.h"\n'
BLOCK = "/**\n * Do it.\n *\n * @param out  where.\n * @return 0.\n * @thread any\n * @blocks no\n * @since 0.1\n */\n"
HEADER = (SPDX + "#ifndef P\n#define P\n#include <chengis/export.h>\n#include <stdint.h>\nCHENGIS_BEGIN_DECLS\n"
          "%s\nCHENGIS_END_DECLS\n#endif\n")
LONG = "int chg_planted(void)\n{\n" + "    chg_planted();\n" * 120 + "    return 0;\n}\n"

# (what, check, file written, its text, part of the message expected)
PLANTED = [
    ("a lower layer includes a higher one", "layers", "src/base/planted.c",
     SPDX + '#include "store/store.h"\n' + LAST, "must not include"),
    ("a peer is included", "layers", "src/config/planted.c", SPDX + '#include "dsl/dsl.h"\n' + LAST, "must not include"),
    ("a program reaches into the engine", "layers", "src/cli/planted.c",
     SPDX + '#include "store/store.h"\n' + LAST, "must not include"),
    ("another folder's private header", "layers", "src/config/planted.c",
     SPDX + '#include "document/document_priv.h"\n' + LAST, "is private"),
    ("a folder nobody listed", "layers", "src/planted/planted.c", SPDX + LAST, "not in layers.txt"),
    ("a library outside its folder", "layers", "src/base/planted.c", SPDX + "#include <yaml.h>\n" + LAST, "alone"),
    ("no licence line", "sources", "src/base/planted.c", "/* Planted. */\n" + LAST, "SPDX"),
    ("unfinished work", "sources", "src/base/planted.c", SPDX + "/* TO" + "DO later */\n" + LAST, "planted.c:3"),
    ("a line comment", "sources", "src/base/planted.c", SPDX + "/" + "/ later\n" + LAST, "work in progress"),
    ("malloc elsewhere", "sources", "src/base/planted.c", SPDX + LAST + "void *p(void)\n{\n    return malloc(1);\n}\n",
     "belongs to base/alloc.c"),
    ("banned.h not last", "sources", "src/base/planted.c", SPDX + LAST + "#include <stdio.h>\n", "banned.h"),
    ("a function nobody listed", "symbols", "include/chengis/planted.h",
     HEADER % "CHENGIS_API int chengis_planted(int *out);", "chengis_planted"),
    ("no documentation", "headers", "include/chengis/sys/planted.h",
     HEADER % "CHENGIS_API int chengis_planted(int *out);", "no documentation"),
    ("a parameter without @param", "headers", "include/chengis/sys/planted.h",
     HEADER % (BLOCK + "CHENGIS_API int chengis_planted(int *out, int more);"), "@param lines"),
    ("no @since", "headers", "include/chengis/sys/planted.h",
     HEADER % (BLOCK.replace(" * @since 0.1\n", "") + "CHENGIS_API int chengis_planted(int *out);"), "needs @return"),
    ("a third-party type", "headers", "include/chengis/sys/planted.h",
     HEADER % (BLOCK + "CHENGIS_API int chengis_planted(json_t *out);"), "third-party type"),
    ("a stable header outside chengis.h", "headers", "include/chengis/planted.h", HEADER % "", "chengis.h must include"),
    ("a function of 120 lines", "shape", "src/base/planted.c", SPDX + LAST + LONG, "the limit is 100"),
    ("an undocumented error", "docs", "docs/errors.md", "# Errors\n", "needs one"),
    ("a broken link", "docs", "docs/planted.md", "[x](nowhere.md)\n", "does not exist"),
]


def run(check, root):
    command = [sys.executable, str(root / f"tests/checks/{check}.py"), "--root", str(root)]
    command += ["--no-compile"] if check == "headers" else []
    return subprocess.run(command, capture_output=True, text=True)


def try_one(root, what, check, name, text, expected):
    path = root / name
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    done = run(check, root)
    if before is None:
        path.unlink()
    else:
        path.write_text(before)
    new = [line for line in done.stdout.splitlines() if expected in line]
    return done.returncode == 1 and any("planted" in line or name in line for line in new)


def plant_import(folder):
    """The check of imports against an archive with one bad member."""
    source, archive = pathlib.Path(folder, "planted.c"), pathlib.Path(folder, "libplanted.a")
    source.write_text("extern int fork(void);\nint planted(void)\n{\n    return fork();\n}\n")
    compiler = shutil.which("gcc") or shutil.which("clang") or "cc"
    subprocess.run([compiler, "-c", str(source), "-o", f"{folder}/planted.c.o"], check=True)
    subprocess.run(["ar", "rcs", str(archive), f"{folder}/planted.c.o"], check=True)
    done = subprocess.run([sys.executable, str(common.HERE / "imports.py"), "--archive", str(archive)],
                          capture_output=True, text=True)
    return done.returncode == 1 and "calls fork" in done.stdout


def main():
    args = common.arguments(__doc__)
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder, "tree")
        for name in ("src", "include", "docs", "examples", "tests/checks"):
            shutil.copytree(args.root / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        for document in args.root.glob("*.md"):
            shutil.copy(document, root)
        for planted in PLANTED:
            if not try_one(root, *planted):
                problems.append(f"{planted[1]} did not notice: {planted[0]}")
        if not plant_import(folder):
            problems.append("imports did not notice: a call of fork")
    common.finish(problems, f"{len(PLANTED) + 1} planted violations were noticed")


main()
