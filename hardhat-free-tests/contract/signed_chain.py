"""The same contracts on py-evm through eth-tester: real signatures, real blocks, exact gas, London rules."""

import warnings
from dataclasses import dataclass
from typing import Any

with warnings.catch_warnings():
    # eth-tester and py-evm import modules that their own dependencies have deprecated.
    warnings.simplefilter("ignore")
    from eth.vm.forks.london import LondonVM
    from eth_tester import EthereumTester, PyEVMBackend
    from web3 import EthereumTesterProvider, Web3

from contract.consortium import created_address

from contracts import artifact

GAS = 15_000_000
MAX_FEE = 2_000_000_000


@dataclass
class SignedConsortium:
    """Accounts by role: 0 deploys, 1 to 3 are admins, 4 to 6 are anchor keys."""

    web3: Web3
    registry: Any
    anchors: Any

    def send(self, account: int, call: Any) -> Any:
        """Send one transaction and return its receipt, which must be a success."""
        receipt = self.attempt(account, call)
        assert receipt["status"] == 1
        return receipt

    def attempt(self, account: int, call: Any) -> Any:
        """Send one transaction and return its receipt, whether it succeeded or not."""
        sender = self.web3.eth.accounts[account]
        digest = call.transact(
            {"from": sender, "gas": GAS, "maxFeePerGas": MAX_FEE, "maxPriorityFeePerGas": 0}
        )
        return self.web3.eth.get_transaction_receipt(digest)

    def anchor(self, member: int, size: int, root: bytes, proof: list[bytes]) -> Any:
        return self.send(member + 4, self.anchors.functions.anchor(0, size, root, proof))


def deploy(
    founders: list[tuple[Any, ...]] | None = None, *, threshold: int = 2, people: int = 10
) -> SignedConsortium:
    """Start a chain and found a consortium of three on it; ``founders`` fills the accounts in."""
    backend = PyEVMBackend(
        genesis_state=PyEVMBackend.generate_genesis_state(num_accounts=people),
        vm_configuration=((0, LondonVM),),
    )
    web3 = Web3(EthereumTesterProvider(EthereumTester(backend)))
    deployer = web3.eth.accounts[0]
    nonce = web3.eth.get_transaction_count(deployer)
    expected = created_address(deployer, nonce + 1)
    registry = create(web3, "ConsortiumRegistry", founders or [], threshold, 86_400, [], expected)
    anchors = create(web3, "EvidenceAnchor", registry.address)
    assert anchors.address == expected
    return SignedConsortium(web3, registry, anchors)


def accounts(people: int = 10) -> list[str]:
    """Return the accounts that an eth-tester chain of so many starts with."""
    state = PyEVMBackend.generate_genesis_state(num_accounts=people)
    return [str(item) for item in EthereumTester(PyEVMBackend(genesis_state=state)).get_accounts()]


def create(web3: Web3, name: str, *arguments: Any) -> Any:
    """Deploy a contract from the first account."""
    compiled = artifact(name)
    abi: Any = list(compiled.abi)
    factory = web3.eth.contract(abi=abi, bytecode=compiled.bytecode)
    digest = factory.constructor(*arguments).transact(
        {
            "from": web3.eth.accounts[0],
            "gas": GAS,
            "maxFeePerGas": MAX_FEE,
            "maxPriorityFeePerGas": 0,
        }
    )
    receipt = web3.eth.get_transaction_receipt(digest)
    assert receipt["status"] == 1
    return web3.eth.contract(address=receipt["contractAddress"], abi=abi)
