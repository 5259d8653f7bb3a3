"""Plants the bugs of tests/mutations one at a time and tells which test catches each.

One copy of the tree, one build: while the suites of one mutant run, from copies of their programs,
the next mutant is built. See tools/mutate.
"""
import argparse
import concurrent.futures
import filecmp
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import patches

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "mutate"
TREE = WORK / "tree"
BUILD = WORK / "build"
MEMORY_MAX = 8 << 30          # bytes a suite; a mutant may run away
SECONDS_MIN = 60              # a suite gets so long at least,
SECONDS_TIMES = 8             # or so many times what it took unmutated
# Compares this program with one that is being built for the next mutant meanwhile.
NEVER = {"simulation": ["simulation: the same seed gives the same log*"]}
SHOWN_MAX = 96                # characters of a test's name in the table


def say(text):
    print(text, file=sys.stderr, flush=True)


# --- the copy


def files_of_checkout():
    """What git knows or would add; without git everything but what a build or a run made."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "-z"], capture_output=True)
    if listed.returncode == 0:
        names = [n for n in listed.stdout.decode().split("\0") if n]
    else:
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
        names = [n for n in names if n.split("/")[0] not in ("build", "var", ".git")]
    return {n for n in names if (ROOT / n).is_file()}


def copy_tree():
    """Only what differs is written, so that a second run builds little."""
    wanted = files_of_checkout()
    for name in wanted:
        source, target = ROOT / name, TREE / name
        if target.is_file() and filecmp.cmp(source, target, shallow=False):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        shutil.copymode(source, target)
    for path in list(TREE.rglob("*")):
        if path.is_file() and str(path.relative_to(TREE)) not in wanted:
            path.unlink()


def environment():
    own = {
        "CCACHE_DIR": os.environ.get("CCACHE_DIR", str(ROOT / "build" / "ccache")),
        "CCACHE_BASEDIR": str(TREE),
        "CCACHE_NOHASHDIR": "true",
        "SUANPAN_SEEDS": os.environ.get("SUANPAN_SEEDS", "1000"),
    }
    return {**os.environ, **own}


def configure():
    # -O1 and no debug information: compiling costs more than running does. Each file by itself: a
    # mutant changes one.
    done = subprocess.run(
        ["cmake", "-S", TREE, "-B", BUILD, "-G", "Ninja", "-DSUANPAN_GRPC=OFF",
         "-DSUANPAN_UNITY=OFF", "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1"],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        say(done.stdout[-3000:])
        raise SystemExit("mutate: FAILED the copy can't be configured")


def build(suites, jobs):
    """None, or the end of what the compiler said."""
    done = subprocess.run(
        ["ninja", "-C", BUILD, f"-j{jobs}", *(f"test_{s}" for s in suites)],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return None if done.returncode == 0 else done.stdout[-3000:]


# --- a suite


def run_suite(program, suite, seconds, only=None, without=()):
    """(None if it passed, else (test case or "", what happened); seconds taken)."""
    log = program.with_suffix(".log")
    excluded = [*without, *NEVER.get(suite, ())]
    chosen = [f"--test-case={pattern_of(only)}"] if only else []
    chosen += ["--test-case-exclude=" + ",".join(map(pattern_of, excluded))] if excluded else []
    began = time.monotonic()
    with open(log, "wb") as out:
        running = subprocess.Popen(
            ["prlimit", f"--as={MEMORY_MAX}", program, "--abort-after=1", "--no-colors=1", *chosen],
            cwd=program.parent, env=environment(), stdout=out, stderr=subprocess.STDOUT)
        try:
            code = running.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            running.kill()      # the program alone: who guards its PostgreSQL must clean up
            running.wait()
            code = None
    took = time.monotonic() - began
    if code == 0:
        return None, took
    return what_caught(log.read_text(errors="replace"), code, seconds), took


def pattern_of(name):
    return re.sub(r"[,\\]", "?", name)      # a comma would part two patterns


def what_caught(log, code, seconds):
    failing = re.findall(r"^TEST CASE:\s+(.*(?:\n  +\S.*)*)$", log, re.MULTILINE)
    name = " ".join(failing[0].split()) if failing else ""
    told = f'"{name}"' if name else ""
    seed = re.search(r"\bseed (\d+)\b", log)
    if seed and "seed" in name:
        told += f" — seed {seed[1]}"
    crash = re.search(r"CRASHED: (\w+)", log)
    if code is None:
        told += f" timeout after {seconds:.0f} s"
    elif crash or not name:
        told += f" crash ({crash[1] if crash else code})"
    return name, told.strip()


def judge_suite(program, suite, seconds):
    """What caught the mutant, or None. A test that does not fail again was disturbed by something
    else, a slow machine for one: it is no witness, and the suite is asked once more without it."""
    disturbed = []
    for _ in range(3):
        caught, _ = run_suite(program, suite, seconds, without=disturbed)
        if not caught:
            return None
        if not caught[0]:
            return caught[1]
        again, _ = run_suite(program, suite, seconds, only=caught[0])
        if again:
            return caught[1]
        disturbed.append(caught[0])
    return None


def judge(mutation, programs, limits):
    """(suite, what caught it), or None: the expected test first, then the quickest suite."""
    ordered = sorted(mutation.suites, key=lambda s: limits[s][1])
    expected = mutation.words.get("case")
    for suite in ordered if expected else ():      # where no test is called so, nothing fails
        first, second = (run_suite(programs[suite], suite, limits[suite][0], only=expected)[0]
                         for _ in range(2))
        if first and second:
            return suite, first[1]
    for suite in ordered:
        caught = judge_suite(programs[suite], suite, limits[suite][0])
        if caught:
            return suite, caught
    return None


def judge_unmutated(suites, jobs):
    """{suite: (seconds it may take, seconds it took)}."""
    say(f"== unmutated: {', '.join(suites)}")
    trouble = build(suites, jobs)
    if trouble:
        say(trouble)
        raise SystemExit("mutate: FAILED the unmutated tree does not build")
    limits = {}
    for suite in suites:
        program = keep_programs("unmutated", [suite], "m0")[suite]
        caught, took = run_suite(program, suite, 600)
        if caught:
            raise SystemExit(f"mutate: FAILED unmutated {suite}: {caught[1]}")
        say(f"   {suite}: {took:.1f} s")
        limits[suite] = (max(SECONDS_MIN, SECONDS_TIMES * took), took)
    return limits


def keep_programs(name, suites, prefix):
    """Copies, so that the build may go on. A suite names its PostgreSQL after its program: each
    copy has a short name of its own."""
    folder = WORK / "run" / name
    folder.mkdir(parents=True, exist_ok=True)
    kept = {}
    for suite in suites:
        kept[suite] = folder / f"{prefix}-{suite}"
        shutil.copy2(BUILD / "bin" / f"test_{suite}", kept[suite])
    return kept


# --- the run


def plant(mutation, prefix, jobs):
    """The mutant's programs, or what the compiler said. The copy is as before afterwards."""
    texts = mutation.planted(TREE)
    try:
        for path, (_, after) in texts.items():
            (TREE / path).write_text(after, encoding="utf-8")
        trouble = build(mutation.suites, jobs)
        return trouble or keep_programs(mutation.path.stem, mutation.suites, prefix)
    finally:
        for path, (before, _) in texts.items():
            (TREE / path).write_text(before, encoding="utf-8")


def verdict_of(mutation, found):
    if isinstance(found, str):
        return found
    return f"caught by {found[0]}: {found[1]}" if found else "SURVIVED"


def run_all(mutations, limits, jobs):
    """{mutation's name: verdict}, in the order of the mutations."""
    running, verdicts = {}, {}

    def finished(mutation, found):
        verdicts[mutation.name] = verdict_of(mutation, found)
        shutil.rmtree(WORK / "run" / mutation.path.stem, ignore_errors=not found)
        say(f"   {mutation.name} ({mutation.words['rule']}): {verdicts[mutation.name]}")

    with concurrent.futures.ThreadPoolExecutor(max(1, jobs)) as pool:
        for number, mutation in enumerate(mutations, 1):
            programs = plant(mutation, f"m{number}", jobs)
            if isinstance(programs, str):
                say(programs)
                finished(mutation, "DOES NOT BUILD")
                continue
            running[pool.submit(judge, mutation, programs, limits)] = mutation
            for done in [f for f in running if f.done()]:
                finished(running.pop(done), done.result())
        for done in concurrent.futures.as_completed(list(running)):
            finished(running.pop(done), done.result())
    return verdicts


def print_table(mutations, verdicts):
    wide = max(len(m.name) for m in mutations)
    rule = max(len(m.words["rule"]) for m in mutations)
    for m in mutations:
        told = verdicts[m.name]
        if len(told) > SHOWN_MAX:
            told = told[:SHOWN_MAX - 1] + "…"
        print(f"{m.name:{wide}}  {m.words['rule']:{rule}}  {told}")


def arguments():
    parser = argparse.ArgumentParser(prog="tools/mutate", description=__doc__.split("\n")[0])
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true", help="whether each patch applies")
    return parser.parse_args()


def main():
    asked = arguments()
    began = time.monotonic()
    mutations = patches.read_all(ROOT / "tests" / "mutations", asked.only)
    if asked.list:
        for m in mutations:
            print(f"{m.path.stem}: {m.name} ({m.words['rule']})\n    {m.words['bug']}")
        return 0
    for mutation in mutations:      # at once, before minutes of building
        mutation.planted(ROOT)
    if asked.check:
        print(f"mutate: ok {len(mutations)} patches apply")
        return 0
    copy_tree()
    configure()
    limits = judge_unmutated(sorted({s for m in mutations for s in m.suites}), asked.jobs)
    say(f"== {len(mutations)} mutants")
    verdicts = run_all(mutations, limits, asked.jobs)
    print_table(mutations, verdicts)
    caught = sum(v.startswith("caught") for v in verdicts.values())
    say(f"mutate: {time.monotonic() - began:.0f} s")
    if caught == len(mutations):
        print(f"mutate: ok planted={len(mutations)} caught={caught}")
        return 0
    missed = sorted(m.path.stem for m in mutations if not verdicts[m.name].startswith("caught"))
    print(f"mutate: FAILED planted={len(mutations)} caught={caught}, not caught: {' '.join(missed)}")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except patches.Broken as broken:
        sys.exit(f"mutate: FAILED {broken}")
