"""What ``chain status`` shows: the chain, this member on it, and its anchored head."""

from dataclasses import dataclass

from ledger.chain.endpoints import EndpointView, endpoint_views
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """The chain as this node sees it now; ``endpoints`` is empty where there is only one."""

    chain_id: int
    kind: str
    latest: int
    final: int | None
    account: str
    active: bool
    generation: int
    anchored: int
    warnings: tuple[str, ...]
    endpoints: tuple[EndpointView, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "chain_id": self.chain_id,
            "kind": self.kind,
            "latest_block": self.latest,
            "final_block": self.final,
            "account": self.account,
            "active_member": self.active,
            "generation": self.generation,
            "anchored_size": self.anchored,
            "warnings": list(self.warnings),
            "endpoints": [each.to_json() for each in self.endpoints],
        }

    def for_people(self) -> dict[str, object]:
        """Return it under the catalogue's names."""
        values = self.to_json()
        del values["warnings"], values["endpoints"]
        values["chain_kind"] = values.pop("kind")
        return {name.replace("_", "-"): value for name, value in values.items()}


def read_status(node: Node) -> ChainStatus:
    """Ask the chain.

    Raises:
        ConfigurationError: no contracts are configured, or they are not there.
        UnavailableError: the chain does not answer.
    """
    log, chain, url = node.log, node.chain, node.settings.chain_url
    final = chain.final()
    return ChainStatus(
        chain_id=chain.chain_id(),
        kind=node.settings.chain_kind,
        latest=chain.latest().number,
        final=None if final is None else final.number,
        account="0x" + chain.account.hex(),
        active=chain.active_member() == log.member,
        generation=chain.generation(log.member),
        anchored=chain.head(log.member, log.generation).size,
        warnings=chain.warnings(),
        endpoints=endpoint_views(url),
    )
