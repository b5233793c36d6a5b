"""Odds to a Diagnosis: `conclude` puts the answer together from what the modules beside it work out."""
