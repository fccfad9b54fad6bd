"""users: accounts, for a page that several people use."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from . import global_options
from .terminal import echo, echo_json

if TYPE_CHECKING:
    from ..accounts.accounts import Account, Accounts
    from ..conversations.conversations import Conversations

LONGEST_LINE = 10_000


@click.group()
@global_options
def users() -> None:
    """Accounts: as soon as there is one, the page serves nobody without."""


@users.command(short_help="Add an account.")
@click.argument("name")
@click.option("--adopt", is_flag=True, help="Give it the conversations kept while nobody had an account.")
@click.option(
    "--curator", is_flag=True, help="Let it add, correct, remove and index articles, and fetch models."
)
@global_options
@click.pass_context
def add(ctx: click.Context, name: str, adopt: bool, curator: bool) -> None:
    """Add an account; its password is asked for twice, or read from standard input. The first is a curator's."""
    accounts, conversations = _opened(ctx)
    first = not accounts.exist()
    from ..accounts.passwords import account_name

    name = account_name(name)  # before anybody thinks of a password
    account = accounts.add(name, _password(), curator=curator)
    may = "ask, read, and change the collection" if account.curator else "ask and read"
    echo(f"{name!r} can log in, {may}.", err=True)
    if first:
        echo("From now on the page asks everybody to log in.", err=True)
    if adopt:
        _given(conversations.give(account.id), name)
    elif first and (count := conversations.count()):
        echo(
            f"{_conversations(count)} of the time without accounts are shown to nobody now; "
            f"`assistant users adopt {name}` gives them to {name!r}.",
            err=True,
        )


@users.command(short_help="Give an account what was kept without accounts.")
@click.argument("name")
@global_options
@click.pass_context
def adopt(ctx: click.Context, name: str) -> None:
    """Give an account the conversations that were kept while nobody had one."""
    accounts, conversations = _opened(ctx)
    account = accounts.find(name)
    _given(conversations.give(account.id), account.name)


@users.command(short_help="Let an account change the collection.")
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Let it only ask and read instead.")
@global_options
@click.pass_context
def curator(ctx: click.Context, name: str, revoke: bool) -> None:
    """Let an account add, correct, remove and index articles on the page, and fetch models."""
    accounts, _ = _opened(ctx)
    accounts.let_curate(name, not revoke)
    account = accounts.find(name)
    echo(f"{account.name!r} may {'ask and read' if revoke else 'change the collection'} now.", err=True)
    _note_no_curator(accounts)


def _note_no_curator(accounts: Accounts) -> None:
    if not any(account.curator for account in accounts.all()):
        echo(
            "Nobody may change the collection on the page now; `assistant users curator NAME` lets somebody.",
            err=True,
        )


@users.command(short_help="Give an account another password.")
@click.argument("name")
@global_options
@click.pass_context
def password(ctx: click.Context, name: str) -> None:
    """Give an account another password and end its sessions; its token stays."""
    accounts, _ = _opened(ctx)
    account = accounts.find(name)
    accounts.change_password(account.name, _password())
    echo(f"{account.name!r} has another password, and is logged out everywhere.", err=True)


@users.command(short_help="Remove an account.")
@click.argument("name")
@click.option("--delete-conversations", "delete", is_flag=True, help="Delete its conversations for good.")
@click.option(
    "--give-to", metavar="OTHER", help="Give its conversations to another account; local: to nobody's."
)
@global_options
@click.pass_context
def remove(ctx: click.Context, name: str, delete: bool, give_to: str | None) -> None:
    """Remove an account, its sessions and its token; what becomes of its conversations is to be said."""
    accounts, conversations = _opened(ctx)
    account = accounts.find(name)
    heir = _heir(accounts, account, give_to)
    mine = conversations.of(account.id)
    count = mine.count()
    if delete == (heir is not None) and (delete or count):
        raise UsageError(
            f"{account.name!r} has {_conversations(count)}. Say what becomes of them: "
            "--delete-conversations, or --give-to OTHER (local: kept for a page without accounts)."
        )

    def settle() -> int:
        return mine.delete_all() if delete else mine.give(heir) if heir is not None else 0

    settled = settle()
    accounts.remove(account.name)
    settled += settle()  # what was asked meanwhile
    echo(f"{account.name!r} is removed, and logged out everywhere.", err=True)
    if settled:
        echo(f"{_conversations(settled)} {'deleted' if delete else 'given away'}.", err=True)
    if accounts.exist():
        _note_no_curator(accounts)
    else:
        # a page that was closed stays closed: nobody shall find it open for having emptied a file
        echo(
            "Nobody has an account now. A page that runs still asks everybody to log in, and lets nobody in; "
            "started again, it serves this machine alone, without a login.",
            err=True,
        )


def _heir(accounts: Accounts, account: Account, name: str | None) -> str | None:
    """The owner who gets the conversations of a removed account; None where nobody was named."""
    from ..conversations.conversations import LOCAL

    if name is None or name == "local":
        return None if name is None else LOCAL
    heir = accounts.find(name)
    if heir == account:
        raise UsageError(f"{account.name!r} cannot be given its own conversations. Name another account.")
    return heir.id


@users.command("list", short_help="Name the accounts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@global_options
@click.pass_context
def list_users(ctx: click.Context, as_json: bool) -> None:
    """Name the accounts: who is a curator, how many conversations and sessions, and whether there is a token."""
    accounts, conversations = _opened(ctx)
    listed = [
        {**accounts.about(account), "conversations": conversations.of(account.id).count()}
        for account in accounts.all()
    ]
    if as_json:
        echo_json(listed)
    elif not listed:
        echo(
            "Nobody has an account: the page serves this machine alone. Add one with `assistant users add NAME`."
        )
    for each in [] if as_json else listed:
        token = ", a token" if each["token"] else ""
        sessions = f"{each['sessions']} session{'' if each['sessions'] == 1 else 's'}"
        role = "curator, " if each["curator"] else ""
        kept = _conversations(each["conversations"])
        echo(f"{each['name']}  since {each['added_at'][:10]}: {role}{kept}, {sessions}{token}")


@users.command(short_help="Make a token for programs.")
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Take the token away instead.")
@global_options
@click.pass_context
def token(ctx: click.Context, name: str, revoke: bool) -> None:
    """Print a new token for programs (Authorization: Bearer TOKEN); the one before works no more."""
    accounts, _ = _opened(ctx)
    if revoke:
        accounts.revoke_token(name)
        echo("The token works no more.", err=True)
        return
    made = accounts.make_token(name)
    echo("Keep it well: it is told only now. It stands for the password.", err=True)
    echo(made)


def _opened(ctx: click.Context) -> tuple[Accounts, Conversations]:
    from .. import wiring

    settings = wiring.settings_from(ctx)
    return wiring.make_accounts(settings), wiring.make_conversations(settings)


def _password() -> str:
    """A password typed twice and not shown, or the first line of standard input."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return sys.stdin.readline(LONGEST_LINE).rstrip("\r\n")


def _given(count: int, name: str) -> None:
    echo(f"{_conversations(count)} given to {name!r}.", err=True)


def _conversations(count: int) -> str:
    return f"{count:,} conversation{'' if count == 1 else 's'}"
