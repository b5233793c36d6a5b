"""What a diagnosis needs of inputs, small and apart from them: made where they lie, put together elsewhere."""
