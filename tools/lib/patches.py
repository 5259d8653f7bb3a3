"""Reads tests/mutations/*.patch and plants them. Needs neither git nor patch(1).

A patch is a header of "word: text" lines and a unified diff. Its old lines must be in the file
exactly as written: what it was made for must not have changed, only moved.
"""
import pathlib
import re
from dataclasses import dataclass, field

WORDS = ("name", "rule", "bug", "suites")
MAY = ("case",)               # the test that is expected to fail; it is asked before whole suites
HUNK = re.compile(r"@@ -(\d+)")


class Broken(Exception):
    """A patch that is malformed or no longer applies; the text says why."""


@dataclass
class Hunk:
    line: int                                   # where the old lines were, from 1
    old: list = field(default_factory=list)
    new: list = field(default_factory=list)


@dataclass
class Mutation:
    path: pathlib.Path
    words: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)   # path in the tree: hunks

    @property
    def name(self):
        return self.words["name"]

    @property
    def suites(self):
        return self.words["suites"].replace(",", " ").split()

    def planted(self, tree):
        """{path: (text before, text after)}; raises Broken."""
        return {path: planted_file(self, tree, path) for path in self.files}


def planted_file(mutation, tree, path):
    file = pathlib.Path(tree) / path
    if not file.is_file():
        raise Broken(f"{mutation.path.name}: {path} is not there")
    before = file.read_text(encoding="utf-8")
    lines = before.split("\n")
    moved = 0
    for hunk in mutation.files[path]:
        at = place_of(hunk, lines, hunk.line - 1 + moved)
        if at is None:
            raise Broken(f"{mutation.path.name}: its lines are no longer in {path}: "
                         f"{next(iter(hunk.old), '')!r}")
        lines[at:at + len(hunk.old)] = hunk.new
        moved += len(hunk.new) - len(hunk.old)
    return before, "\n".join(lines)


def place_of(hunk, lines, wanted):
    """The place nearest to the wanted one where the old lines are, or None."""
    size = len(hunk.old)
    places = [i for i in range(len(lines) - size + 1) if lines[i:i + size] == hunk.old]
    return min(places, key=lambda i: abs(i - wanted), default=None)


def read_mutation(path):
    mutation = Mutation(path)
    hunks, hunk = None, None
    for line in path.read_text(encoding="utf-8").split("\n"):
        word, _, text = line.partition(": ")
        if line.startswith("--- "):
            hunk = None
        elif line.startswith("+++ b/"):
            hunks = mutation.files.setdefault(line[6:].split("\t")[0], [])
        elif HUNK.match(line) and hunks is not None:
            hunk = Hunk(int(HUNK.match(line)[1]))
            hunks.append(hunk)
        elif hunk is not None and line[:1] in (" ", "-", "+"):
            if line[0] != "+":
                hunk.old.append(line[1:])
            if line[0] != "-":
                hunk.new.append(line[1:])
        elif hunks is None and word in WORDS + MAY:
            mutation.words[word] = text.strip()
    missing = [w for w in WORDS if not mutation.words.get(w)]
    if missing or not mutation.files or not all(mutation.files.values()):
        raise Broken(f"{path.name}: no {', '.join(missing) or 'diff'}")
    return mutation


def read_all(folder, only=()):
    """All of the folder, by file name; those that `only` names, if it names any."""
    found = [read_mutation(p) for p in sorted(pathlib.Path(folder).glob("*.patch"))]
    names = [m.name for m in found]
    if len(set(names)) != len(names):
        raise Broken("two mutations have one name")
    if only:
        found = [m for m in found if any(o in (m.name, m.path.stem, m.path.name) for o in only)]
        if not found:
            raise Broken(f"no mutation is called {' or '.join(only)}")
    return found
