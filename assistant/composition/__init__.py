"""From hits to a proved answer: the evidence, the prompt, the stream of the model, its sentences with their citations."""
