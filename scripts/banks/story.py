"""What the banks go through: they found, admit, seal, watch each other, fail, come back, and one cheats."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from banks.bank import Bank
from banks.chains import SharedChain
from banks.cheating import cheating
from banks.listing_story import tell_blacklist
from banks.telling import step
from ledger.primitives.merkle import leaf_hash
from node.wiring import open_node

T = TypeVar("T")
NAMES: Final = ("甲银行", "乙银行", "丙银行", "丁银行", "戊银行", "己银行", "庚银行", "辛银行")
CHEATED: Final = 300
"""Leaves of the other history."""


@dataclass
class Story:
    """The banks and their chain.

    Attributes:
        banks: founders first; the last one joins later.
        chain: that they share.
        folder: for files that travel between them.
    """

    banks: Sequence[Bank]
    chain: SharedChain
    folder: Path

    @property
    def founders(self) -> Sequence[Bank]:
        """All but the newcomer."""
        return self.banks[:-1]

    @property
    def newcomer(self) -> Bank:
        """Who joins by vote."""
        return self.banks[-1]

    def tell(self) -> bool:
        """Go through it all; tell whether everything held."""
        self.found()
        self.admit()
        held = self.seal_and_verify()
        held = tell_blacklist(self.banks, self.folder) and held
        self.lose_a_bank()
        self.lose_a_chain_node()
        return self.catch_a_cheat() and held

    def found(self) -> None:
        """Every founder makes its card; all sign one file; one deploys; all enter."""
        together(lambda bank: bank.prepare(f"demo.example/{bank.file}"), self.banks)
        cards = [self.folder / f"card-{bank.file}.json" for bank in self.founders]
        together(
            lambda bank: bank.run(
                "consortium", "card", "--out", self.folder / f"card-{bank.file}.json"
            ),
            self.founders,
        )
        file, threshold = self.folder / "founding.json", len(self.founders) // 2 + 1
        named = [part for card in cards for part in ("--founder", card)]
        first = self.founders[0]
        first.run("consortium", "init", *named, "--threshold", str(threshold), "--out", file)
        for bank in self.founders:
            bank.run("consortium", "sign", file)
        first.run("consortium", "found", file)
        together(lambda bank: bank.run("consortium", "join", file), self.founders)
        together(Bank.start, self.founders)
        step("联盟已成立", "founded", f"{len(self.founders)} 家 banks, {threshold} 票 votes")

    def admit(self) -> None:
        """The newcomer applies at one member; the members vote; its node configures itself."""
        newcomer, first = self.newcomer, self.founders[0]
        applied = newcomer.run("consortium", "join", "--contact", first.endpoint, "--yes")
        proposal = first.run("consortium", "admit", applied["applied"])["proposal"]
        needed = len(self.founders) // 2
        for bank in self.founders[1 : 1 + needed]:
            bank.run("consortium", "vote", str(proposal))
        newcomer.run("consortium", "join", "--contact", first.endpoint, "--yes", "--wait", "60")
        newcomer.start()
        step("新成员经表决加入", "admitted by vote", newcomer.name)

    def seal_and_verify(self) -> bool:
        """Each seals; all cosign all; a package of each is verified under a trust file."""
        for bank in self.banks:
            bank.until_anchored(bank.seal("首次承诺"))
        self._until_cosigned(self.banks)
        # Cosignatures that came after an anchor count from the next one on.
        last = {bank.name: bank.seal("再次承诺") for bank in self.banks}
        for bank in self.banks:
            bank.until_anchored(last[bank.name])
        step(
            "各行已存证、互相共签并上链",
            "sealed, cosigned, anchored",
            f"{len(self.banks)} 家 banks",
        )
        self._until_cosigned(self.banks)
        trust = self.folder / "trust.json"
        collected = self.banks[0].run("trust", "collect", "-o", trust)
        step("信任文件由各行签署", "the trust file is signed", str(collected["fingerprint"])[:16])
        return all(together(lambda bank: self._verifies(bank, last[bank.name], trust), self.banks))

    def _verifies(self, bank: Bank, evidence_id: str, trust: Path) -> bool:
        package = self.folder / f"{bank.file}.zip"
        bank.run("evidence", "export", evidence_id, "-o", package)
        done = bank.attempt("verify", package, "--trust", trust)
        found = {each["check"]: each["verdict"] for each in json.loads(done.stdout)["checks"]}
        what = f"V8 {found['V8']}, V10 {found['V10']}"
        step("出证并核验", "exported, verified", f"{bank.name}: exit {done.returncode}, {what}")
        return done.returncode == 0

    def lose_a_bank(self) -> None:
        """One bank's node stops; the others go on; it comes back and catches up."""
        away = self.founders[1]
        away.stop()
        others = [bank for bank in self.banks if bank is not away]
        for bank in others:
            bank.until_anchored(bank.seal("一行停机期间的承诺"))
        step("一家银行停机，其余照常", "one bank away, the others go on", away.name)
        away.start()
        away.until(lambda: all(each["mirrored"] > 1 for each in away.peers().values()))
        self._until_cosigned([away])
        step("恢复并补齐", "back, caught up", away.name)

    def lose_a_chain_node(self) -> None:
        """One bank's node of the chain stops; intake goes on there, and is anchored when it is back."""
        index = 2
        bank = self.founders[index]
        self.chain.nodes.stop(index)
        waiting = bank.seal("链节点停机期间的承诺")
        for each in self.founders[:index]:
            each.until_anchored(each.seal("另一承诺"))
        state = bank.status_of(waiting)
        step(
            "一个链节点停机",
            "one chain node away",
            f"{bank.name}: {state}; 其余照常 the others go on",
        )
        self.chain.nodes.start(index)
        bank.until_anchored(waiting)
        step("恢复并上链", "back, anchored", bank.name)

    def catch_a_cheat(self) -> bool:
        """One bank shows another history; every other convicts it by a file, and they suspend it."""
        cheat = self.founders[3]
        watching = [bank for bank in self.banks if bank is not cheat]
        cheat.stop()
        with open_node(cheat.home) as node:
            signer, origin = node.log_key, node.log.checkpoint_origin
        hashes = [leaf_hash(f"another history {at}".encode()) for at in range(CHEATED)]
        with cheating(cheat.port, signer, origin, hashes):
            for bank in watching:
                bank.until(lambda bank=bank: _proofs(bank))
        held = all(self._convicts(bank, cheat) for bank in watching)
        proposal = watching[0].run("consortium", "suspend", cheat.name)["proposal"]
        for bank in watching[1 : 1 + len(self.banks) // 2]:
            if bank.run("consortium", "vote", str(proposal)):
                step("表决暂停", "votes to suspend", f"{bank.name} → {cheat.name}")
        status = watching[0].peers()[cheat.name]["status"]
        step("作弊者已暂停", "the cheat is suspended", f"{cheat.name}: {status}")
        return held and status == "suspended"

    def _convicts(self, bank: Bank, cheat: Bank) -> bool:
        alarm, proof = _proofs(bank)[0], self.folder / f"proof-{bank.file}.json"
        bank.run("peer", "proof", str(alarm["alarm_id"]), "-o", proof)
        trust = self.folder / "trust.json"
        shown = bank.run("peer", "check", proof, "--trust", trust)
        what = f"{bank.name}: {shown['kind']} {shown['sizes']}，证明已封存 sealed {alarm['evidence_id'][:12]}"
        step("识破作弊", "caught", what)
        return str(shown["origin"]).startswith(f"demo.example/{cheat.file}/")

    def _until_cosigned(self, banks: Sequence[Bank]) -> None:
        for bank in banks:
            bank.until(lambda bank=bank: all(each["cosigned"] for each in bank.peers().values()))


def together(act: Callable[[Bank], T], banks: Sequence[Bank]) -> list[T]:
    """Let two banks at a time do something that concerns nobody else."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(act, banks))


def _proofs(bank: Bank) -> list[dict[str, str]]:
    return [each for each in bank.alarms() if each["evidence_id"]]
