#!/usr/bin/env python3
"""Names that Sources declare and nothing in Sources uses; what only tests use is unused, too.

A name counts as used where it stands a second time as a word, wherever that is: what it finds is unused for certain, and
it finds not all that is.
"""
import collections
import pathlib
import re
import sys

# Names that somebody else calls, and who.
EXCEPTIONS = {
    # ArgumentParser finds these, and what a program is begun with.
    "configuration", "defaultValueDescription", "validate", "main",
    # The standard library and the runtime.
    "customMirror", "debugDescription", "description", "hash", "unownedExecutor",
    # Tests, which see by these that nothing is left behind.
    "activeCount", "entryCount",
}

COMMENT = re.compile(r"^\s*//.*$|(?<=[\s;{}(,])//(?![/\w]).*$", re.M)
WORD = re.compile(r"\w+")
DECLARATION = re.compile(r"\b(?:func|var|let|struct|enum|class|actor|protocol|typealias)\s+`?([A-Za-z_]\w*)")
CASES = re.compile(r"^\s*(?:indirect )?case ([a-z]\w*(?:[ ,(=].*)?)$", re.M)


def cases(line):
    """The names in a line of enum cases, without associated and raw values."""
    depth, flat = 0, ""
    for character in line:
        depth += (character in "([") - (character in ")]")
        if depth == 0 and character not in ")]":
            flat += character
    return [part.split("=")[0].strip(" `") for part in flat.split(",")]


def declarations(path, text):
    """Path, line and name of all that a file declares but for what a program begins with."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if number > 1 and lines[number - 2].strip() == "@main":
            continue
        for name in DECLARATION.findall(line):
            yield path, number, name
        for match in CASES.findall(line):
            if not match.rstrip().endswith(":"):
                for name in cases(match):
                    if re.fullmatch("[a-z][A-Za-z0-9_]*", name):
                        yield path, number, name


def main():
    uses, declared = collections.Counter(), []
    # The simulator is a program: what it uses is used, and SwiftNIO calls what it declares.
    for folder in ("Sources", "Sources/SESSimulator", "Tests/SESSimulator"):
        for path in sorted(pathlib.Path(folder).rglob("*.swift")):
            is_program = "SESSimulator" in path.parts
            if is_program == (folder == "Sources"):
                continue
            text = COMMENT.sub("", path.read_text())
            names = list(declarations(path, text))
            uses.update(WORD.findall(text))
            # Overloads, and a requirement with what fulfils it, are no uses of one another.
            uses.subtract(name for _, _, name in names)
            if not is_program:
                declared += names
    found = [one for one in declared if uses[one[2]] <= 0 and one[2] not in EXCEPTIONS]
    for path, number, name in found:
        print(f"{path}:{number}: nothing uses {name}")
    return 1 if found else 0


sys.exit(main())
