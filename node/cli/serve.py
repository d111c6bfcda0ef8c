"""``lianzheng serve`` and ``lianzheng worker``: the running program."""

import sys

import click

from node.cli.context import Context, pass_context


@click.command()
@click.option(
    "--no-worker", is_flag=True, help="不运行后台任务 Leave the worker to another process"
)
@click.option("--json-logs", is_flag=True, help="JSON 日志 Logs for machines")
@pass_context
def serve(context: Context, *, no_worker: bool, json_logs: bool) -> None:
    """运行节点服务 Run the node: API, console, worker."""
    from node import app, logs  # noqa: PLC0415 - a web framework that other commands do without
    from node.service import Service  # noqa: PLC0415 - as above

    logs.configure(machine=json_logs or not sys.stderr.isatty())

    def started(service: Service) -> None:
        node = service.node
        context.say("serving", address=node.settings.public_url)
        link = node.identity.invitations.invitation(node.settings.public_url)
        if link is not None:
            context.say("first-administrator", link=link)

    app.serve(context.home, with_worker=not no_worker, started=started)


@click.command()
@click.option("--json-logs", is_flag=True, help="JSON 日志 Logs for machines")
@pass_context
def worker(context: Context, *, json_logs: bool) -> None:
    """单独运行后台任务 Run the worker alone."""
    from node import app, logs  # noqa: PLC0415 - as above

    logs.configure(machine=json_logs or not sys.stderr.isatty())
    app.work(context.home)
