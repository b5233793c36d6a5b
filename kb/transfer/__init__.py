"""A base as one file with its digest, and such a file as a base again: how knowledge reaches a machine without a new kb."""
