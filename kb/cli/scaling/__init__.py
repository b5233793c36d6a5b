"""Commands for many inputs, many machines and logs that are being written."""
