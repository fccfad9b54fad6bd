"""What in a sentence no source says: one small pure check per kind of fact."""


def listed(text: str) -> list[str]:
    """The words of a table that is written as one string."""
    return text.split()
