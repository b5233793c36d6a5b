"""Lines to hits: many patterns as one matcher over parts of the inputs, in threads, with the lines around each hit."""
