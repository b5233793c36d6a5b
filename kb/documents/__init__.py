"""YAML of ours to records: a safe subset with places, values to types, faults. Shared by articles and the library."""
