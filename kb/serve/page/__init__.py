"""The page: rendered here, whole without a script."""
