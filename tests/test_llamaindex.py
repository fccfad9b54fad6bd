"""Our search inside LlamaIndex's own query engine."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbedder
from llama_index.core.evaluation import RetrieverEvaluator
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer

from assistant.llamaindex import ArticleRetriever
from assistant.model.ollama import OllamaModel
from assistant.search.hybrid import HybridRetriever
from assistant.settings import PROJECT
from assistant.store.embedding import SentenceTransformerEmbedder
from assistant.store.sync import Store, sync
from assistant.types import Message


class Echo(CustomLLM):
    """A language model that answers with its prompt."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=4096, num_output=256)

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        return CompletionResponse(text=prompt)

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:
        yield CompletionResponse(text=prompt, delta=prompt)


class OurModel(Echo):
    """Our language model as LlamaIndex calls one."""

    model: Any

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        chunks = self.model.stream([Message("user", prompt)], max_tokens=60)
        return CompletionResponse(text="".join(chunk.text for chunk in chunks))


def engine(store: Store, model: CustomLLM) -> RetrieverQueryEngine:
    retriever = ArticleRetriever(HybridRetriever(store, FakeEmbedder()), top_k=2)
    return RetrieverQueryEngine(
        retriever, get_response_synthesizer(llm=model, response_mode=ResponseMode.COMPACT)
    )


def test_nodes_say_where_they_stand(sample_store: Store) -> None:
    nodes = ArticleRetriever(HybridRetriever(sample_store, FakeEmbedder())).retrieve(
        "Who saw the wild horses?"
    )
    first = nodes[0]
    assert first.score is not None
    assert first.metadata["article"] == "horses.md"
    assert first.metadata["title"] == "Horses in the field"
    assert first.metadata["published"] == "2024-06-02"
    article = sample_store.article("horses.md")
    assert first.text == article.text[first.metadata["start"] : first.metadata["end"]]
    assert [node.score for node in nodes] == sorted((node.score or 0 for node in nodes), reverse=True)
    assert len({node.node_id for node in nodes}) == len(nodes)


def test_it_feeds_llama_index_query_engine(sample_store: Store) -> None:
    response = engine(sample_store, Echo()).query("Who saw the wild horses?")
    assert "Twelve wild horses crossed the river" in str(response)
    assert "published: 2024-06-02" in str(response)
    assert response.source_nodes[0].metadata["article"] == "horses.md"
    assert len(response.source_nodes) == 2


def test_llama_index_evaluates_it(sample_store: Store) -> None:
    retriever = ArticleRetriever(HybridRetriever(sample_store, FakeEmbedder()), top_k=3)
    question = "Who saw the wild horses?"
    wanted = sample_store.passages_of("horses.md")[0].id
    evaluator = RetrieverEvaluator.from_metric_names(["hit_rate", "mrr"], retriever=retriever)
    found = evaluator.evaluate(question, expected_ids=[wanted]).metric_vals_dict
    assert found == {"hit_rate": 1.0, "mrr": 1.0}
    found = evaluator.evaluate(question, expected_ids=["no such passage"]).metric_vals_dict
    assert found == {"hit_rate": 0.0, "mrr": 0.0}


@pytest.mark.models
def test_the_lines_of_the_documentation_run(
    real_embedder: SentenceTransformerEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    shutil.copy(PROJECT / "corpus" / "en" / "deepseek-r1.md", corpus)
    sync(corpus, tmp_path / "store", real_embedder, min_tokens=200, max_tokens=350)
    monkeypatch.setenv("ASSISTANT_PATHS__STORE", str(tmp_path / "store"))
    page = (PROJECT / "docs" / "python.md").read_text("utf-8")
    block = re.search(r"## As a LlamaIndex retriever.*?```python\n(.*?)```", page, re.DOTALL)
    assert block is not None
    assert len(block[1].splitlines()) <= 11
    exec(compile(block[1], "python.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert 1 <= len(printed) <= 4
    assert all("DeepSeek" in line and "2025-0" in line for line in printed)


@pytest.mark.models
def test_with_our_language_model(sample_store: Store, real_model: OllamaModel) -> None:
    response = engine(sample_store, OurModel(model=real_model)).query(
        "How many wild horses crossed the river?"
    )
    assert "welve" in str(response) or "12" in str(response)
