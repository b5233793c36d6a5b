"""What docs/architecture.md says of the layout holds: one direction of imports, every module named, edges kept."""

import ast
import re

import pytest

# What reaches outside of the process; reading a data file that ships with a module (Path(__file__)) is no such thing.
OUTSIDE = {"socket", "ssl", "subprocess", "shutil", "tempfile", "sqlite3"}


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "architecture.md").read_text(encoding="utf-8")


def modules(root, package):
    return [path for path in sorted((root / package).rglob("*.py")) if "data" not in path.parts]


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def reaches_out(tree):
    if OUTSIDE & {name.split(".")[0] for name in imported(tree)}:
        return True
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(
        (isinstance(call, ast.Name) and call.id == "open")
        or (isinstance(call, ast.Attribute) and ast.unparse(call) == "os.open")
        for call in calls
    )


def edges(page):
    text = page[page.index("Edge modules") : page.index("## Glossary")]
    return re.findall(r"`((?:kb|diagnose)/[^`]+)`", text)


def test_the_core_never_imports_the_world_around_it(root):
    for path in modules(root, "diagnose"):
        names = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
        assert not any(name == "kb" or name.startswith("kb.") for name in names), path


def test_only_edge_modules_reach_out(root, page):
    allowed = edges(page)
    for package in ("diagnose", "kb"):
        for path in modules(root, package):
            shown = path.relative_to(root).as_posix()
            if any(shown == name or (name.endswith("/") and shown.startswith(name)) for name in allowed):
                continue
            assert not reaches_out(ast.parse(path.read_text(encoding="utf-8"))), f"{shown} is no edge module"


def test_every_module_of_the_core_has_its_place_on_the_page(root, page):
    for path in modules(root, "diagnose"):
        inside = path.relative_to(root / "diagnose").as_posix()
        names = {inside, path.name, inside.split("/")[0] + "/"}
        starred = re.findall(r"`([\w/]+)\*\.py`", page)
        named = any(name in page for name in names) or any(
            f"diagnose/{inside}".startswith(s) or inside.startswith(s) for s in starred
        )
        assert named or inside == "__init__.py", inside
