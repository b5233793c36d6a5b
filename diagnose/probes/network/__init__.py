"""Questions to other machines over the network."""
