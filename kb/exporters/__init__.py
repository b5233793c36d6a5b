"""A base in the words of other programs; a form is a file here and a row in `kb.cli.exporting.FORMS`."""
