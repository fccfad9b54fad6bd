"""LlamaIndex's door: our search as one of its retrievers, for any of its query engines and evaluators.

Importing this module imports LlamaIndex; nothing else in the program imports this module.
"""

from __future__ import annotations

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from .search.question import read_question
from .types import Hit, Retriever


class ArticleRetriever(BaseRetriever):
    """Retrieves passages of the indexed articles, `top_k` at most, by our search.

    A node's text is the passage's own words; its metadata hold `article`, `title`, `published` (ISO date or
    None), `language`, `publisher`, `url`, `start` and `end` (`article.text[start:end]` is the node's text).
    """

    def __init__(self, retriever: Retriever, top_k: int = 6) -> None:
        self.retriever = retriever
        self.top_k = top_k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = read_question(query_bundle.query_str)
        return [as_node(hit) for hit in self.retriever.retrieve(query, self.top_k)]


def as_node(hit: Hit) -> NodeWithScore:
    """A hit as LlamaIndex carries it."""
    metadata = {
        "article": hit.passage.article,
        "title": hit.title,
        "published": hit.published.isoformat() if hit.published else None,
        "language": hit.language,
        "publisher": hit.publisher,
        "url": hit.url,
        "start": hit.passage.start,
        "end": hit.passage.end,
    }
    node = TextNode(
        id_=hit.passage.id,
        text=hit.text,
        metadata=metadata,
        # what a language model is shown beside the text
        excluded_llm_metadata_keys=[
            key for key in metadata if key not in ("title", "published", "publisher")
        ],
        excluded_embed_metadata_keys=list(metadata),
        start_char_idx=hit.passage.start,
        end_char_idx=hit.passage.end,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.passage.article)},
    )
    return NodeWithScore(node=node, score=hit.score)
