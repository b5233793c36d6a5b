"""Evidence to odds: problems against unknown (measured), causes of a problem (declared)."""
