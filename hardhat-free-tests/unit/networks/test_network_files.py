"""What ``scripts/qbft_network.py`` writes: genesis, lists of peers, compose, monitoring, trust input."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import rlp as independent_rlp
import yaml
from networks.errors import NetworkError
from networks.files import trust_input
from networks.founders import read_founders
from networks.genesis import QBFT_DIGEST, extra_data, genesis, genesis_hash
from networks.making import Wishes, load_network, make_network
from networks.plan import ANCHOR, REGISTRY, Client, Plan

from contracts import artifact
from ledger.primitives.keccak import keccak256
from ledger.proof.membership import array_slot, slot_at
from ledger.proof.qbft_extra import QbftExtra
from ledger.proof.trust import read_trust

every_client = pytest.mark.parametrize("client", get_args(Client))
EXACT = re.compile(r"[a-z0-9./-]+:v?\d+\.\d+\.\d+")


def fixed(folder: Path, **wishes: Any) -> Plan:
    """Make a network whose keys are the numbers from 1 on, those of admins from 101 on."""
    for number in range(1, wishes.get("members", 4) + wishes.get("joining", 0) + 1):
        place = folder / "members" / str(number)
        place.mkdir(parents=True)
        for name, secret in (("nodekey", number), ("admin.key", 100 + number)):
            (place / name).write_text(secret.to_bytes(32, "big").hex())
    return make_network(folder, Wishes(**wishes), keep_keys=True)


def written(folder: Path, name: str) -> Any:
    text = (folder / name).read_text("utf-8")
    return yaml.safe_load(text) if name.endswith((".yaml", ".yml")) else json.loads(text)


PUBLISHED = {
    "GoQuorum's documentation, example QBFT genesis": (
        "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f85494"
        "93917cadbace5dfce132b991732c6cda9bcc5b8a9427a97c9aaf04f18f3014c32e036dd0ac76da5f1894"
        "ce412f988377e31f4d0ff12d74df73b51c42d0ca9498c1334496614aed49d2e81526d089f7264fed9cc080c0"
    ),
    "GoQuorum's own test of preparing extra data": (
        "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f85494"
        "44add0ec310f115a0e603b2d7db9f067778eaf8a94294fc7e8f22b3bcdcf955dd7ff3ba2ed833f821294"
        "6beaaed781d2d2ab6350f5c4566a2c6eaac407a6948be76812f765c24641ec63dc2852b378aba2b440c080c0"
    ),
}


@pytest.mark.parametrize("source", PUBLISHED)
def test_a_published_genesis_has_the_extra_data_that_we_write(source: str) -> None:
    published = bytes.fromhex(PUBLISHED[source][2:])
    read = QbftExtra.parse(published)
    assert (read.vanity, read.vote, read.round_number, read.seals) == (bytes(32), None, 0, ())
    assert len(read.validators) == 4
    assert QbftExtra(bytes(32), read.validators, None, 0, ()).encode() == published
    assert independent_rlp.encode([bytes(32), list(read.validators), [], 0, []]) == published


@pytest.mark.parametrize("members", [1, 4, 7, 22])
@every_client
def test_the_extra_data_lists_the_validators_ascending_or_leaves_them_to_the_contract(
    client: Client, members: int, tmp_path: Path
) -> None:
    header = make_network(tmp_path / "h", Wishes(members=members, client=client, mode="header"))
    assert list(header.addresses) == sorted(header.addresses)
    listed = [bytes(32), list(header.addresses), [], 0, []]
    assert extra_data(header) == independent_rlp.encode(listed)
    later = replace(header, mode="contract", contract_from=9)
    assert extra_data(later) == extra_data(header)
    contract = replace(header, mode="contract")
    assert extra_data(contract).hex() == "e5a0" + "00" * 32 + "c0c080c0"
    assert written(tmp_path / "h", "genesis.json")["extraData"] == "0x" + extra_data(header).hex()


CONFIRMED = {
    "header": "0xd6075cb23a427dcd3053082fd957420c28a7e05ae883dc830f8570678dc67da9",
    "contract": "0x1a811e4035d92d63f07b3fcf4c8cf039768ef104855a62aa3c37de056cfa4f3b",
}
"""Block 0 as GoQuorum 24.4.1 called it when it was given these files."""


@pytest.mark.parametrize("mode", CONFIRMED)
def test_the_genesis_hash_is_the_one_that_goquorum_computed(mode: str, tmp_path: Path) -> None:
    plan = fixed(tmp_path, mode=mode)
    assert "0x" + genesis_hash(plan).hex() == CONFIRMED[mode]
    assert written(tmp_path, "network.json")["genesis_hash"] == CONFIRMED[mode]


def test_besus_genesis_has_a_base_fee_of_zero_and_is_another_block(tmp_path: Path) -> None:
    plan = fixed(tmp_path, client="besu")
    assert genesis(plan)["baseFeePerGas"] == "0x0"
    assert genesis_hash(plan) != genesis_hash(replace(plan, client="goquorum"))


@every_client
def test_the_consensus_is_qbft_with_a_quorum_of_two_thirds(client: Client, tmp_path: Path) -> None:
    config = written_config(tmp_path / "header", client, mode="header")
    assert config["qbft"]["blockperiodseconds"] == 1
    assert "validatorcontractaddress" not in config["qbft"]
    contract = written_config(tmp_path / "contract", client)
    assert contract["qbft"]["validatorcontractaddress"] == "0x" + REGISTRY.hex()
    later = written_config(tmp_path / "later", client, contract_from=9)
    listed = later["transitions"]["qbft"] if client == "besu" else later["transitions"]
    assert listed == [
        {
            "block": 9,
            "validatorselectionmode": "contract",
            "validatorcontractaddress": "0x" + REGISTRY.hex(),
        }
    ]
    forks = {name for name in config if name.endswith("Block")}
    if client == "goquorum":
        assert config["isQuorum"] is True
        assert config["qbft"]["ceil2Nby3Block"] == 0
        assert contract["qbft"]["validatorselectionmode"] == "contract"
        assert "berlinBlock" in forks
        assert "londonBlock" not in forks
    else:
        assert config["zeroBaseFee"] is True
        assert forks == {"berlinBlock", "londonBlock"}
    assert written(tmp_path / "header", "genesis.json")["mixHash"] == QBFT_DIGEST


def written_config(folder: Path, client: Client, **wishes: Any) -> Any:
    make_network(folder, Wishes(client=client, **wishes))
    return written(folder, "genesis.json")["config"]


@every_client
def test_contracts_stand_where_the_registry_and_the_trust_input_say(
    client: Client, tmp_path: Path
) -> None:
    plan = fixed(tmp_path, client=client, joining=2)
    allocation = written(tmp_path, "genesis.json")["alloc"]
    for name, address in (("ConsortiumRegistry", REGISTRY), ("EvidenceAnchor", ANCHOR)):
        code = bytes.fromhex(allocation[address.hex()]["code"][2:])
        assert code == artifact(name).deployed_bytecode
        pinned = trust_input(plan)["contracts"][name]
        assert pinned == {"address": address.hex(), "code_hash": keccak256(code).hex()}
    storage = {
        bytes.fromhex(slot[2:]): int(word, 16)
        for slot, word in allocation[REGISTRY.hex()]["storage"].items()
    }
    assert storage[slot_at(11)] == int.from_bytes(ANCHOR, "big")
    # Who waits for a vote is a peer and no validator.
    assert storage[slot_at(0)] == 4
    found = [storage[array_slot(0, index)].to_bytes(20, "big") for index in range(4)]
    assert tuple(found) == plan.addresses
    assert len(plan.validators) == 6
    assert all(storage.values())


@every_client
def test_every_list_names_every_node_once(client: Client, tmp_path: Path) -> None:
    plan = make_network(tmp_path, Wishes(client=client, members=5, joining=1))
    enodes = [each.enode for each in plan.validators]
    assert len(set(enodes)) == 6
    assert written(tmp_path, "static-nodes.json") == enodes
    if client == "besu":
        text = (tmp_path / "permissions_config.toml").read_text()
        assert json.loads(text.removeprefix("nodes-allowlist=")) == enodes
    else:
        assert written(tmp_path, "permissioned-nodes.json") == enodes
    for each in plan.validators:
        assert keccak256(each.key.public)[12:] == each.key.address


@every_client
def test_the_compose_file_runs_every_node_with_pinned_images_and_few_rights(
    client: Client, tmp_path: Path
) -> None:
    plan = make_network(tmp_path, Wishes(client=client, port_base=30_000))
    found = written(tmp_path, "compose.yaml")
    assert set(found["services"]) == {*(f"validator-{n}" for n in range(1, 5)), "prometheus"}
    for service in found["services"].values():
        assert EXACT.fullmatch(service["image"])
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert int(service["user"].split(":")[0]) > 0
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (tmp_path / source).is_dir() == source.startswith("./data/")
                assert (tmp_path / source).exists()
            else:
                assert source in found["volumes"]
    for each in plan.validators:
        service = found["services"][f"validator-{each.number}"]
        assert service["networks"]["chain"]["ipv4_address"] == each.host
        assert f"@{each.host}:30303" in each.enode
        command = " ".join(service["command"])
        assert "permission" in command
        assert str(plan.chain_id) in command
        for word in ("unlock", "personal", "admin"):
            assert word not in command
    assert found["services"]["validator-2"]["ports"] == ["127.0.0.1:30011:8545"]


@every_client
def test_with_hosts_each_service_is_one_members_and_publishes_its_port_for_peers(
    client: Client, tmp_path: Path
) -> None:
    hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::4"]
    plan = make_network(tmp_path, Wishes(client=client, hosts=hosts))
    assert plan.validators[3].enode.endswith("@[fd00::4]:30303")
    found = written(tmp_path, "compose.yaml")
    for number in range(1, 5):
        service = found["services"][f"validator-{number}"]
        assert service["networks"] == ["chain"]
        assert service["ports"][1:] == ["30303:30303"]
    assert found["networks"] == {"chain": {}}


@every_client
def test_monitoring_looks_at_every_node(client: Client, tmp_path: Path) -> None:
    plan = make_network(tmp_path, Wishes(client=client))
    (job,) = written(tmp_path, "prometheus.yml")["scrape_configs"]
    targets = [each["targets"] for each in job["static_configs"]]
    assert targets == [[f"{each.host}:9545"] for each in plan.validators]
    assert job["metrics_path"].endswith("metrics" if client == "besu" else "prometheus")


@every_client
@pytest.mark.parametrize("mode", ["header", "contract"])
def test_the_trust_input_is_a_part_of_a_trust_file(
    client: Client, mode: str, tmp_path: Path
) -> None:
    plan = make_network(tmp_path, Wishes(client=client, mode=mode))  # type: ignore[arg-type] # parametrised
    rest = {
        "schema": "lianzheng-trust/1",
        "members": [],
        "timestamp_roots": [],
        "policy": {
            "name": "consortium",
            "required": ["V1", "V2", "V4", "V10"],
            "cosignature_quorum": 0,
            "grace_blocks": 0,
        },
    }
    trust = read_trust(json.dumps(written(tmp_path, "trust-input.json") | rest).encode())
    assert trust.chain.genesis == genesis_hash(plan)
    assert trust.chain.kind == f"qbft-{mode}"
    assert trust.chain.validators_at(0) == plan.addresses


def test_a_network_can_be_read_again(tmp_path: Path) -> None:
    plan = make_network(
        tmp_path, Wishes(members=3, joining=1, hosts=["10.0.0.1", "10.0.0.2", "10.0.0.3", "::1"])
    )
    assert load_network(tmp_path) == replace(plan, founders=())


FOUNDER = {
    "home": "/home/bank/.lianzheng",
    "name": "示范银行",
    "member": "11" * 32,
    "origin": "lianzheng.example/bank-a",
    "evidence_key": "22" * 32,
    "log_key": "33" * 32,
    "account": "0x" + "44" * 20,
}


def test_founders_are_what_init_answers(tmp_path: Path) -> None:
    file = tmp_path / "founders.json"
    file.write_text(json.dumps([FOUNDER]))
    plan = make_network(tmp_path / "net", Wishes(members=4, founders=file))
    (founder,) = plan.founders
    assert founder.admin == bytes.fromhex("44" * 20)
    assert list(founder.keys) == ["evidence", "log", "anchor"]
    assert plan.threshold == 1
    # Their votes are signed by keys that they hold: none is made here.
    assert not list(tmp_path.rglob("admin.key"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"member": "11"}, "member"),
        ({"member": "00" * 32}, "member"),
        ({"account": None}, "account"),
        ({"evidence_key": "zz"}, "evidence_key"),
        ({"origin": "bank+a"}, "origin"),
        ({"origin": ""}, "origin"),
        ({"roles": 32}, "roles"),
        ({"roles": True}, "roles"),
        ({"name": ""}, "name"),
        ({"endpoint": 1}, "endpoint"),
        ({"log_key": FOUNDER["evidence_key"]}, "same key"),
    ],
)
def test_a_founder_of_another_form_is_refused(
    change: dict[str, Any], named: str, tmp_path: Path
) -> None:
    file = tmp_path / "founders.json"
    file.write_text(json.dumps([FOUNDER | change]))
    with pytest.raises(NetworkError, match=named):
        read_founders(file)
    file.write_text(json.dumps([FOUNDER, FOUNDER]))
    with pytest.raises(NetworkError, match="same member id"):
        read_founders(file)


@pytest.mark.parametrize(
    ("wishes", "named"),
    [
        ({"members": 0}, "--members"),
        ({"members": 90, "joining": 11}, "--members"),
        ({"joining": -1}, "--joining"),
        ({"chain_id": 0}, "--chain-id"),
        ({"port_base": 80}, "--port-base"),
        ({"port_base": 65_530}, "--port-base"),
        ({"threshold": 5}, "--threshold"),
        ({"mode": "header", "contract_from": 3}, "--contract-from"),
        ({"block_period": 0}, "block period"),
        ({"hosts": ["10.0.0.1"]}, "--hosts"),
        ({"hosts": ["10.0.0.1"] * 4}, "--hosts"),
        ({"hosts": ["a", "b", "c", "d"]}, "--hosts"),
        ({"client": "geth"}, "client"),
    ],
)
def test_a_wish_that_cannot_be_met_is_said(
    wishes: dict[str, Any], named: str, tmp_path: Path
) -> None:
    with pytest.raises(NetworkError, match=named):
        make_network(tmp_path / "net", Wishes(**wishes))
    assert not (tmp_path / "net" / "genesis.json").exists()
