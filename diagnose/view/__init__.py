"""The answer that one can act on: one view of a Diagnosis, of which every report is a rendering."""
