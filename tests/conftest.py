"""Third-party data lies beside the project; tests that read it are deselected where it is absent."""

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time: a run must mean the same on every machine. Longer, random campaigns are run by hand.
settings.register_profile("kb", derandomize=True, deadline=None)
settings.load_profile("kb")

# Tests start kb some hundred times: compiled once, not at every start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_collection_modifyitems(config, items):
    if SHARED.is_dir():
        return
    away = [item for item in items if item.get_closest_marker("shared")]
    if away:
        config.hook.pytest_deselected(items=away)
        items[:] = [item for item in items if not item.get_closest_marker("shared")]


@pytest.fixture(scope="session")
def needs_tool():
    """Call with the name of a program of tests/tools.txt: gives its path, or ends the test where it is not installed.

    The test is skipped then, with what to install; with KB_REQUIRE_TOOLS=1 in the environment, as in CI, it fails.
    """
    import shutil

    rows = (ROOT / "tests" / "tools.txt").read_text(encoding="utf-8").splitlines()
    packages = dict(row.split() for row in rows if not row.startswith("#"))

    def path_of(program: str) -> str:
        package = packages[program]  # a program that the list lacks is not installed by CI: name it there
        found = shutil.which(program)
        if not found:
            end = pytest.fail if os.environ.get("KB_REQUIRE_TOOLS") == "1" else pytest.skip
            end(f"the program {program} is not installed (Debian package {package})")
        return found

    return path_of


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    return SHARED


@pytest.fixture(scope="session")
def cache_home(tmp_path_factory):
    """A folder for derived files, as XDG_CACHE_HOME or LOCALAPPDATA: the shipped articles are indexed there.

    All processes of a run share it; the first one builds the index, which takes seconds, and the others wait for it.
    """
    from kb.store.open import open_store

    run = tmp_path_factory.getbasetemp()
    home = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "cache"
    try:
        (home / "kb-diagnose").mkdir(parents=True, mode=0o700)
    except FileExistsError:
        patience = time.monotonic() + 100
        while not (home / "built").exists() and time.monotonic() < patience:
            time.sleep(0.05)
    else:
        open_store([ROOT / "articles"], home / "kb-diagnose").close()
        (home / "built").touch()
    return home


@pytest.fixture(scope="session")
def shipped(cache_home):
    """The store of the shipped articles."""
    from kb.store.open import open_store

    with open_store([ROOT / "articles"], cache_home / "kb-diagnose") as store:
        yield store


@pytest.fixture
def diagnosed(shipped):
    """Diagnose texts (str or bytes), each an input of one case, against the shipped articles."""
    from io import BytesIO

    from diagnose.inputs.sources import open_inputs
    from diagnose.options import Options
    from diagnose.pipeline import diagnose

    def run(*texts, **options):
        sources = [
            source
            for text in texts
            for source in open_inputs(["-"], BytesIO(text if isinstance(text, bytes) else text.encode()))
        ]
        return diagnose(sources, shipped, Options(**options))

    return run


@pytest.fixture
def opened_store():
    """Open stores as `open_store` does; they are closed after the test."""
    from kb.store.open import open_store

    with ExitStack() as stack:
        yield lambda *given, **options: stack.enter_context(open_store(*given, **options))


@pytest.fixture
def base(tmp_path, opened_store):
    """Write articles (name: Markdown) into a folder of their own and open it."""

    def make(**articles):
        folder = tmp_path / "base"
        for name, text in articles.items():
            place = folder / name.replace("_", "-")
            place.mkdir(parents=True, exist_ok=True)
            (place / "article.md").write_text(text, encoding="utf-8")
        cache = tmp_path / "cache"
        cache.mkdir(exist_ok=True, mode=0o700)
        return opened_store([folder], cache)

    return make
