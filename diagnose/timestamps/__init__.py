"""When a line was written: one clock a source, formats as a table, periods that people type."""
