"""``lianzheng consortium``: found it, join it, vote in it, leave it."""

import click

from node.cli import (
    consortium_founding,
    consortium_joining,
    consortium_keys,
    consortium_seeing,
    consortium_voting,
)


@click.group()
def consortium() -> None:
    """联盟：创始、加入、提案、表决、成员 The consortium: found, join, propose, vote, members."""


for _command in (
    consortium_founding.card,
    consortium_founding.init,
    consortium_founding.sign,
    consortium_founding.found,
    consortium_joining.join,
    consortium_seeing.status,
    consortium_seeing.members,
    consortium_voting.propose,
    consortium_voting.admit,
    consortium_voting.vote,
    consortium_voting.withdraw_vote,
    consortium_voting.execute,
    consortium_voting.suspend,
    consortium_voting.reinstate,
    consortium_voting.open_generation,
    consortium_voting.endpoint,
    consortium_keys.rotate_key,
    consortium_keys.leave,
):
    consortium.add_command(_command)
