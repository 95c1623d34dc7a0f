"""The command line: ``bcma simulate``, ``bcma hazards``, ``bcma sandbox``, ``bcma policy`` ..."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bcma import audit_command as audit
from bcma import health_command as health
from bcma import station
from bcma.config import Language, load_config
from bcma.emr.sandbox import command as sandbox
from bcma.errors import BcmaError
from bcma.policy import SettingsError
from bcma.policy import command as policy
from bcma.replay import command as replay
from bcma.simulate import command as simulate
from bcma.simulate import explain_command as explain
from bcma.simulate import hazards_command as hazards
from bcma.simulate.place import ScenarioError
from bcma.simulate.sentences import scenario_sentence
from bcma.wording import Wording

_LANGUAGE = "BCMA_LANGUAGE"
_FAILED = 2
#: What a shell reports of a program that ended because nobody read its output any more.
_NOBODY_READS = 128 + 13
_INTERRUPTED = 128 + 2


@dataclass(frozen=True, slots=True)
class Command:
    """A sub-command: ``add_arguments`` declares, ``run`` does it and gives the exit status."""

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS: Final[tuple[Command, ...]] = (
    Command("simulate", "play scenario files", simulate.add_arguments, simulate.run),
    Command("explain", "tell why a step judged so", explain.add_arguments, explain.run),
    Command("hazards", "print which tests guard what", hazards.add_arguments, hazards.run),
    Command("replay", "re-enact a real eMAR", replay.add_arguments, replay.run),
    Command("sandbox", "serve the sandbox EMR", sandbox.add_arguments, sandbox.run),
    Command(
        "station",
        "read the EMR, enrol staff",
        station.add_arguments,
        station.run,
    ),
    Command("health", "look at this workstation", health.add_arguments, health.run),
    Command("audit", "check the audit trail and the signatures", audit.add_arguments, audit.run),
    Command("policy", "check a site policy", policy.add_arguments, policy.run),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command.

    Args:
        arguments: those after the program's name; ``None``: of this process.

    Returns:
        0 for success, 1 for a check that did not hold, 2 for bad input or usage.
    """
    _speak_utf8()
    args = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.DEBUG if args.debug else logging.ERROR)
    wording = Wording(Language.EN, ZoneInfo("UTC"))
    try:
        args.wording = wording = _wording(args.language)
        if (file := getattr(args, "config", None)) is not None:
            args.wording = wording = _wording(args.language, file)
        run: Callable[[argparse.Namespace], int] = args.run
        status = run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads on (bcma … | head): end quietly, and keep Python from saying so at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOBODY_READS
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BcmaError as error:
        if args.debug:
            raise
        _complain(error, wording)
        return _FAILED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bcma", description="Barcode medication administration at the bedside"
    )
    parser.add_argument("--version", action="version", version=f"bcma {version('bcma')}")
    parser.add_argument(
        "--language", choices=[language.value for language in Language], help="of messages"
    )
    parser.add_argument("--debug", action="store_true", help="show tracebacks and log everything")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        subparser = commands.add_parser(command.name, help=command.help)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def _wording(language: str | None, file: Path | None = None) -> Wording:
    """Build the wording in the language of the option, the environment, the file, or as shipped.

    Instants are told in the zone of the workstation whose ``file`` it is.
    """
    environ = dict(os.environ) if file is not None else {}
    environ |= {name: value for name, value in os.environ.items() if name == _LANGUAGE}
    config = load_config(file, environ | ({_LANGUAGE: language} if language else {}))
    return Wording(config.language, config.zone)


def _complain(error: BcmaError, wording: Wording) -> None:
    match error:
        case SettingsError():
            lines: Sequence[str] = [f"{error.file}: {text}" for text in wording.mistakes(error)]
        case ScenarioError():
            lines = [scenario_sentence(error, wording)]
        case _:
            lines = [wording.error(error)]
    for line in lines:
        print(f"bcma: {line}", file=sys.stderr)


def _speak_utf8() -> None:
    """Write UTF-8 whatever the terminal's locale says: sentences are Vietnamese."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
