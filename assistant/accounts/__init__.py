"""Who may use the page where it is shared: accounts, their passwords, sessions and tokens."""
