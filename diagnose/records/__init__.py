"""Lines to the messages of several lines that they belong to, with the kind of log and the level."""
