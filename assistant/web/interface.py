"""The Gradio interface: its parts, and what its events do."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from ..answer_json import PlacedJson
from ..errors import ConversationsUnavailable
from ..types import Finished, Json
from .answers import TurnView
from .asking import PageQuestion, filters_json, kept_events, limits_named
from .assets import static
from .chat import Session, explained, patch, proved, stream
from .checked import checked_patch, with_places
from .ownership import mine
from .restoring import MORE_TURNS, restored
from .templates import render, short
from .texts import Texts, texts_for

if TYPE_CHECKING:
    import gradio

    from ..conversations.conversations import Conversations
    from .backend import Backend

AT_ONCE = 64
"""Questions searched and answered at the same time; those who want the model wait for it in a queue of their own."""
CHECKS_AT_ONCE = 8
PAGES_KEPT = 1_000
"""Opened pages of which Gradio keeps what it knows, some 60 kB each; the one not used for longest is forgotten first."""


SCRIPTS = (
    "turns",
    "reader",
    "notes",
    "asking",
    "keeping",
    "models",
    "catalogue",
    "curating",
    "account",
    "lost",
    "looks",
    "page",
)
"""Parts of the page's program, in the order in which they run; they share one scope."""


@cache
def script() -> str:
    """What runs once for each place that shows answers; the program itself only once."""
    program = "\n".join(static(f"{name}.js") for name in SCRIPTS)
    return f"window.assistantPage ??= (() => {{\n{program}\n}})();\n{static('place.js')}"


class Page:
    """The interface and what its events do."""

    def __init__(self, backend: Backend, language_default: str) -> None:
        # Gradio reads the annotations of the events below, so its name must stand in this module, but only
        # now: it is slow to import
        global gradio
        import gradio

        self.backend = backend
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
                    with gradio.Tab(i18n("tab_articles"), id="articles"):
                        gradio.HTML(
                            html_template=render("shell.html", part="articles"),
                            js_on_load="window.assistantPage.catalogue(element);",
                            apply_default_css=False,
                            elem_id="articles",
                        )
                with gradio.Column(elem_id="side"):
                    gradio.HTML(
                        html_template=render("shell.html", part="side"),
                        js_on_load=None,
                        apply_default_css=False,
                    )
        blocks.queue(max_size=64, default_concurrency_limit=AT_ONCE, api_open=False)
        blocks.state_session_capacity = PAGES_KEPT
        made: gradio.Blocks = blocks
        return made

    def _ask_tab(self, i18n: Callable[[str], Any], session: gradio.State) -> None:
        conversation = gradio.HTML(
            html_template=render("shell.html"),
            js_on_load=script(),
            apply_default_css=False,
            elem_id="conversation",
        )
        with gradio.Row(elem_id="composer"):
            gradio.HTML(
                html_template=render("shell.html", part="composer"),
                js_on_load=None,
                apply_default_css=False,
                elem_id="above",
            )
            gradio.Textbox(
                show_label=False,
                label=i18n("question_label"),
                placeholder=i18n("question_placeholder"),
                lines=1,
                max_lines=8,
                autofocus=True,
                elem_id="question",
            )
            # page.js asks: what is in the box, a question asked again, or the next one in the queue
            gradio.Button(i18n("send"), variant="primary", elem_id="send")
            stop = gradio.Button(i18n("stop"), elem_id="stop")
        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        slow: dict[str, Any] = {
            "show_progress": "hidden", "api_visibility": "private", "concurrency_limit": AT_ONCE,
            "trigger_mode": "multiple",  # else the page drops what is asked before the event before is closed
        }  # fmt: skip
        answering = conversation.ask(self.answer, [session], [conversation], **slow)
        stop.click(self.stop, [session], [conversation], cancels=[answering], **quick)
        conversation.restore(self.restore, [session], [conversation], cancels=[answering], **quick)
        conversation.earlier(self.earlier, [session], [conversation], **quick)
        conversation.fresh(self.fresh, [session], [conversation], cancels=[answering], **quick)

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
            js_on_load=script(),
            apply_default_css=False,
            elem_id="checked",
        )
        button.click(
            self.check,
            [text],
            [checked],
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=CHECKS_AT_ONCE,
        )

    def _texts(self, request: gradio.Request) -> Texts:
        return texts_for(request.headers.get("accept-language"), self.language_default)

    # ------------------------------------------------------------------ events

    async def answer(
        self, session: Session, request: gradio.Request, event: gradio.EventData
    ) -> AsyncGenerator[Any]:
        """Stream the answer to what the page asks."""
        asked, texts = PageQuestion.of(event), self._texts(request)
        if session.busy or not asked.question:
            why = texts.not_taken_busy if asked.question else texts.empty_question
            yield {"said": why, "question": asked.question}
            return
        conversations = mine(self.backend, request.username)
        session.conversation = session.conversation or conversations.start()
        view = session.begin(asked.question)
        view.filters = filters_json(asked.filters)
        view.limits = limits_named(view.filters, texts)
        if any(part.state == "loading" and part.name != "model" for part in self.backend.state()):
            view.notices.append(texts.waiting_parts)
        events = kept_events(self.backend, conversations, session, view, asked)
        async for change in stream(view, events, texts, self._keep(conversations, session, view)):
            yield gradio.skip() if change is None else change
        if session.current is view:
            session.current = None  # Gradio keeps the session for an hour after its page has gone

    def _keep(
        self, conversations: Conversations, session: Session, view: TurnView
    ) -> Callable[[Finished], str | None]:
        def keep(event: Finished) -> str | None:
            begun = session.kept.get(view.key)
            kept: str = conversations.keep(view.conversation, event.answer, begun, view.filters)
            session.kept[view.key] = kept
            return kept

        return keep

    def stop(self, session: Session, request: gradio.Request) -> Any:
        """Show what was written until now; the cancelled event closes the iterator, which stops the model."""
        view = session.current
        if view is None:
            return gradio.skip()
        if view.busy:
            view.state = "stopped"
        return patch(view, self._texts(request))

    def restore(self, session: Session, request: gradio.Request, event: gradio.EventData) -> Any:
        """Show an earlier conversation and go on with it."""
        session.leave()
        texts, wanted = self._texts(request), str(event.conversation or "")
        try:
            conversations = mine(self.backend, request.username)
            exchanges, filters = conversations.load(wanted), conversations.filters(wanted)
        except ConversationsUnavailable as error:
            failed = TurnView("failed", "", state="failed", error=explained(error, texts))
            return {"turns": [patch(failed, texts)]}
        if not exchanges:
            return {"turns": [], "conversation": "", "said": texts.no_such_conversation}
        session.resume(wanted, [exchange.id for exchange in exchanges])
        changes, left = restored(self.backend, exchanges, texts)
        return {"turns": changes, "left": left, "conversation": wanted, "filters": filters}

    def earlier(self, session: Session, request: gradio.Request, event: gradio.EventData) -> Any:
        """Show more of the open conversation: some turns before the one numbered `before`."""
        texts = self._texts(request)
        try:
            exchanges = mine(self.backend, request.username).load(session.conversation)
        except ConversationsUnavailable as error:
            return {"earlier": [], "said": texts.problem(error)}
        changes, left = restored(self.backend, exchanges[: event.before or 0], texts, MORE_TURNS)
        return {"earlier": changes, "left": left}

    def fresh(self, session: Session) -> Any:
        """Begin a new conversation."""
        session.leave()
        return {"turns": [], "conversation": "", "filters": None}

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

        def prove(progress: Callable[[int, int], None]) -> PlacedJson:
            return with_places(self.backend.check(text, progress), self.backend.article)

        async with aclosing(proved(prove)) as proof:
            async for result in proof:
                if isinstance(result, BaseException):
                    view.error = explained(result, texts)
                    yield said(f'<p class="error" role="alert">{escape(short(view.error))}</p>')
                else:
                    yield gradio.skip() if result is None else checked_patch(result, texts)
