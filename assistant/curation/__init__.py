"""What users do to the collection from the page: add files, remove them, correct facts, index."""
