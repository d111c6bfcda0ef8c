"""A real geth 1.13 with Clique, the last version that seals it: one signer, loopback only, memory capped.

``go install -ldflags=-checklinkname=0 github.com/ethereum/go-ethereum/cmd/geth@v1.13.15`` builds it in a
minute; ``GETH`` may name a binary. No peers, no discovery, archive mode (``eth_getProof`` of old blocks).
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_utils.address import to_checksum_address
from harness.rpc_node import Refusal, post, until

CAPPED: Final = Path(__file__).parents[2] / "ledger" / "devchain" / "capped.py"
CHAIN_ID: Final = 4711
ETHER: Final = 10**18
GWEI: Final = 10**9
MEMORY_CAP: Final = 12 << 30
"""Address space; Go reserves far more than it uses. ``GOMEMLIMIT`` holds the heap."""
_SIGNER: Final = Account.from_key(bytes([0x51]) * 32)
_FUNDER: Final = Account.from_key(bytes([0x52]) * 32)
_EXPECTED: Final = "1.13."


def find_geth() -> str | None:
    """Return the path of a geth that can seal Clique; ``None`` when there is none."""
    candidates = [os.environ.get("GETH"), shutil.which("geth"), *_in_go_path()]
    for each in filter(None, candidates):
        if Path(each).is_file() and _EXPECTED in _version(each):
            return each
    return None


def _in_go_path() -> list[str]:
    go = shutil.which("go") or "/usr/local/go/bin/go"
    roots = [Path.home() / "go"]
    if Path(go).is_file():
        asked = subprocess.run([go, "env", "GOPATH"], capture_output=True, text=True, check=False)
        roots.append(Path(asked.stdout.strip() or "/nowhere"))
    return [str(root / "bin" / "geth") for root in roots]


def _version(program: str) -> str:
    answer = subprocess.run([program, "version"], capture_output=True, text=True, check=False)
    return answer.stdout


class Geth:
    """A running node that seals a block every second.

    Args:
        program: path of geth.
        data: empty folder.
        base_fee: of the genesis block, in wei.
    """

    def __init__(self, program: str, data: Path, *, base_fee: int = GWEI) -> None:
        self._program = program
        self._data = data
        data.mkdir(parents=True, exist_ok=True)
        genesis = data / "genesis.json"
        genesis.write_text(json.dumps(_genesis(base_fee)))
        key, password = data / "key", data / "password"
        key.write_text(_SIGNER.key.hex())
        password.write_text("x\n")
        self._run("init", str(genesis))
        self._run("account", "import", "--password", str(password), str(key))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (data / "log").open("wb")
        self._process = self._start(password)
        until(self._answers)

    def call(self, method: str, *params: object) -> Any:
        """Call any method, those for the operator too."""
        return post(self.url, method, *params)

    @property
    def height(self) -> int:
        """Number of the latest block."""
        return int(self.call("eth_blockNumber"), 16)

    def wait(self, blocks: int) -> None:
        """Wait until so many more blocks are sealed."""
        target = self.height + blocks
        until(lambda: self.height >= target)

    def rewind(self, height: int) -> None:
        """Make ``height`` the head, as after a fork that lost; sealing goes on from there."""
        self.call("debug_setHead", hex(height))

    def mined(self, transaction: str) -> bool:
        """Tell whether a transaction stands in a block; geth refuses to say so while it builds its index."""
        try:
            return self.call("eth_getTransactionReceipt", transaction) is not None
        except Refusal:
            return False

    def fund(self, *addresses: bytes, wei: int = ETHER) -> None:
        """Pay from the genesis's account, and wait for it."""
        nonce = int(self.call("eth_getTransactionCount", _FUNDER.address, "latest"), 16)
        price = int(self.call("eth_gasPrice"), 16) * 2
        names = [self._pay(address, wei, nonce + at, price) for at, address in enumerate(addresses)]
        until(lambda: all(self.mined(name) for name in names))
        self.wait(1)  # the pool looks at the block a moment later than everybody else

    def _pay(self, address: bytes, wei: int, nonce: int, price: int) -> str:
        signed = _FUNDER.sign_transaction(
            {
                "chainId": CHAIN_ID,
                "nonce": nonce,
                "to": to_checksum_address(address),
                "value": wei,
                "gas": 21_000,
                "gasPrice": price,
            }
        )
        raw = "0x" + signed["raw_transaction"].hex()
        return str(self.call("eth_sendRawTransaction", raw))

    def close(self) -> None:
        """End the process."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [self._program, "--datadir", str(self._data), "--verbosity", "1", *arguments],
            check=True,
            capture_output=True,
        )

    def _start(self, password: Path) -> subprocess.Popen[bytes]:
        command = [
            self._program,
            *("--datadir", str(self._data), "--networkid", str(CHAIN_ID), "--ipcdisable"),
            *("--nodiscover", "--maxpeers", "0", "--port", "0", "--nat", "none"),
            *("--netrestrict", "127.0.0.0/8", "--authrpc.port", "0"),
            *("--http", "--http.addr", "127.0.0.1", "--http.port", str(self.port)),
            *("--http.api", "eth,net,web3,debug,miner,txpool", "--allow-insecure-unlock"),
            *("--syncmode", "full", "--gcmode", "archive", "--cache", "64"),
            *("--mine", "--miner.etherbase", _SIGNER.address, "--miner.gasprice", "1"),
            *("--unlock", _SIGNER.address, "--password", str(password)),
            *("--txpool.nolocals", "--verbosity", "2"),
        ]
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(CAPPED), str(MEMORY_CAP), str(os.getpid()), *command],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env={"PATH": os.environ["PATH"], "HOME": str(self._data), "GOMEMLIMIT": "400MiB"},
        )

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError((self._data / "log").read_text()[-2000:])
        try:
            return bool(self.call("eth_chainId"))
        except (OSError, Refusal):
            return False


def _genesis(base_fee: int) -> dict[str, Any]:
    forks = (
        "homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg",
        "istanbul", "berlin", "london",
    )  # fmt: skip
    blocks = {f"{fork}Block": 0 for fork in forks}
    extra = bytes(32) + bytes.fromhex(_SIGNER.address[2:]) + bytes(65)
    return {
        "config": {"chainId": CHAIN_ID, **blocks, "clique": {"period": 1, "epoch": 30000}},
        "difficulty": "1",
        "gasLimit": hex(30_000_000),
        "baseFeePerGas": hex(base_fee),
        "extraData": "0x" + extra.hex(),
        "alloc": {_FUNDER.address[2:]: {"balance": hex(10**6 * ETHER)}},
    }
