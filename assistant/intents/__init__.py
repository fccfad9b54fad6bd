"""What a message wants, told by a classifier, and how each kind of message is answered: one file a kind."""
