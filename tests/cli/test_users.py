"""`assistant users`: accounts from the command line."""

from __future__ import annotations

import io
import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, Done

from assistant.accounts import passwords
from assistant.accounts.accounts import Accounts
from assistant.conversations.conversations import Conversations
from assistant.types import Answer

GOOD = "un long mot de passe"
Run = Callable[..., Done]


@pytest.fixture
def users(command: Command, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `assistant users …` with what stands on standard input."""
    monkeypatch.setattr(passwords, "N", 2**4)

    def run(*words: object, typed: str = f"{GOOD}\n") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        return command("users", *words)

    return run


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path / "runtime" / "accounts.db")


@pytest.fixture
def conversations(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "runtime" / "conversations.db")


def answer(question: str) -> Answer:
    return Answer(question=question, language="fr", text="Oui.", abstained=False, mode="evidence")


def test_an_account_is_added_listed_and_removed(users: Run, accounts: Accounts, tmp_path: Path) -> None:
    assert "Nobody has an account" in users("list").out
    done = users("add", "Anna")
    assert (done.code, done.out) == (0, "")
    assert "asks everybody to log in" in done.err
    assert accounts.check("anna", GOOD) is not None
    assert "asks everybody" not in users("add", "bert").err
    assert stat.S_IMODE((tmp_path / "runtime" / "accounts.db").stat().st_mode) == 0o600
    listed = json.loads(users("list", "--json").out)
    assert [each["name"] for each in listed] == ["anna", "bert"]
    assert listed[0].keys() == {"name", "added_at", "token", "sessions", "curator", "conversations"}
    assert (listed[0]["token"], listed[0]["sessions"], listed[0]["conversations"]) == (False, 0, 0)
    assert "anna  since 20" in users("list").out
    assert users("remove", "anna").code == 0
    last = users("remove", "bert").err
    assert "Nobody has an account now" in last
    assert "still asks everybody to log in" in last
    assert json.loads(users("list", "--json").out) == []


@pytest.mark.parametrize(
    ("words", "typed", "code", "said"),
    [
        (("add", "a b"), GOOD, 2, "cannot be an account's"),
        (("add", "local"), GOOD, 2, "without an account"),
        (("add", "anna"), "court", 1, "Choose one of 10 to 200"),
        (("add", "anna"), "", 1, "has 0 characters"),
        (("add", "anna"), "x" * 20_000, 1, "Choose one of 10 to 200"),
        (("add",), GOOD, 2, "Missing argument"),
        (("remove", "nobody"), "", 1, "no account 'nobody'"),
        (("password", "nobody"), GOOD, 1, "no account 'nobody'"),
        (("token", "nobody"), "", 1, "no account 'nobody'"),
        (("adopt", "nobody"), "", 1, "no account 'nobody'"),
    ],
)
def test_what_is_wrong_is_said(users: Run, words: tuple[str, ...], typed: str, code: int, said: str) -> None:
    done = users(*words, typed=typed)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert json.loads(users("list", "--json").out) == []


def test_curators_are_named_made_and_revoked(users: Run, accounts: Accounts) -> None:
    assert "'anna' can log in, ask, read, and change the collection." in users("add", "anna").err
    assert "'bert' can log in, ask and read." in users("add", "bert").err
    users("add", "carla", "--curator")
    assert [each["curator"] for each in json.loads(users("list", "--json").out)] == [True, False, True]
    lines = users("list").out.splitlines()
    assert [": curator, " in line for line in lines] == [True, False, True]
    assert "'bert' may change the collection now." in users("curator", "bert").err
    for name in ("anna", "carla"):
        assert "Nobody may change" not in users("curator", name, "--revoke").err
    assert "Nobody may change the collection" in users("remove", "bert").err
    assert users("curator", "nobody").code == 1
    assert not any(account.curator for account in accounts.all())


def test_a_token_is_told_once_and_revoked(users: Run, accounts: Accounts, tmp_path: Path) -> None:
    users("add", "anna")
    done = users("token", "anna")
    token = done.out.strip()
    assert len(token) > 40
    assert "only now" in done.err
    assert accounts.of_token(token) is not None
    assert token.encode() not in (tmp_path / "runtime" / "accounts.db").read_bytes()
    assert json.loads(users("list", "--json").out)[0]["token"] is True
    assert users("token", "anna", "--revoke").code == 0
    assert accounts.of_token(token) is None


def test_another_password_ends_sessions(users: Run, accounts: Accounts) -> None:
    users("add", "anna")
    secret = accounts.begin_session(accounts.find("anna"))
    assert "logged out everywhere" in users("password", "anna", typed="tout autre chose\n").err
    assert accounts.of_session(secret) is None
    assert accounts.check("anna", "tout autre chose") is not None


def test_what_was_kept_without_accounts_is_adopted(
    users: Run, accounts: Accounts, conversations: Conversations
) -> None:
    conversations.keep("c", answer("Un ?"))
    done = users("add", "anna")
    assert "1 conversation of the time without accounts" in done.err
    assert "`assistant users adopt anna`" in done.err
    assert conversations.count() == 1
    assert "1 conversation given to 'anna'" in users("adopt", "anna").err
    assert conversations.of(accounts.find("anna").id).count() == 1
    conversations.keep("d", answer("Deux ?"))
    assert "1 conversation given to 'bert'" in users("add", "bert", "--adopt").err


def test_removal_wants_to_know_what_becomes_of_conversations(
    users: Run, accounts: Accounts, conversations: Conversations
) -> None:
    for name in ("anna", "bert", "carl"):
        users("add", name)
        conversations.of(accounts.find(name).id).keep(name, answer("Un ?"))
    bert = accounts.find("bert").id
    for words in (
        ("anna",), ("anna", "--delete-conversations", "--give-to", "bert"), ("anna", "--give-to", "anna"),
    ):  # fmt: skip
        done = users("remove", *words)
        assert done.code == 2
        assert "onversations" in done.err
        assert accounts.find("anna")
    assert users("remove", "anna", "--give-to", "nobody").code == 1
    assert users("remove", "anna", "--give-to", "bert").code == 0
    assert conversations.of(bert).count() == 2
    assert users("remove", "carl", "--give-to", "local").code == 0
    assert conversations.count() == 1
    assert users("remove", "bert", "--delete-conversations").code == 0
    assert conversations.of(bert).count() == 0
    assert conversations.count() == 1


def test_a_damaged_file_is_said(users: Run, tmp_path: Path) -> None:
    users("add", "anna")
    (tmp_path / "runtime" / "accounts.db").write_bytes(b"none" * 1000)
    for words in (("list",), ("add", "bert"), ("token", "anna")):
        done = users(*words)
        assert done.code == 1
        assert "cannot be read or written" in done.err


def test_on_a_terminal_a_password_is_asked_twice_and_not_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "ASSISTANT_PATHS__RUNTIME": str(tmp_path / "runtime")}
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "users", "add", "anna"], cwd=tmp_path, env=environment,
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    for asked in (b"Password", b"Repeat"):
        while asked not in seen:
            seen += os.read(ours, 1000)
        os.write(ours, f"{GOOD}\n".encode())
    assert process.wait(60) == 0
    try:
        while part := os.read(ours, 1000):
            seen += part
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    assert b"can log in" in seen
    assert GOOD.encode() not in seen
    assert Accounts(tmp_path / "runtime" / "accounts.db").check("anna", GOOD) is not None
