"""The prompt is as long as the machine reads in time, no longer."""

from __future__ import annotations

from pathlib import Path

from assistant.composition.budget import FIRST_GUESS_SPEED, PromptBudget
from assistant.types import Message


def test_a_new_machine_is_taken_for_a_slow_one() -> None:
    budget = PromptBudget(first_token_seconds=15)
    assert budget.limit(4096, 400) == 15 * FIRST_GUESS_SPEED


def test_a_fast_machine_fills_the_window() -> None:
    budget = PromptBudget(first_token_seconds=15)
    budget.learn(characters=3000, cached_characters=0, tokens=1000, seconds=0.1)
    assert budget.speed == 10_000
    assert budget.limit(4096, 400) == 3696


def test_a_prompt_served_from_the_cache_teaches_nothing_about_speed() -> None:
    budget = PromptBudget(first_token_seconds=15)
    budget.learn(3000, 0, 1000, 20.0)
    budget.learn(3000, 0, 1000, 0.05)
    assert budget.speed == 50


def test_characters_a_token_are_learnt_on_the_safe_side() -> None:
    budget = PromptBudget(first_token_seconds=15)
    budget.learn(4000, 0, 1000, 20.0)
    budget.learn(2500, 0, 1000, 20.0)
    assert budget.tokens(2500) == 1001
    assert budget.prompt_tokens([Message("user", "x" * 2500)]) > 1000


def test_what_was_learnt_is_kept_by_model(tmp_path: Path) -> None:
    file = tmp_path / "runtime" / "speed.json"
    PromptBudget(15, file, "a").learn(3000, 0, 1000, 10.0)
    PromptBudget(15, file, "b").learn(3000, 0, 1000, 100.0)
    assert PromptBudget(15, file, "a").speed == 100
    assert PromptBudget(15, file, "b").speed == 10


def test_a_damaged_file_is_measured_again(tmp_path: Path) -> None:
    file = tmp_path / "speed.json"
    file.write_text("{half")
    assert PromptBudget(15, file, "a").speed == FIRST_GUESS_SPEED


def test_counts_that_are_missing_or_too_small_are_left_out() -> None:
    budget = PromptBudget(15)
    budget.learn(3000, 0, None, 1.0)
    budget.learn(30, 0, 10, 1.0)
    assert budget.speed == FIRST_GUESS_SPEED
