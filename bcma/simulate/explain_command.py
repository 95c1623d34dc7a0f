"""``bcma explain``: tells how a step of a scenario came to its verdict, rule by rule."""

import argparse
from pathlib import Path

from bcma.config import Language
from bcma.simulate.play import state_after
from bcma.simulate.read import read_scenario
from bcma.wording import Wording, explained


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("scenario", type=Path, metavar="SCENARIO", help="a scenario file")
    parser.add_argument("step", type=int, metavar="STEP", help="its number, from 1")
    parser.add_argument(
        "--lang", choices=[language.value for language in Language], help="of the explanation"
    )
    parser.add_argument("--emr", metavar="URL", help="play against this empty FHIR server")


def run(args: argparse.Namespace) -> int:
    """Play the scenario up to the step, and print each rule with what it looked at and said.

    Raises:
        ScenarioError: the file is no valid scenario, or has no such step.
    """
    scenario = read_scenario(args.scenario)
    state = state_after(scenario, args.step, args.emr)
    language = Language(args.lang) if args.lang else args.wording.language
    # Times as the ward of the scenario reads them, reasons in its own words.
    wording = Wording(language, scenario.zone, scenario.policy.site_reasons)
    print(scenario.title)
    account = state.account()
    if account is None:
        print(wording.sentence("explain.nothing", step=args.step))
        return 0
    verdict = wording.word("verdict", account.verdict.word)
    print(wording.sentence("explain.verdict", step=args.step, verdict=verdict))
    for right in explained(wording, account):
        print()
        print("\n".join(right.lines))
    return 0
