"""Labelled cases against a base: what is answered, how much of it is right, and whether the odds mean what they say."""
