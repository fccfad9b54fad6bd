"""The Gradio interface: its parts, and what its events do."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, suppress
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..errors import ConversationsUnavailable
from ..types import Event, Finished, Json, Turn
from .answers import TurnView
from .chat import Session, explained, patch, proved, stream
from .checked import checked_patch, with_places
from .templates import render, short
from .texts import Texts, texts_for

if TYPE_CHECKING:
    import gradio

    from .desk import Desk

AT_ONCE = 8
"""Questions answered at the same time; the model's server queues what it cannot do in parallel."""


def static(name: str) -> str:
    """A file that is part of the page."""
    return (files(__package__) / "static" / name).read_text("utf-8")


class Page:
    """The interface and what its events do."""

    def __init__(self, desk: Desk, language_default: str) -> None:
        # Gradio reads the annotations of the events below, so its name must stand in this module, but only
        # now: it is slow to import
        global gradio
        import gradio

        self.desk = desk
        self.language_default = language_default

    def blocks(self, i18n: Callable[[str], Any]) -> gradio.Blocks:
        """The interface, bound to its events."""
        with gradio.Blocks(title="Assistant", analytics_enabled=False, fill_width=True) as blocks:
            session = gradio.State(Session())
            gradio.HTML(
                html_template=render("shell.html", part="masthead"),
                js_on_load=None,
                apply_default_css=False,
                elem_id="top",
            )
            with gradio.Row(elem_id="desk"):
                with gradio.Column(elem_id="talk"), gradio.Tabs(elem_id="tabs"):
                    with gradio.Tab(i18n("tab_ask"), id="ask"):
                        self._ask_tab(i18n, session)
                    with gradio.Tab(i18n("tab_check"), id="check"):
                        self._check_tab(i18n)
                with gradio.Column(elem_id="side"):
                    gradio.HTML(
                        html_template=render("shell.html", part="side"),
                        js_on_load=None,
                        apply_default_css=False,
                    )
        blocks.queue(max_size=64, default_concurrency_limit=AT_ONCE, api_open=False)
        made: gradio.Blocks = blocks
        return made

    def _ask_tab(self, i18n: Callable[[str], Any], session: gradio.State) -> None:
        conversation = gradio.HTML(
            html_template=render("shell.html"),
            js_on_load=static("page.js"),
            apply_default_css=False,
            elem_id="conversation",
        )
        with gradio.Row(elem_id="composer"):
            question = gradio.Textbox(
                show_label=False,
                label=i18n("question_label"),
                placeholder=i18n("question_placeholder"),
                lines=1,
                max_lines=8,
                autofocus=True,
                elem_id="question",
            )
            send = gradio.Button(i18n("send"), variant="primary", elem_id="send")
            stop = gradio.Button(i18n("stop"), interactive=False, elem_id="stop")
            hint = gradio.HTML("", elem_id="hint", apply_default_css=False, js_on_load=None)
        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        slow: dict[str, Any] = {
            "show_progress": "hidden", "api_visibility": "private", "concurrency_limit": AT_ONCE,
        }  # fmt: skip
        answering = gradio.on(
            [send.click, question.submit],
            self.answer,
            [question, session],
            [conversation, question, send, stop, hint],
            **slow,
        )
        answering.then(self.rest, [session], [send, stop], **quick)
        stop.click(self.stop, [session], [conversation, send, stop], cancels=[answering], **quick)
        outputs = [conversation, send, stop]
        conversation.restore(self.restore, [session], outputs, cancels=[answering], **quick)
        conversation.fresh(self.fresh, [session], outputs, cancels=[answering], **quick)

    def _check_tab(self, i18n: Callable[[str], Any]) -> None:
        gradio.HTML('<p class="hint" data-text="check_more"></p>', apply_default_css=False, js_on_load=None)
        text = gradio.Textbox(
            label=i18n("check_label"),
            placeholder=i18n("check_placeholder"),
            lines=8,
            max_lines=24,
            elem_id="check-text",
        )
        button = gradio.Button(i18n("check_button"), variant="primary", elem_id="check")
        checked = gradio.HTML(
            html_template=render("shell.html", part="checked"),
            js_on_load=static("page.js"),
            apply_default_css=False,
            elem_id="checked",
        )
        button.click(
            self.check,
            [text],
            [checked],
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=AT_ONCE,
        )

    def _texts(self, request: gradio.Request) -> Texts:
        return texts_for(request.headers.get("accept-language"), self.language_default)

    # ------------------------------------------------------------------ events

    async def answer(
        self, question: str, session: Session, request: gradio.Request
    ) -> AsyncGenerator[tuple[Any, ...]]:
        """Stream the answer; the box is emptied once it has begun, so that a question that is not taken stays there."""
        texts, nothing = self._texts(request), gradio.skip()
        question = question.strip()
        if session.current is not None and session.current.busy:
            yield (nothing,) * 5
            return
        if not question:
            yield nothing, nothing, nothing, nothing, escape(texts.empty_question)
            return
        view = session.begin(question)
        if any(part.state == "loading" and part.name != "model" for part in self.desk.state()):
            view.notices.append(texts.waiting_parts)
        taken: tuple[Any, ...] = ("", gradio.update(interactive=False), gradio.update(interactive=True), "")
        async for change in stream(view, self._events(session, question), texts, self._keep(session)):
            yield (nothing if change is None else change, *taken)
            taken = (nothing,) * 4

    def _events(self, session: Session, question: str) -> Callable[[], Iterator[Event]]:
        def events() -> Iterator[Event]:
            history: list[Turn] = []
            if session.conversation:
                with suppress(ConversationsUnavailable):  # the answer says that nothing can be kept
                    history = self.desk.conversations.history(session.conversation)
            return self.desk.ask(question, history)

        return events

    def _keep(self, session: Session) -> Callable[[Finished], str | None]:
        def keep(event: Finished) -> str | None:
            session.conversation = session.conversation or self.desk.conversations.start()
            kept: str = self.desk.conversations.keep(session.conversation, event.answer)
            return kept

        return keep

    def rest(self, session: Session) -> tuple[Any, Any]:
        """Give the send button back."""
        busy = session.current is not None and session.current.busy
        return gradio.update(interactive=not busy), gradio.update(interactive=busy)

    def stop(self, session: Session, request: gradio.Request) -> tuple[Any, Any, Any]:
        """Show what was written until now; the cancelled event closes the iterator, which stops the model."""
        view = session.current
        if view is not None and view.busy:
            view.state = "stopped"
        change = gradio.skip() if view is None else patch(view, self._texts(request))
        return change, *self.rest(session)

    def restore(
        self, session: Session, request: gradio.Request, event: gradio.EventData
    ) -> tuple[Any, Any, Any]:
        """Show an earlier conversation and go on with it."""
        session.conversation, session.current = str(event.conversation or ""), None
        texts = self._texts(request)
        try:
            exchanges = self.desk.conversations.load(session.conversation)
        except ConversationsUnavailable as error:
            failed = TurnView("failed", "", state="failed", error=str(error))
            return {"turns": [patch(failed, texts)]}, *self.rest(session)
        changes = []
        for exchange in exchanges:
            view = session.begin(exchange.question)
            view.state, view.answer, view.kept, view.thumb = (
                "done",
                exchange.answer,
                exchange.id,
                exchange.thumb,
            )
            view.notices = list(exchange.answer["warnings"])
            changes.append(patch(view, texts))
        return {"turns": changes}, *self.rest(session)

    def fresh(self, session: Session) -> tuple[Any, Any, Any]:
        """Begin a new conversation."""
        session.conversation, session.current = "", None
        return {"turns": []}, *self.rest(session)

    async def check(self, text: str, request: gradio.Request) -> AsyncGenerator[Any]:
        """Prove a text that was pasted; closing the page ends it."""
        texts = self._texts(request)
        view = TurnView("check", "", state="failed")

        def said(html: str) -> Json:
            return {**patch(view, texts), "html": html}

        if not text.strip():
            view.error = texts.check_empty
            yield said(f'<p class="hint">{escape(texts.check_empty)}</p>')
            return
        yield said(f'<p class="status">{escape(texts.checking)}</p>')

        def prove(progress: Callable[[int, int], None]) -> Json:
            return with_places(self.desk.check(text, progress), self.desk.article)

        async with aclosing(proved(prove)) as proof:
            async for result in proof:
                if isinstance(result, BaseException):
                    view.error = explained(result, texts)
                    yield said(f'<p class="error" role="alert">{escape(short(view.error))}</p>')
                else:
                    yield gradio.skip() if result is None else checked_patch(result, texts)
