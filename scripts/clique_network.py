#!/usr/bin/env python
"""Run a Clique network of geth 1.13 on loopback, one signer a bank, until Ctrl-C.

    scripts/clique_network.py --out network --signers 4
    scripts/clique_network.py --out network --keep-keys --client /root/go/bin/geth --base-fee 1000000000

docs/chains.md says what it writes and what was run.
"""

import argparse
import json
import sys
from pathlib import Path

from networks.clique import CliquePlan, CliqueWishes, clique_description, make_clique
from networks.clique_running import running_clique
from networks.errors import NetworkError
from networks.geth import find_or_build_geth
from networks.processes import end_on_terminate, show_until_stopped


def main() -> None:
    """Write the network and run it."""
    chosen = _parser().parse_args()
    wishes = CliqueWishes(
        signers=chosen.signers,
        chain_id=chosen.chain_id,
        period=chosen.period,
        base_fee=chosen.base_fee,
        port_base=chosen.port_base,
    )
    end_on_terminate()
    try:
        plan = make_clique(chosen.out, wishes, keep_keys=chosen.keep_keys)
        _say(plan, chosen.out, machine=chosen.json)
        with running_clique(chosen.out, chosen.client or find_or_build_geth()) as network:
            show_until_stopped(network, machine=chosen.json)
    except NetworkError as error:
        sys.exit(f"clique_network: {error}")
    except KeyboardInterrupt:
        sys.exit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    standard = CliqueWishes()
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder to write")
    add("--signers", type=int, default=standard.signers)
    add("--chain-id", type=int, default=standard.chain_id)
    add("--period", type=int, default=standard.period, help="seconds between blocks")
    add("--base-fee", type=int, default=standard.base_fee, help="wei per gas; 0: no fees")
    add("--port-base", type=int, default=standard.port_base, help="on this machine; ten a signer")
    add("--keep-keys", action="store_true", help="keep the keys in --out, write the rest again")
    add("--client", type=Path, help="geth 1.13; else it is looked for, or built with Go")
    add("--json", action="store_true", help="for machines")
    return parser


def _say(plan: CliquePlan, out: Path, *, machine: bool) -> None:
    found = clique_description(plan)
    if machine:
        print(json.dumps({"folder": str(out), **found}), flush=True)
        return
    print(f"{out}: {len(plan.signers)} signers, {plan.majority} of them keep it going")
    print(f"chain {plan.chain_id}, genesis {found['genesis_hash']}")


if __name__ == "__main__":
    main()
