"""What the comparisons have in common: arguments, progress, and the word that ends a run."""

import argparse
import sys

from own_ledger import Trouble


def parser_of(name):
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--tiny", action="store_true", help="seconds, to see that all of it runs")
    parser.add_argument("--rounds", type=int, default=None)
    parser.add_argument("--seconds", type=int, default=None, help="of each measurement")
    parser.add_argument("--bin", default=None, help="directory of the programs")
    parser.add_argument("--out", default=None, help="where the figures go")
    return parser


def say(text):
    print(text, file=sys.stderr, flush=True)


def end_well_or_say_why(main):
    """Runs it; a comparison that failed says so in its last line, and by its status."""
    try:
        main()
    except Trouble as trouble:
        print(f"compare: FAILED {trouble}")
        sys.exit(1)
    except KeyboardInterrupt:
        print("compare: FAILED interrupted")
        sys.exit(130)
