# SPDX-License-Identifier: MIT
"""Layer order of src/ from its #include lines, against the table in layers.txt."""
import fnmatch
import re

import common

INCLUDE = re.compile(r"^\s*#\s*include\s+([<\"])([^>\"]+)[>\"]", re.MULTILINE)


def read_table(root):
    layers, owners = {}, []
    for line in (root / "tests/checks/layers.txt").read_text().splitlines():
        words = line.split()
        if words[:1] == ["layer"]:
            layers[words[1]] = (int(words[2]), words[3])
        elif words[:1] == ["only"]:
            owners.append((words[1], words[2]))
    return layers, owners


def allowed(source, target, layers):
    if source == target:
        return True
    (source_layer, source_part), (target_layer, target_part) = layers[source], layers[target]
    if target_layer >= source_layer:
        return False
    return source_part == "library" or target_part == "program" or target_layer <= 1


def judge(where, folder, bracket, name, layers, owners):
    if bracket == "<":
        for pattern, owner in owners:
            if fnmatch.fnmatch(name, pattern) and folder != owner:
                return f"{where}: <{name}> may be included by src/{owner} alone"
        return None
    target = name.split("/")[0]
    if "/" not in name or target not in layers:
        return f"{where}: \"{name}\" is no path from src/ into a folder of layers.txt"
    if not allowed(folder, target, layers):
        return f"{where}: {folder} (layer {layers[folder][0]}) must not include \"{name}\" (layer {layers[target][0]})"
    if name.endswith("_priv.h") and target != folder:
        return f"{where}: \"{name}\" is private to src/{target}"
    return None


def main():
    args = common.arguments(__doc__)
    layers, owners = read_table(args.root)
    problems, count = [], 0
    for path in common.files(args.root, ["src"], (".c", ".h", ".inc")):
        relative = path.relative_to(args.root)
        folder = relative.parts[1]
        if folder not in layers:
            problems.append(f"{relative}: folder src/{folder} is not in layers.txt")
            continue
        text = path.read_text()
        for match in INCLUDE.finditer(text):
            count += 1
            where = f"{relative}:{common.line_of(text, match.start(1))}"
            problems.append(judge(where, folder, match.group(1), match.group(2), layers, owners))
    common.finish([p for p in problems if p], f"{count} #include lines keep the layer order")


main()
