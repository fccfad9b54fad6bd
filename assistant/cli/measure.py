"""evaluate, compare, questions: how good the answers are."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..addresses import shown
from ..errors import EvaluationError, UsageError
from ..files import write_whole
from . import global_options
from .ask import opened, print_json
from .progress import ProgressPrinter
from .question_sets import questions, texts_of
from .tables import print_comparison, print_table
from .terminal import echo

if TYPE_CHECKING:
    from ..evaluation.evaluation_json import EvaluationJson, Tier
    from ..evaluation.gate import Floor
    from ..evaluation.journal import Journal
    from ..evaluation.other_assistants import OthersProof
    from ..evaluation.questions import Problem, Question
    from ..evaluation.run import Run, Subject
    from ..settings import Settings
    from ..store.sync import Store
    from ..types import Embedder, Json

__all__ = ["compare", "evaluate", "questions"]

FILE = click.Path(path_type=Path, dir_okay=False)
PROBLEMS = 20
"""Problems of the questions that are printed."""


# --------------------------------------------------------------------------- evaluate


@dataclass(frozen=True)
class Plan:
    """The options of `evaluate`."""

    questions: Path
    tier: Tier
    quiet: bool
    answers: Path | None
    report: Path | None
    endpoint: str | None
    baseline: Path | None
    fail_under: tuple[str, ...]
    floors: Path | None
    set_floors: bool
    lower_floors: bool
    kinds: str | None
    limit: int | None
    repeat: int
    seed: int
    judge: str | None


@click.command()
@click.argument("questions", type=FILE)
@click.option(
    "--answers", type=FILE, metavar="FILE", help="Keep the answers here; an interrupted run goes on."
)
@click.option(
    "--report", type=FILE, metavar="FILE", help="Write one HTML page with tables, plots and each question."
)
@click.option(
    "--retrieval-only", is_flag=True, help="Measure the search; no language model, the same every time."
)
@click.option(
    "--evidence-only", is_flag=True, help="Answer with verbatim evidence, without a language model."
)
@click.option("--endpoint", metavar="URL", help="Ask an OpenAI-style server instead of our own assistant.")
@click.option(
    "--baseline", type=FILE, metavar="FILE", help="Fail (3) if worse than this evaluation, beyond doubt."
)
@click.option(
    "--fail-under", multiple=True, metavar="METRIC=X", help="Fail (3) if the metric is worse than X."
)
@click.option("--floors", type=FILE, metavar="FILE", help="Fail (3) if a floor of this file is missed.")
@click.option("--set-floors", is_flag=True, help="Write what was measured into the file of --floors.")
@click.option("--lower-floors", is_flag=True, help="With --set-floors: floors may get lower.")
@click.option("--kinds", metavar="A,B", help="Only questions of these kinds.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N questions, kinds in turn.")
@click.option(
    "--repeat", type=click.IntRange(min=1), default=1, metavar="N", help="Ask each question N times."
)
@click.option("--seed", type=int, default=0, metavar="N", help="For --limit and the intervals.")
@click.option("--judge", metavar="MODEL", help="Let a local model judge the answers too; reported apart.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@global_options
@click.pass_context
def evaluate(ctx: click.Context, /, questions: Path, as_json: bool, **options: Any) -> None:
    """Measure the answers to judged QUESTIONS (JSON Lines)."""
    from .. import wiring

    plan = _plan(questions, bool(ctx.find_root().ensure_object(dict).get("quiet")), options)
    bounds = _bounds(plan)
    settings = wiring.settings_from(ctx)
    data = _evaluated(plan, settings)
    if as_json:
        print_json(data)
    else:
        print_table(data)
    if not data["n"]:
        raise EvaluationError(
            f"No question could be answered. The first failed: {data['failures'][0]['reason']}"
        )
    _hold(data, plan, bounds)


def _plan(questions: Path, quiet: bool, options: Json) -> Plan:
    retrieval, evidence = options.pop("retrieval_only"), options.pop("evidence_only")
    if retrieval + evidence + bool(options["endpoint"]) > 1:
        raise UsageError("Give one of --retrieval-only, --evidence-only and --endpoint, not several.")
    if options["set_floors"] and not options["floors"]:
        raise UsageError("--set-floors needs --floors FILE: say which file to write.")
    tier: Tier = "retrieval" if retrieval else "evidence" if evidence else "answers"
    return Plan(questions=questions, tier=tier, quiet=quiet, **options)


def _evaluated(plan: Plan, settings: Settings) -> EvaluationJson:
    """Ask, measure, write the report. Raises `ModelUnavailable` where a model is needed and none answers."""
    from ..evaluation.questions import check_gold, read_questions
    from ..evaluation.report import report_html, write_report
    from ..evaluation.run import evaluate as run
    from ..evaluation.run import unwatched

    kinds = [kind.strip() for kind in (plan.kinds or "").split(",") if kind.strip()]
    chosen = read_questions(plan.questions).chosen(kinds, plan.limit, plan.seed)
    with opened(settings) as (store, embedder):
        text_of = texts_of(store)
        problems = check_gold(chosen.questions, text_of)
        _print_problems(plan.questions, sorted((*chosen.problems, *problems), key=lambda one: one.line))
        subject = _subject(plan, settings, store, embedder, chosen.questions)
        watch = unwatched if plan.quiet else ProgressPrinter(quiet=False).counted
        done = run(subject, chosen, problems, repeat=plan.repeat, seed=plan.seed, watch=watch)
        if plan.tier == "retrieval" and plan.answers is not None:
            _write_hits(plan.answers, done)
        if plan.judge is not None:
            done = _judged(done, plan.judge, settings, chosen.questions)
        if plan.report is not None:
            title = f"Evaluation of {plan.questions.stem}"
            write_report(plan.report, report_html(done, chosen.questions, text_of, title))
            echo(f"Report: {plan.report}", err=True)
    return done.evaluation.as_json()


def _write_hits(file: Path, done: Run) -> None:
    """One line a question, as the contracts have it: its id and its hits."""
    found = [one.as_json() for one in done.found if one.failure is None]
    records = [{"id": one["id"], "hits": one["hits"]} for one in found]
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    try:
        write_whole(file, "".join(lines))
    except OSError as error:
        raise UsageError(f"{str(file)!r} cannot be written: {error.strerror}. Check the path.") from error


def _print_problems(file: Path, problems: Sequence[Problem]) -> None:
    for problem in problems[:PROBLEMS]:
        echo(f"{file}: {problem}", err=True)
    if len(problems) > PROBLEMS:
        more = len(problems) - PROBLEMS
        echo(f"{file}: {more} more problems (--json lists all; is this the right --store?)", err=True)


def _judged(done: Run, model: str, settings: Settings, asked: tuple[Question, ...]) -> Run:
    """The run with a local judge's opinion. Raises `ModelUnavailable`."""
    from dataclasses import replace

    from .. import wiring
    from ..evaluation.judge import judge

    named = settings.model_copy(update={"model": settings.model.model_copy(update={"name": model})})
    records = [outcome.record for outcome in done.outcomes if outcome.failure is None]
    opinion = judge(wiring.make_model(named), asked, records)
    return replace(done, evaluation=replace(done.evaluation, judge=opinion))


def _subject(
    plan: Plan, settings: Settings, store: Store, embedder: Embedder, questions: tuple[Question, ...]
) -> Subject:
    """The objects to be measured, put together like those that answer."""
    from .. import wiring
    from ..evaluation.fingerprints import corpus_fingerprint, program_fingerprint, run_fingerprint
    from ..evaluation.other_assistants import OthersProof
    from ..evaluation.run import Subject
    from ..evaluation.runner import AssistantAsker, as_in_a_conversation
    from ..intents.subject import frame_stems

    summaries = store.articles()
    fingerprints = {
        "corpus": corpus_fingerprint(store.article(summary.name) for summary in summaries),
        "embedder": embedder.fingerprint,
        "model": None,
        "program": program_fingerprint(),
    }
    chosen = settings_json(settings, embedder.name)
    languages = {summary.name: summary.language for summary in summaries}
    if plan.endpoint is not None:
        check = wiring.make_checker(settings, store, embedder)
        proof = OthersProof(lambda text: check(text, None), wiring.make_batch_prover(settings))
        return _endpoint(plan, settings, questions, languages, fingerprints, proof)
    retriever = wiring.make_retriever(settings, store, embedder)
    known: dict[str, Any] = {"article_languages": languages, "settings": chosen, "fingerprints": fingerprints}
    known["read"] = as_in_a_conversation(store, frame_stems, wiring.make_leans(settings, embedder))
    if plan.tier == "retrieval":
        return Subject(plan.tier, retriever, **known)
    with_model = plan.tier == "answers"
    assistant = wiring.make_assistant(
        settings, store, embedder, with_model=with_model, require_model=with_model
    )
    if assistant.model is not None:
        chosen["model"]["name"] = assistant.model.info.name
        fingerprints["model"] = assistant.model.info.digest
    return Subject(
        plan.tier,
        retriever,
        AssistantAsker(assistant, texts_of(store), require_model=with_model),
        _journal(plan, settings, questions, run_fingerprint(chosen, fingerprints)),
        assistant.prover,
        **known,
    )


def _endpoint(
    plan: Plan,
    settings: Settings,
    questions: tuple[Question, ...],
    languages: Mapping[str, str],
    fingerprints: Mapping[str, str | None],
    proof: OthersProof,
) -> Subject:
    """Another server in our assistant's place; our search and proof judge its answers only after they are kept."""
    from ..evaluation.endpoint import EndpointAsker, models_of
    from ..evaluation.fingerprints import run_fingerprint
    from ..evaluation.run import Subject
    from ..setup import chosen_model

    assert plan.endpoint is not None
    model = settings.model.name
    if model == "auto":
        offered, own = models_of(plan.endpoint), chosen_model(settings.paths.runtime)
        model = own if own is not None and own in offered else offered[0]
    chosen = {"model": {"name": model, "endpoint": shown(plan.endpoint)}}
    asked = dict.fromkeys(fingerprints)
    return Subject(
        plan.tier,
        ask=EndpointAsker(plan.endpoint, model),
        journal=_journal(plan, settings, questions, run_fingerprint(chosen, asked)),
        prove_answer=proof,
        article_languages=languages,
        settings=chosen,
        fingerprints={**fingerprints, "embedder": None, "program": None},
    )


def _journal(plan: Plan, settings: Settings, questions: tuple[Question, ...], run: str) -> Journal:
    """The answers' file: the one asked for, else one of this run's own."""
    from ..evaluation.journal import Journal

    short = run.removeprefix("sha256:")[:12]
    own = settings.paths.runtime / "evaluations" / f"{plan.questions.stem}-{plan.tier}-{short}.jsonl"
    return Journal(plan.answers or own, run, questions)


def settings_json(settings: Settings, embedder: str) -> Json:
    """The settings on which hits and answers depend."""
    kept = settings.model_dump(mode="json", include={"search", "splitter", "answer", "model"})
    for name in ("host", "keep_alive"):
        kept["model"].pop(name, None)
    return {**kept, "embedder": {"name": embedder}}


@dataclass(frozen=True)
class Bounds:
    """What the numbers are held against."""

    floors: list[Floor]
    fingerprints: Mapping[str, object]
    """Of the run that set the floors of the file."""
    baseline: EvaluationJson | None


def _bounds(plan: Plan) -> Bounds:
    """Read before anything is asked: a wrong file must not cost an hour of answers."""
    from ..evaluation.comparison import read_evaluation
    from ..evaluation.gate import parse_floor, read_floors

    floors = [parse_floor(text) for text in plan.fail_under]
    fingerprints: Mapping[str, object] = {}
    if plan.floors is not None and not plan.set_floors:
        more, fingerprints = read_floors(plan.floors, plan.tier)
        if not more:
            raise EvaluationError(
                f"The file {str(plan.floors)!r} holds no floors for the tier {plan.tier!r}. "
                "Set them with --set-floors."
            )
        floors += more
    return Bounds(floors, fingerprints, read_evaluation(plan.baseline) if plan.baseline else None)


def _hold(data: EvaluationJson, plan: Plan, bounds: Bounds) -> None:
    """The gate. Raises `FloorMissed`."""
    from ..evaluation.gate import dropped, hold, missed_floors, note_of_change, set_floors

    if plan.floors is not None and plan.set_floors:
        for line in set_floors(plan.floors, data, lower=plan.lower_floors):
            echo(line, err=True)
    note = note_of_change(bounds.fingerprints, data)
    missed = missed_floors(data, bounds.floors)
    if bounds.baseline is not None:
        missed += dropped(data, bounds.baseline, plan.seed)
        sides = ({one["id"] for one in side["questions"]} for side in (data, bounds.baseline))
        shared = len(set.intersection(*sides))
        if shared < max(data["n"], bounds.baseline["n"]):
            note += f" The baseline was compared on the {shared} questions that both runs have."
    hold(missed, _closer(plan), note)
    if bounds.floors:
        echo(f"Every floor is held ({len(bounds.floors)}).{note}", err=True)
    elif bounds.baseline is not None:
        echo(f"Nothing is worse than in the baseline, beyond doubt.{note}", err=True)


def _closer(plan: Plan) -> str:
    """The command that shows which questions did badly."""
    tier = {"retrieval": ["--retrieval-only"], "evidence": ["--evidence-only"], "answers": []}[plan.tier]
    limits = [f"--kinds={plan.kinds}"] if plan.kinds else []
    limits += [f"--limit={plan.limit}", f"--seed={plan.seed}"] if plan.limit else []
    return shlex.join(
        ["assistant", "evaluate", str(plan.questions), *tier, *limits, "--report", "report.html"]
    )


# --------------------------------------------------------------------------- compare


@click.command()
@click.argument("first", type=FILE, metavar="A.json")
@click.argument("second", type=FILE, metavar="B.json")
@click.option("--seed", type=int, default=0, metavar="N", help="For the intervals.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@global_options
def compare(first: Path, second: Path, seed: int, as_json: bool) -> None:
    """Compare evaluation B with evaluation A, question by question."""
    from ..evaluation.comparison import compare as compared
    from ..evaluation.comparison import read_evaluation

    sides = read_evaluation(first), read_evaluation(second)
    data = compared(*sides, seed)
    if as_json:
        print_json(data)
    else:
        texts = {one["id"]: one.get("question", "") for side in sides for one in side["questions"]}
        print_comparison(data, texts)
