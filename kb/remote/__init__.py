"""Inputs by URI: objects of a store, files of a web server or behind ssh, read through fsspec with the user's own drivers."""
