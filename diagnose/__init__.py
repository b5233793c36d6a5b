"""The diagnosing core: bytes in, evidence as the only currency, a ranked diagnosis out. Never imports `kb`."""
