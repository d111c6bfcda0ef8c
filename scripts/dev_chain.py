#!/usr/bin/env python
"""Run the embedded chain without a node: ``python scripts/dev_chain.py DATA --port 8545``.

Prints the address once the chain answers; ends on Ctrl-C or SIGTERM.
"""

import argparse
from pathlib import Path

from ledger.devchain.supervisor import CHAIN_ID, PORT, Supervisor


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of journal and dumps")
    parser.add_argument("--port", type=int, default=PORT, help="on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--chain-id", type=int, default=CHAIN_ID)
    parser.add_argument("--block-time", type=float, default=1.0, help="seconds, under load")
    chosen = parser.parse_args()
    with Supervisor(
        chosen.data, port=chosen.port, chain_id=chosen.chain_id, block_time=chosen.block_time
    ) as supervisor:
        print(supervisor.url, flush=True)
        supervisor.wait()


if __name__ == "__main__":
    main()
