#!/usr/bin/env python
"""Write a complete QBFT network for N members, for Besu or GoQuorum; with ``--client``, run it on loopback.

    scripts/qbft_network.py --members 4 --for goquorum --mode contract --out network
    scripts/qbft_network.py --out network --keep-keys --client /usr/local/bin/geth

docs/networks.md says what is written and how a consortium uses it.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import get_args

from networks.errors import NetworkError
from networks.files import description
from networks.making import Wishes, make_network
from networks.plan import Client, Mode, Plan
from networks.processes import end_on_terminate, show_until_stopped
from networks.running import running


def main() -> None:
    """Write, and run where a client is named."""
    chosen = _parser().parse_args()
    try:
        plan = make_network(chosen.out, _wishes(chosen), keep_keys=chosen.keep_keys)
        _say(plan, chosen.out, machine=chosen.json)
        if chosen.client is not None:
            end_on_terminate()
            with running(chosen.out, chosen.client) as network:
                show_until_stopped(network, machine=chosen.json)
    except NetworkError as error:
        sys.exit(f"qbft_network: {error}")
    except KeyboardInterrupt:
        sys.exit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    standard = Wishes()
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder to write")
    add("--members", type=int, default=standard.members)
    add("--joining", type=int, default=0, help="further nodes: peers that wait for a vote")
    add("--for", dest="kind", choices=get_args(Client), default=standard.client, help="whose files")
    add("--mode", choices=get_args(Mode), default=standard.mode, help="where validators are kept")
    add("--contract-from", type=int, default=0, help="block from which --mode contract holds")
    add("--chain-id", type=int, default=standard.chain_id)
    add("--port-base", type=int, default=standard.port_base, help="on this machine; ten a member")
    add("--founders", type=Path, help="list of what `lianzheng init --json` answered")
    add("--hosts", default="", help="IP addresses of the validators, separated by commas")
    add("--threshold", type=int, default=0, help="votes a change needs; 0 is more than half")
    add("--block-period", type=int, default=standard.block_period, help="seconds")
    add("--request-timeout", type=int, default=standard.request_timeout, help="seconds of round 0")
    add("--epoch-length", type=int, default=standard.epoch_length, help="blocks")
    add("--keep-keys", action="store_true", help="keep the keys in --out, write the rest again")
    add("--client", type=Path, help="program of the client: run the network until Ctrl-C")
    add("--json", action="store_true", help="for machines")
    return parser


def _wishes(chosen: argparse.Namespace) -> Wishes:
    return Wishes(
        members=chosen.members,
        joining=chosen.joining,
        client=chosen.kind,
        mode=chosen.mode,
        contract_from=chosen.contract_from,
        chain_id=chosen.chain_id,
        port_base=chosen.port_base,
        founders=chosen.founders,
        hosts=[host.strip() for host in chosen.hosts.split(",")] if chosen.hosts else (),
        threshold=chosen.threshold,
        block_period=chosen.block_period,
        request_timeout=chosen.request_timeout,
        epoch_length=chosen.epoch_length,
    )


def _say(plan: Plan, out: Path, *, machine: bool) -> None:
    found = description(plan)
    if machine:
        print(json.dumps({"folder": str(out), **found}, ensure_ascii=False), flush=True)
        return
    print(
        f"{out}: {len(plan.validators)} validators for {plan.client}, validators in the {plan.mode}"
    )
    print(f"chain {plan.chain_id}, genesis {found['genesis_hash']}")
    for name, address in found["contracts"].items():
        print(f"{name} {address}")


if __name__ == "__main__":
    main()
