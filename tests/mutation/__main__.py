"""Changes the rules at one place after another and sees whether a test notices.

``python -m tests.mutation [--number N] [--seed S] [MODULE ...]``: all places, or N by chance, of
all modules of ``bcma.rules`` or of those named. Works on a copy under ``build/mutation``.
"""

import argparse
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.survivors import Mutant, Outcome, read, score, table

ROOT = Path(__file__).parents[2]
RUN = ROOT / "build" / "mutation"
LOG = RUN / "mutmut.log"
MUTMUT = Path(sys.executable).with_name("mutmut")
PACKAGE = "bcma.rules"
#: A change that is always there: running it makes mutmut write down all the others.
FIRST = f"{PACKAGE}.x_judge__mutmut_1"
_COPIED = ("bcma", "tests", "sample_data", "pyproject.toml")
_BELOW = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the table, and keep the differences of the survivors in a file.

    Returns:
        1 where fewer changes than ``--least`` percent were noticed.
    """
    args = _arguments(arguments)
    _copy()
    _mutmut("run", FIRST)
    names = [m.name for m in read(RUN / "mutants") if _is_of(m.name, args.modules)]
    if args.number is not None and args.number < len(names):
        names = random.Random(args.seed).sample(names, args.number)  # noqa: S311 - a sample
    _mutmut("run", "--max-children", str(args.children), *names)
    mutants = tuple(m for m in read(RUN / "mutants") if m.name in set(names))
    print("\n".join(table(mutants)))
    kept = RUN / "survivors.txt"
    kept.write_text("\n".join(_difference(m) for m in _survivors(mutants)), encoding="utf-8")
    print(f"survivors: {kept.relative_to(ROOT)}")
    return _BELOW if 100 * score(list(mutants)) < args.least else 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="of bcma.rules; all")
    parser.add_argument("--number", type=int, help="of changes, chosen by chance; all")
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same choice")
    parser.add_argument("--children", type=int, default=2, help="processes side by side")
    parser.add_argument("--least", type=float, default=0.0, help="percent that must be noticed")
    return parser.parse_args(arguments)


def _is_of(name: str, modules: Sequence[str]) -> bool:
    return not modules or any(name.startswith(f"{PACKAGE}.{module}.") for module in modules)


def _copy() -> None:
    """Copy the checkout: a run takes long, and work on the files goes on meanwhile."""
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir(parents=True)
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "screens")
            shutil.copytree(source, RUN / name, ignore=ignored)
        else:
            shutil.copy2(source, RUN / name)


def _mutmut(*arguments: str) -> None:
    """Run mutmut; its progress goes to a file, as it redraws one line thousands of times."""
    with LOG.open("a", encoding="utf-8") as log:
        done = subprocess.run([MUTMUT, *arguments], cwd=RUN, check=False, stdout=log, stderr=log)
    if done.returncode:
        sys.exit(f"mutmut failed: {LOG.relative_to(ROOT)}")


def _survivors(mutants: tuple[Mutant, ...]) -> list[Mutant]:
    return [m for m in mutants if m.outcome is Outcome.SURVIVED]


def _difference(mutant: Mutant) -> str:
    shown = subprocess.run(
        [MUTMUT, "show", mutant.name],
        cwd=RUN,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return shown.stdout


if __name__ == "__main__":
    sys.exit(main())
