"""What docs/architecture.md says of the layout holds: one direction, no circles, small rooms, edges and tests named."""

import ast
import re

import pytest

# What reaches outside of the process; reading a data file that ships with a module (Path(__file__)) is no such thing.
OUTSIDE = {"socket", "ssl", "subprocess", "shutil", "tempfile", "sqlite3"}
MOST_MODULES = 12  # in a folder, its __init__ left out


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def modules(root):
    """Every module by its dotted name."""
    return {
        path.relative_to(root).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path
        for package in ("kb", "diagnose")
        for path in sorted((root / package).rglob("*.py"))
        if "data" not in path.parts
    }


@pytest.fixture(scope="module")
def trees(modules):
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in modules.items()}


@pytest.fixture(scope="module")
def imports(trees):
    """The modules of ours that each imports, wherever it does: late ones and those for types as well."""
    return {name: set(_ours(tree, trees)) - {name} for name, tree in trees.items()}


def _ours(tree, known):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield from (
                    name for name in (full, node.module) if name in known and (name == full or full not in known)
                )


def _names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _room(name, modules):
    """The first folder below the package, or the module itself where it lies beside the rooms."""
    parts = name.split(".")
    inside = len(parts) > 2 or (len(parts) == 2 and modules[name].name == "__init__.py")
    return ".".join(parts[:2]) if inside else name


def _circles(graph):
    """What is left when everything that imports nothing left is taken away, again and again."""
    left = {name: set(targets) for name, targets in graph.items()}
    while free := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


def _reaches_out(tree):
    if OUTSIDE & {name.split(".")[0] for name in _names(tree)}:
        return True
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(
        (isinstance(call, ast.Name) and call.id == "open")
        or (isinstance(call, ast.Attribute) and ast.unparse(call) == "os.open")
        for call in calls
    )


def test_the_core_never_imports_the_world_around_it(trees):
    for name, tree in trees.items():
        if name.startswith("diagnose"):
            assert not [used for used in _names(tree) if used.split(".")[0] == "kb"], name


def test_no_modules_import_in_a_circle(imports):
    assert _circles(imports) == []


def test_no_rooms_import_in_a_circle(imports, modules):
    rooms = {}
    for name, used in imports.items():
        own = _room(name, modules)
        rooms.setdefault(own, set()).update({_room(target, modules) for target in used} - {own})
    assert _circles(rooms) == []


def test_a_circle_would_be_found():
    assert _circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}) == ["a", "b", "c", "d"]


def test_no_folder_is_crowded(modules):
    folders = {}
    for path in modules.values():
        if path.name != "__init__.py":
            folders.setdefault(path.parent, []).append(path.name)
    assert {str(folder): len(names) for folder, names in folders.items() if len(names) > MOST_MODULES} == {}


def test_only_edge_modules_reach_out(root, page, modules, trees):
    text = page[page.index("Edge modules") : page.index("## Glossary")]
    allowed = re.findall(r"`((?:kb|diagnose)/[^`]+)`", text)
    for name, path in modules.items():
        shown = path.relative_to(root).as_posix()
        if any(shown == edge or (edge.endswith("/") and shown.startswith(edge)) for edge in allowed):
            continue
        assert not _reaches_out(trees[name]), f"{shown} is no edge module"


def test_every_room_and_every_module_beside_them_is_on_the_page(page, modules):
    core, around = page.split("## `kb/`")
    for name in modules:
        package, _, inside = name.partition(".")
        if inside:
            room = inside.split(".")[0]
            part = core if package == "diagnose" else around
            assert f"`{room}/`" in part or re.search(rf"[(, ]`{room}`[),]", part) or room == "__main__", name


def test_every_room_has_tests(root, modules):
    for name in modules:
        package, _, inside = name.partition(".")
        if len(inside.split(".")) > 1:
            assert list((root / "tests" / package / inside.split(".")[0]).rglob("test_*.py")), name


def _rows_of(text):
    """(room, names of modules) of each row of the tables of docs/tests.md; an empty first cell means the room above."""
    room = ""
    for first, second in re.findall(r"^\| (?:`([\w/]*)`)? ?\| (`[^|]+) \|", text, re.MULTILINE):
        room = first.strip("/") if first else room
        yield room, re.findall(r"`(\w+)\.py`", second)


def test_every_module_has_a_test_of_its_name_or_a_line_in_the_map(root, modules):
    map_of_tests = (root / "docs" / "tests.md").read_text(encoding="utf-8")
    named = set()
    for part in re.split(r"^## ", map_of_tests, flags=re.MULTILINE):
        package = part.split("/")[0]
        for room, names in _rows_of(part):
            inside = room.removeprefix(package).strip("/")
            named.update(".".join(filter(None, (package, inside.replace("/", "."), name))) for name in names)
    missing = []
    for name, path in modules.items():
        own = root / "tests" / path.relative_to(root).with_name(f"test_{path.stem}.py")
        recognises = path.parent.parent.name == "outputs" and path.parent.name != "parsing"  # each tool has its samples
        if path.name in ("__init__.py", "__main__.py") or recognises or own.is_file():
            continue
        if name not in named:
            missing.append(name)
    assert not missing, " ".join(missing)


# What the faces of kb may call: the questions, the view and the reports of an answer, errors and neutral text.
FACES = {"serve", "mcp"}
OF_FACES = (
    "kb.service",
    "diagnose.view",
    "diagnose.report",
    "diagnose.audit.shown",
    "diagnose.errors",
    "diagnose.text.sanitize",
)
RECORDS = (
    "diagnose.audit.model",
    "diagnose.diagnosis",
    "diagnose.explain",
    "diagnose.model",
)  # the nouns that questions give


def test_the_faces_are_thin(imports):
    for name, used in imports.items():
        package, _, inside = name.partition(".")
        face = inside.split(".")[0]
        if package == "kb" and face in FACES:
            mounted = ("kb.mcp",) if name == "kb.serve.app" else ()
            allowed = ("kb", f"kb.{face}", *mounted, *OF_FACES, *RECORDS)
            far = [
                u for u in used if u not in allowed and not u.startswith(tuple(f"{a}." for a in allowed if a != "kb"))
            ]
            assert not far, f"{name} calls {', '.join(far)}"
