"""The HTTP API held against its own description by schemathesis, over the shipped articles.

Usage: pip install schemathesis; python benchmarks/serve_fuzz.py [EXAMPLES]. Starts a server of its own; status 0 without findings.
Figures go to docs/serve.md with their date.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from serve_load import Server

# Cases that the description allows and that are refused on purpose: a handle must be one of ours, an article must be there.
LEFT_OUT = "positive_data_acceptance"


def main():
    examples = sys.argv[1] if len(sys.argv) > 1 else "200"
    with tempfile.TemporaryDirectory() as folder:
        server = Server(1, folder)
        try:
            program = shutil.which("schemathesis") or str(Path(sys.executable).with_name("schemathesis"))
            address = f"http://127.0.0.1:{server.port}/openapi.json"
            command = [program, "run", address, "--header", f"Authorization: Bearer {server.token}"]
            command += ["--checks", "all", "--exclude-checks", LEFT_OUT, "--max-examples", examples, "--seed", "1"]
            done = subprocess.run([*command, "--no-color"], cwd=folder)
            total, peak = server.memory()
            print(f"server: {total:.0f} MiB, at most {peak:.0f} MiB")
            return done.returncode
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
