"""Make diagnose/data/codes.tsv: names of error codes, one row each, `kind+value TAB name`.

Usage: pip install ntstatus; python benchmarks/make_codes.py > diagnose/data/codes.tsv
Win32, HRESULT and NTSTATUS names and numbers come from the package `ntstatus` 2.0 (MIT), which took them from the
vendor's headers; errno names and numbers are those of the Linux kernel's errno.h headers; both are facts.
Kinds: w Win32 (decimal), h HRESULT and n NTSTATUS (eight hex digits), e errno of Linux (decimal), m errno of macOS.
"""

import errno
import sys

import ntstatus

KINDS = {"w": (ntstatus.Win32Error, "{}"), "h": (ntstatus.HResult, "{:08x}"), "n": (ntstatus.NtStatus, "{:08x}")}


def rows():
    for kind, (table, form) in KINDS.items():
        for name, value in vars(table).items():
            if name.isupper():
                yield f"{kind}{form.format(value.unsigned_value)}\t{name}"
    if sys.platform == "linux":
        for number, name in errno.errorcode.items():
            yield f"e{number}\t{name}"


if __name__ == "__main__":
    print("\n".join(["", *sorted(set(rows()))]))
