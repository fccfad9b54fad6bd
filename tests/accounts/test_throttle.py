"""Logins that fail slow down, for a name and for an address, in bounded memory."""

from __future__ import annotations

import pytest

from assistant.accounts.throttle import (
    FREE,
    MOST_REMEMBERED,
    SECONDS_ADDRESS,
    SECONDS_NAME,
    SECONDS_REMEMBERED,
    Throttle,
    network_of,
)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(clock)


def fail(
    throttle: Throttle, clock: Clock, times: int, name: str = "anna", address: str = "192.0.2.1"
) -> float:
    """Fail so often, waiting as long as one must; return the seconds that were waited."""
    waited = 0.0
    for _ in range(times):
        wait = throttle.attempt(name, address)
        if wait:
            clock.seconds += wait
            waited += wait
            assert throttle.attempt(name, address) == 0
    return waited


def test_a_few_failures_cost_nothing_then_the_wait_doubles(throttle: Throttle, clock: Clock) -> None:
    assert fail(throttle, clock, FREE) == 0
    waits = []
    for _ in range(5):
        wait = throttle.attempt("anna", "192.0.2.1")
        assert throttle.attempt("anna", "192.0.2.1") == wait  # what is refused is not counted
        waits.append(wait)
        clock.seconds += wait
        assert throttle.attempt("anna", "192.0.2.1") == 0
    assert waits == [1, 2, 4, 8, 16]


def test_a_name_is_never_shut_out_for_long(throttle: Throttle, clock: Clock) -> None:
    """From many addresses: each is new, so only the name slows down."""
    for number in range(200):
        fail(throttle, clock, 1, address=f"198.51.{number}.1")
    assert throttle.attempt("anna", "203.0.113.9") <= SECONDS_NAME


def test_an_address_that_tries_many_names_slows_down(throttle: Throttle, clock: Clock) -> None:
    for number in range(60):
        fail(throttle, clock, 1, name=f"name{number}")
    assert SECONDS_NAME < throttle.attempt("another", "192.0.2.1") <= SECONDS_ADDRESS
    assert throttle.attempt("another", "192.0.2.2") == 0


def test_attempts_at_the_same_time_are_counted_before_they_are_answered(throttle: Throttle) -> None:
    allowed = [throttle.attempt("anna", "192.0.2.1") == 0 for _ in range(50)]
    assert sum(allowed) == FREE


def test_success_forgets_the_name_and_not_the_address(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, clock, FREE - 1, name="anna")
    assert throttle.attempt("bert", "192.0.2.1") == 0
    throttle.succeeded("bert", "192.0.2.1")
    assert throttle.attempt("anna", "192.0.2.9") == 0  # the fifth for the name
    assert throttle.attempt("anna", "192.0.2.8") > 0
    assert throttle.attempt("carl", "192.0.2.1") == 0  # the fifth of the address
    assert throttle.attempt("dora", "192.0.2.1") > 0
    clock.seconds += 5
    assert throttle.attempt("anna", "192.0.2.1") == 0
    throttle.succeeded("anna", "192.0.2.1")
    assert throttle.attempt("anna", "192.0.2.7") == 0


def test_logging_in_between_does_not_help_who_guesses(throttle: Throttle, clock: Clock) -> None:
    guesses = 0
    while clock.seconds < 3000:
        fail(throttle, clock, 1, name="mallory")
        throttle.succeeded("mallory", "192.0.2.1")
        fail(throttle, clock, 1, name=f"victim{guesses}")
        guesses += 1
    assert guesses < 25


def test_failures_are_forgotten_after_a_while(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, clock, 12)
    clock.seconds += SECONDS_REMEMBERED + 1
    assert fail(throttle, clock, FREE) == 0


def test_memory_is_bounded(throttle: Throttle) -> None:
    for number in range(MOST_REMEMBERED * 2):
        throttle.attempt(f"name{number}" + "x" * 10_000, f"192.0.{number // 250}.{number % 250}")
    assert len(throttle) == MOST_REMEMBERED
    assert max(len(key) for _, key in throttle._failures) <= 80


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::/64"), ("2001:db8::ffff:1", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%eth0", "fe80::/64"), ("", ""), ("unix:/x", ""),
    ],
)  # fmt: skip
def test_an_address_of_version_6_is_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
