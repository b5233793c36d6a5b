"""What is new in an input against one of the same thing from when it worked."""
