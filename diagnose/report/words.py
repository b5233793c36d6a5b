"""Words that reports share with what talks about a diagnosis elsewhere."""

from diagnose.view.words import effect, percent, shown, summary

__all__ = ["effect", "percent", "shown", "summary"]
