"""Starts and stops the reference EMR in the background: ``python -m tests.peers start|stop``."""

import argparse
import sys

from tests.peers import hapi_server


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.peers", description=__doc__)
    parser.add_argument("what", choices=("start", "stop", "serve"))
    parser.add_argument("--port", type=int, default=0, help="any free one")
    args = parser.parse_args()
    match args.what:
        case "start":
            print(hapi_server.start(args.port))
        case "serve":
            hapi_server.serve(args.port)
        case _:
            hapi_server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
