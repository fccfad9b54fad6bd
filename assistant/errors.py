"""Every error a user can meet, in one tree.

    AssistantError                 exit code 1: a problem the message explains, nothing lost
    ├── UsageError                 exit code 2: the command or a setting is wrong
    ├── SettingsError              exit code 2: the settings file or a variable is wrong
    ├── ArticleRejected            one article cannot be read; the others go on
    ├── ReaderMissing              the process that reads articles cannot be started
    ├── CorpusError                the corpus folder is missing, empty or unreadable
    ├── ArticleNotFound            no such article in the store
    ├── FileRefused                a file that is not added, or not removed
    ├── CorrectionRefused          a title, date, language or publisher that cannot be one
    ├── StoreError                 the store cannot be used
    │   ├── NoIndex                nothing was indexed yet
    │   ├── StoreMismatch          made by another embedder, splitter or program version
    │   ├── StoreDamaged           a part is missing or does not agree with the rest
    │   └── StoreLocked            another process writes
    ├── EmbedderError              the embedder is missing or cannot be loaded
    ├── VerifierError              the verifier of the proof is missing or cannot be loaded
    ├── QuestionError              an empty or over-long question
    ├── ModelUnavailable           exit code 4 where a model is required: no server, no model, or it died
    │   ├── ModelMissing           the server answers and does not have the model
    │   └── ModelTooLarge          the memory of the server's machine does not hold the model
    ├── PromptTooLong              the prompt does not fit the model's window
    ├── ConversationsUnavailable   conversations cannot be kept or read: a full disk, a file that cannot be opened
    ├── AccountError               no such account, or a password that is not taken
    ├── AccountsUnavailable        the accounts cannot be read or written: then nobody is let in
    ├── LanguagePackIncomplete     a pack lacks keys that the English one has
    ├── SetupError                 a step of the set-up failed
    │   └── DownloadError          something could not be fetched, or its checksum is wrong
    └── EvaluationError            questions or a baseline cannot be used
        └── FloorMissed            exit code 3: `evaluate` measured less than a floor

Each message is one sentence that names the thing with `!r`, then what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .language.remarks import Remark


class AssistantError(Exception):
    """Something a user can put right: the message names the thing, the reason and the remedy."""

    exit_code = 1


class UsageError(AssistantError):
    exit_code = 2


class SettingsError(AssistantError):
    exit_code = 2


class ArticleRejected(AssistantError):
    def __init__(self, article: str, reason: Remark) -> None:
        super().__init__(f"{article!r} was not read: {reason}")
        self.article = article
        self.reason = reason


class ReaderMissing(AssistantError):
    pass


class CorpusError(AssistantError):
    pass


class LanguagePackIncomplete(AssistantError):
    pass


class ArticleNotFound(AssistantError):
    pass


class FileRefused(AssistantError):
    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind
        """Why, in one word: type, content, empty, size, name, disk, read_only, folder or not_added."""


class CorrectionRefused(AssistantError):
    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field
        """title, published, language or publisher."""


class StoreError(AssistantError):
    pass


class NoIndex(StoreError):
    pass


class StoreMismatch(StoreError):
    pass


class StoreDamaged(StoreError):
    pass


class StoreLocked(StoreError):
    pass


class EmbedderError(AssistantError):
    pass


class VerifierError(AssistantError):
    pass


class QuestionError(AssistantError):
    pass


class ModelUnavailable(AssistantError):
    exit_code = 4

    def __init__(self, message: str, said: str = "", kind: str = "silent") -> None:
        super().__init__(message)
        self.said = said
        """What the server itself said of it."""
        self.kind = "said" if said else kind
        """What is the case, in one word: silent, said, odd, slow, stopped, memory, refused, proxy, plain (http)
        or certificate."""


class ModelMissing(ModelUnavailable):
    def __init__(self, message: str, model: str = "") -> None:
        super().__init__(message)
        self.model = model


class ModelTooLarge(ModelUnavailable):
    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message, said)
        self.kind = "memory"


class PromptTooLong(AssistantError):
    pass


class ConversationsUnavailable(AssistantError):
    pass


class AccountError(AssistantError):
    pass


class AccountsUnavailable(AssistantError):
    pass


class SetupError(AssistantError):
    pass


class DownloadError(SetupError):
    pass


class EvaluationError(AssistantError):
    pass


class FloorMissed(EvaluationError):
    exit_code = 3
