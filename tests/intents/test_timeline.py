"""A timeline: which lines are events, and when each happened."""

from __future__ import annotations

import re
from pathlib import Path

from .test_kinds import tell_of

HEAD = "---\ntitle: {}\npublished: {}\nlanguage: en\n---\n\n"


def lines(tmp_path: Path, files: dict[str, str], message: str) -> list[str]:
    return re.findall(r"^- (.*)", tell_of(tmp_path, files, "timeline", message).text, re.MULTILINE)


def test_an_article_about_the_subject_that_dates_nothing_is_an_event(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("Harbour Ferry opens to everyone", "2021-05-04")
        + "The boats cross the bay every hour and carry bicycles free of charge.\n",
        "b.md": HEAD.format("Harbour Ferry counts its guests", "2022-06-07")
        + "In March 2022 the Harbour Ferry carried its millionth guest across the bay.\n",
    }
    told = lines(tmp_path, files, "Timeline of the Harbour Ferry")
    assert [line.partition(":")[0] for line in told] == [
        "4 May 2021 — Harbour Ferry opens to everyone",
        "March 2022",
    ]


def test_an_article_that_names_the_subject_in_passing_is_no_event(tmp_path: Path) -> None:
    other = " ".join(
        f"The market sells fruit number {number} to the town on that day." for number in range(9)
    )
    files = {
        "a.md": HEAD.format("Harbour Ferry opens", "2021-05-04") + "The boats cross the bay every hour.\n",
        "b.md": HEAD.format("The market", "2023-06-07") + f"{other} Some guests come by the Harbour Ferry.\n",
    }
    assert len(lines(tmp_path, files, "Timeline of the Harbour Ferry")) == 1


def test_links_and_what_someone_else_did_are_no_events(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("A day at the bay", "2021-05-04")
        + "Read more:\n\nHarbour Ferry opens its doors (May 2019)\nHarbour Ferry closes them (June 2020)\n\n"
        + "In July 2020, she saw a film about the Harbour Ferry with friends.\n\n"
        + "In August 2020, the Harbour Ferry carried its millionth guest.\n",
    }
    told = lines(tmp_path, files, "Timeline of the Harbour Ferry")
    assert any(line.startswith("August 2020") for line in told)
    assert not any(re.match(r"May 2019|June 2020|July 2020", line) for line in told)


def test_since_its_opening_is_no_part_of_what_was_opened(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("News of the Ferry", "2021-05-04") + "In May 2019 the Ferry crossed the bay.\n"
    }
    assert lines(tmp_path, files, "Timeline of the Ferry since its opening")[0].startswith("May 2019:")


def test_a_version_is_named_by_its_corrections(tmp_path: Path) -> None:
    files = {
        name: HEAD.format(f"Ferry {version} released", day)
        + f"The ferry timetable {version} can be had now.\n"
        for name, version, day in (("a.md", "7.12.0", "2021-05-04"), ("b.md", "7.13.0", "2022-05-04"))
    }
    told = lines(tmp_path, files, "Timeline of Ferry 7.12")
    assert [line.partition(":")[0] for line in told] == ["4 May 2021 — Ferry 7.12.0 released"]


def test_the_first_days_of_a_thing_are_of_that_thing(tmp_path: Path) -> None:
    text = (
        "---\ntitle: Corvane\npublished: 2016-04-08\nlanguage: en\n---\n\n"
        "The strike began on 31 March 2016. The strike ended on 2 April 2016.\n"
    )
    answer = tell_of(tmp_path, {"a.md": text}, "timeline", "Retrace the first days of the strike")
    assert "31 March 2016" in answer.text
    assert answer.text.count("\n- ") == 2
