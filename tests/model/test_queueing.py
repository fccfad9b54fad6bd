from __future__ import annotations

from answering.scripted import ScriptedModel

from assistant.model.queueing import ModelQueue, QueuedModel
from assistant.types import Message

HELLO = [Message("user", "Bonjour")]


def test_first_come_first_served_and_a_turn_lasts_as_long_as_its_question() -> None:
    queue = ModelQueue()
    model = ScriptedModel("un", "deux", "trois", "quatre")
    first, second, third = (QueuedModel(model, queue) for _ in range(3))
    assert "".join(chunk.text for chunk in first.stream(HELLO)) == "un"
    waiting, last = second.stream(HELLO), third.stream(HELLO)
    assert (next(waiting).text, next(last).text) == ("", "")
    assert (first.before, second.before, third.before) == (0, 1, 2)
    assert "".join(chunk.text for chunk in first.stream(HELLO)) == "deux"  # it has its turn still
    second.close()  # it goes away while it waits
    assert third.before == 1
    first.close()
    assert third.before == 0
    assert "".join(chunk.text for chunk in last) == "trois"
    third.close()
    assert len(queue) == 0


def test_as_many_as_the_server_answers_at_once() -> None:
    queue = ModelQueue(at_once=2)
    model = ScriptedModel("un", "deux", "trois")
    questions = [QueuedModel(model, queue) for _ in range(3)]
    streams = [question.stream(HELLO) for question in questions]
    assert [next(stream).text for stream in streams] == ["un", "deux", ""]
    assert [question.before for question in questions] == [0, 0, 1]


def test_a_question_that_never_asks_the_model_keeps_nobody_waiting() -> None:
    queue = ModelQueue()
    idle, asking = QueuedModel(ScriptedModel(), queue), QueuedModel(ScriptedModel("un"), queue)
    assert idle.name == "scripted:1b"
    assert "".join(chunk.text for chunk in asking.stream(HELLO)) == "un"
