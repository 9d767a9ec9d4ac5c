#!/usr/bin/env python3
"""Public declarations without a comment; an initialiser that only assigns needs none."""
import pathlib
import re
import sys

PUBLIC = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))? )*(?:(?:nonisolated|static|final|indirect|mutating|isolated|convenience) )*public "
    r"(?!extension|import)(?:[a-z]+(?:\(set\))? )*?(struct|enum|class|actor|protocol|func|init|subscript|typealias|var|let)\b"
)
ASSIGNMENT = re.compile(r"^(?:self\.)?\w+ = [^{]+$|^\((?:(?:self\.)?\w+(?:, )?)+\) = \([^{]+\)$")


def is_plain(text):
    """Whether an initialiser, which `text` begins with, only assigns."""
    depth, begin = 0, None
    for index, character in enumerate(text):
        depth += (character in "({") - (character in ")}")
        if character == "{" and depth == 1:
            begin = index + 1
        if character == "}" and depth == 0:
            lines = [line.strip() for line in text[begin:index].strip().split("\n")]
            return " throws" not in text[:begin] and all(not line or ASSIGNMENT.match(line) for line in lines)
    return False


def main():
    failed = 0
    for path in sorted(pathlib.Path("Sources").rglob("*.swift")):
        lines = path.read_text().split("\n")
        for number, line in enumerate(lines):
            match = PUBLIC.match(line)
            if not match:
                continue
            before = number - 1
            while lines[before].strip().startswith(("@", "#if")):
                before -= 1
            if lines[before].strip().startswith("///"):
                continue
            if match.group(1) == "init" and is_plain("\n".join(lines[number:])):
                continue
            print(f"{path}:{number + 1}: a public {match.group(1)} without a comment")
            failed = 1
    return failed


sys.exit(main())
