"""Accounts on disk: what is taken, how it is kept, and when a session ends."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from assistant.accounts import passwords
from assistant.accounts.accounts import MOST_SESSIONS, Accounts
from assistant.accounts.passwords import account_name, check_password, hashed, is_outdated, matches
from assistant.errors import AccountError, AccountsUnavailable, UsageError

GOOD = "un long mot de passe"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash, at a cost that tests can pay."""
    monkeypatch.setattr(passwords, "N", 2**4)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    return Accounts(tmp_path / "runtime" / "accounts.db", clock, seconds_idle=100, seconds_longest=1000)


def test_a_password_opens_its_own_account(accounts: Accounts) -> None:
    assert not accounts.exist()
    assert accounts.check("anna", GOOD) is None
    anna, bert = accounts.add("Anna", GOOD), accounts.add("bert", GOOD + "!")
    assert accounts.exist()
    assert accounts.check(" ANNA ", GOOD) == anna
    assert accounts.check("bert", GOOD + "!") == bert
    for name, password in (
        ("anna", GOOD + "!"), ("bert", GOOD), ("anna", ""), ("carl", GOOD), ("", GOOD), ("an'na", GOOD),
        ("anna", GOOD.upper()), ("anna\x00", GOOD), ("\ud800", "\ud800" * 12), ("a" * 100_000, "x"),
    ):  # fmt: skip
        assert accounts.check(name, password) is None
    assert [account.name for account in accounts.all()] == ["anna", "bert"]
    with pytest.raises(AccountError, match="There is an account 'anna'"):
        accounts.add("anna", GOOD)


def test_the_same_letters_typed_in_another_way_are_the_same_password(accounts: Accounts) -> None:
    anna = accounts.add("hélène", "un été à Besançon")
    assert accounts.check("he\u0301le\u0300ne", "un e\u0301te\u0301 a\u0300 Besanc\u0327on") == anna


def test_nothing_secret_stands_in_the_file(accounts: Accounts, tmp_path: Path) -> None:
    anna = accounts.add("anna", GOOD)
    secrets = [GOOD, accounts.make_token("anna"), accounts.begin_session(anna)]
    file = tmp_path / "runtime" / "accounts.db"
    content = file.read_bytes()
    assert not [secret for secret in secrets if secret.encode() in content]
    assert b"scrypt$16$8$3$" in content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_first_account_and_those_marked_are_curators(accounts: Accounts) -> None:
    anna = accounts.add("anna", GOOD)
    accounts.add("bert", GOOD)
    carla = accounts.add("carla", GOOD, curator=True)
    assert [account.curator for account in accounts.all()] == [True, False, True]
    accounts.let_curate("anna", allowed=False)
    accounts.let_curate("bert")
    assert [account.curator for account in accounts.all()] == [False, True, True]
    assert accounts.of_session(accounts.begin_session(anna)) == accounts.find("anna")
    assert not accounts.find("anna").curator
    token = accounts.make_token("carla")
    assert accounts.of_token(token) == accounts.check("carla", GOOD) == carla
    with pytest.raises(AccountError, match="no account 'nobody'"):
        accounts.let_curate("nobody")


def test_accounts_of_the_time_before_curators_keep_what_they_may(accounts: Accounts, tmp_path: Path) -> None:
    token = (accounts.add("anna", GOOD), accounts.make_token("anna"))[1]
    accounts.add("bert", GOOD)
    with closing(sqlite3.connect(tmp_path / "runtime" / "accounts.db")) as old:
        old.execute("ALTER TABLE accounts DROP COLUMN curator")
    assert [account.curator for account in accounts.all()] == [True, True]
    assert not accounts.add("carla", GOOD).curator
    found = accounts.of_token(token)
    assert found is not None
    assert found.curator


def test_modes_do_not_depend_on_the_shell(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Accounts(tmp_path / "new" / "accounts.db").add("anna", GOOD)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "accounts.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "name", ["", " ", "-x", ".x", "a b", "a/b", "a\x1bb", "a'b", "x" * 65, "local", "LOCAL", "\udc80"]
)
def test_names_that_are_not_taken(accounts: Accounts, name: str) -> None:
    with pytest.raises(UsageError):
        accounts.add(name, GOOD)
    assert not accounts.exist()


def test_names_are_made_one() -> None:
    assert account_name("  Hélène.Dupont@exemple.fr ") == "hélène.dupont@exemple.fr"
    assert account_name("ＡＮＮＡ") == "anna"


@pytest.mark.parametrize(
    "password", ["", "neuf sign", "x" * 201, "aaaaaaaaaaaa", "abababababab", "Anna-2026-anna", "tab\tin the middle", "bad \udc80 bytes here"]
)  # fmt: skip
def test_passwords_that_are_too_easy(accounts: Accounts, password: str) -> None:
    with pytest.raises(AccountError):
        accounts.add("anna", password)
    assert not accounts.exist()


def test_parameters_are_kept_with_the_hash_and_brought_up_to_date(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = hashed(GOOD)
    accounts.add("anna", GOOD)
    monkeypatch.setattr(passwords, "N", 2**5)
    assert matches(GOOD, old)
    assert is_outdated(old)
    assert accounts.check("anna", GOOD) is not None
    kept = accounts._rows("SELECT password FROM accounts")[0][0]
    assert not is_outdated(kept)
    assert accounts.check("anna", GOOD) is not None


@pytest.mark.parametrize("kept", ["", "scrypt$16$8$3$$", "md5$1$1$1$00$00", "scrypt$x$8$3$00$00", "plain"])
def test_what_is_no_hash_opens_nothing(kept: str) -> None:
    assert not matches("", kept)
    assert not matches(GOOD, kept)


def test_an_unknown_name_costs_the_same_work(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.add("anna", GOOD)
    done: list[tuple[int, int, int]] = []
    real = passwords._scrypt

    def counted(password: str, n: int, r: int, p: int, salt: bytes) -> bytes:
        done.append((n, r, p))
        return real(password, n, r, p, salt)

    monkeypatch.setattr(passwords, "_scrypt", counted)
    accounts.check("anna", "wrong")
    accounts.check("nobody", "wrong")
    accounts.check("no body", "wrong")
    assert len(done) == 3
    assert len(set(done)) == 1


def test_a_session_ends_when_it_is_not_used_and_when_it_is_old(accounts: Accounts, clock: Clock) -> None:
    anna = accounts.add("anna", GOOD)
    secret = accounts.begin_session(anna)
    assert accounts.of_session(secret) == anna
    clock.seconds += 99
    assert accounts.of_session(secret, counts=False) == anna
    clock.seconds += 1
    assert accounts.of_session(secret) is None  # what does not count kept it no longer
    secret = accounts.begin_session(anna)
    for _ in range(11):
        clock.seconds += 90
        assert accounts.of_session(secret) == anna
    clock.seconds += 10
    assert accounts.of_session(secret) is None  # used, but 1,000 seconds old
    assert accounts.about(anna)["sessions"] == 0
    accounts.begin_session(anna)
    assert len(accounts._rows("SELECT secret FROM sessions")) == 1  # those that have ended are gone


def test_sessions_survive_a_restart_and_end_with_a_logout(
    accounts: Accounts, tmp_path: Path, clock: Clock
) -> None:
    anna = accounts.add("anna", GOOD)
    one, two = accounts.begin_session(anna), accounts.begin_session(anna)
    again = Accounts(tmp_path / "runtime" / "accounts.db", clock)
    assert again.of_session(one) == anna
    again.end_session(one)
    assert accounts.of_session(one) is None
    assert accounts.of_session(two) == anna
    for wrong in ("", one, two[:-1], "\ud800", two + "x"):
        assert accounts.of_session(wrong) is None


def test_sessions_of_one_account_are_bounded(accounts: Accounts, clock: Clock) -> None:
    anna, bert = accounts.add("anna", GOOD), accounts.add("bert", GOOD)
    his, first = accounts.begin_session(bert), accounts.begin_session(anna)
    for _ in range(MOST_SESSIONS):
        clock.seconds += 1
        last = accounts.begin_session(anna)
    assert accounts.of_session(first) is None
    assert accounts.of_session(last) == anna
    assert accounts.of_session(his) == bert
    assert accounts.about(anna)["sessions"] == MOST_SESSIONS


def test_another_password_and_removal_end_sessions(accounts: Accounts) -> None:
    anna, bert = accounts.add("anna", GOOD), accounts.add("bert", GOOD)
    hers, his, token = accounts.begin_session(anna), accounts.begin_session(bert), accounts.make_token("anna")
    accounts.change_password("anna", "tout autre chose")
    assert accounts.of_session(hers) is None
    assert accounts.check("anna", GOOD) is None
    assert accounts.check("anna", "tout autre chose") == anna
    assert accounts.of_token(token) == anna
    hers = accounts.begin_session(anna)
    accounts.remove("anna")
    assert accounts.of_session(hers) is None
    assert accounts.of_token(token) is None
    assert accounts.check("anna", "tout autre chose") is None
    assert accounts.of_session(his) == bert
    assert accounts.add("anna", GOOD).id != anna.id  # who comes later owns nothing of hers
    for change in (accounts.remove, accounts.make_token, accounts.revoke_token):
        with pytest.raises(AccountError, match="no account 'carl'"):
            change("carl")


def test_one_token_an_account(accounts: Accounts) -> None:
    anna = accounts.add("anna", GOOD)
    first = accounts.make_token("anna")
    assert accounts.of_token(first) == anna
    second = accounts.make_token("anna")
    assert accounts.of_token(first) is None
    assert accounts.of_token(second) == anna
    accounts.revoke_token("anna")
    for token in (second, "", "None"):
        assert accounts.of_token(token) is None


@pytest.mark.parametrize("bad", ["garbage", "folder", "cut", "emptied"])
def test_a_bad_file_lets_nobody_in(accounts: Accounts, tmp_path: Path, bad: str) -> None:
    file = tmp_path / "runtime" / "accounts.db"
    secret = accounts.begin_session(accounts.add("anna", GOOD))
    if bad == "cut":
        file.write_bytes(file.read_bytes()[:5000])
    elif bad == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes(b"no database " * 1000 if bad == "garbage" else b"")
    for call in (
        lambda: accounts.exist(), lambda: accounts.check("anna", GOOD), lambda: accounts.of_session(secret),
        lambda: accounts.of_token("x"), lambda: accounts.all(),
    ):  # fmt: skip
        with pytest.raises(AccountsUnavailable, match=r"accounts\.db"):
            call()
    assert [path.name for path in file.parent.iterdir()] == ["accounts.db"]  # nothing is set aside


def test_a_full_disk_is_told(
    accounts: Accounts, full_disk: Callable[[int], AbstractContextManager[None]]
) -> None:
    accounts.add("anna", GOOD)
    with full_disk(100), pytest.raises(AccountsUnavailable):
        accounts.add("bert", GOOD)
    accounts.add("bert", GOOD)


def test_a_file_that_another_process_writes_is_waited_for(accounts: Accounts, tmp_path: Path) -> None:
    anna = accounts.add("anna", GOOD)
    secret = accounts.begin_session(anna)
    with closing(sqlite3.connect(tmp_path / "runtime" / "accounts.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert accounts.of_session(secret, counts=False) == anna
        other.rollback()


def test_check_password_names_the_bounds() -> None:
    with pytest.raises(AccountError, match="10 to 200"):
        check_password("court", "anna")
