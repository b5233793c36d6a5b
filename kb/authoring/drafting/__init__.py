"""An error text to a draft of an article: whole messages, wordings and checks of the library."""
