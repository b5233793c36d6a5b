"""Outputs of tools that try to reach another machine."""
