"""The use case: a message becomes a stream of events that ends with a proved answer; texts of others are checked."""
