"""What CI stands on: the task runner, the links between the pages, pins, the wheelhouse, programs that tests ask for."""

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib

import pytest


@pytest.fixture(scope="module")
def script(root):
    """A script of .ci/ as a module, by name."""

    def load(name):
        spec = importlib.util.spec_from_file_location(f"ci_{name}", root / ".ci" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def run(root, *arguments):
    command = [sys.executable, str(root / ".ci" / arguments[0]), *arguments[1:]]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


# --- the task runner --------------------------------------------------------------------------------------------------


def test_the_steps_are_listed_and_single_ones_run(root, script):
    names = [step.name for step in script("check").STEPS]
    assert [line.split()[0] for line in run(root, "check.py", "--list").stdout.splitlines()] == names
    done = run(root, "check.py", "links")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "== links")
    assert "== lint" not in done.stdout


def test_a_step_that_does_not_exist_is_told_with_those_that_do(root):
    done = run(root, "check.py", "lint", "typos")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "no step 'typos'; there are format, lint, types" in done.stderr


def test_a_step_that_fails_is_named_and_the_others_still_run(script, monkeypatch, capsys):
    check = script("check")
    steps = (check.Step("bad", "", ("-c", "raise SystemExit(3)")), check.Step("good", "", ("-c", "")))
    monkeypatch.setattr(check, "STEPS", steps)
    monkeypatch.setattr(sys, "argv", ["check.py"])
    assert check.main() == 1
    assert capsys.readouterr().out == "== bad\n== good\nfailed: bad\n"


def test_fix_runs_the_mending_form_of_a_step_that_has_one(script, monkeypatch):
    check = script("check")
    ran = []
    monkeypatch.setattr(
        check.subprocess, "run", lambda command, **_: ran.append(command) or subprocess.CompletedProcess((), 0)
    )
    monkeypatch.setattr(sys, "argv", ["check.py", "--fix", "format", "types"])
    assert check.main() == 0
    assert [command[1:] for command in ran] == [["-m", "ruff", "format", "."], ["-m", "mypy"]]


def test_hooks_the_workflow_and_contributing_name_steps_that_exist(root, script):
    names = {step.name for step in script("check").STEPS}
    pages = [
        ".pre-commit-config.yaml",
        ".github/workflows/ci.yml",
        "CONTRIBUTING.md",
        ".github/PULL_REQUEST_TEMPLATE.md",
    ]
    for page in pages:
        text = (root / page).read_text(encoding="utf-8")
        for call in re.findall(r"\.ci/check\.py((?: --?\w+| [a-z]+\b)*)", text):
            asked = {word for word in call.split() if not word.startswith("-")}
            assert asked <= names | {"mend", "single", "the"}, (page, call)
    contributing = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(name in contributing for name in names)


# --- against the last release -----------------------------------------------------------------------------------------


def test_the_last_release_is_the_newest_version_tag_before_head(script, tmp_path, needs_tool):
    git = [needs_tool("git"), "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    last = script("against").last_release
    assert last(tmp_path) == ""
    subprocess.run([*git, "init", "--quiet"], check=True)
    for tag in ("v0.1.0", "v0.2.0", "note"):
        subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", tag], check=True)
        assert last(tmp_path) == {"v0.1.0": "", "v0.2.0": "v0.1.0", "note": "v0.2.0"}[tag]
        subprocess.run([*git, "-c", "tag.gpgsign=false", "tag", tag], check=True)
    assert last(tmp_path) == "v0.2.0"


def test_without_a_release_the_step_says_so(script, monkeypatch, capsys):
    against = script("against")
    monkeypatch.setattr(against, "last_release", lambda _: "")
    assert against.main() == 0
    assert capsys.readouterr().out == "no release tag in this copy: nothing to compare with\n"


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pages(tmp_path):
    def write(**texts):
        (tmp_path / "docs").mkdir(exist_ok=True)
        for name, text in {"docs/README.md": "", **texts}.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a](docs/README.md)", []),
        ("[a](https://example.org/x.md), [b](mailto:a@example.org)", []),
        ("x\n[a](docs/gone.md)", ["page.md:2: docs/gone.md: there is no such file"]),
        ("# One two\n[a](#one-two) [b](#three)", ["page.md:2: #three: the page has no such heading"]),
        ("`[a](gone.md)`\n```\n[b](gone.md)\n```\n[c](gone.md)", ["page.md:5: gone.md: there is no such file"]),
    ],
)
def test_a_link_that_leads_nowhere_is_told_with_its_line(script, pages, text, told):
    assert list(script("links").faults(pages(**{"page.md": text}))) == told


def test_a_page_that_the_index_does_not_name_is_told(script, pages):
    root = pages(**{"docs/a.md": "", "docs/b.md": "", "docs/README.md": "- [a.md](a.md): one"})
    assert list(script("links").faults(root)) == ["docs/README.md: does not name b.md"]


def test_headings_have_the_anchors_of_hosting_sites(script):
    text = "# `kb new`: a draft\n## Twice\n## Twice\n### [In](x.md) the `loop`\n```\n# no heading\n```\n"
    assert script("links").anchors(text) == {"kb-new-a-draft", "twice", "twice-1", "in-the-loop"}


def test_the_map_of_tests_names_files_that_are_there(root):
    named = set(re.findall(r"`(test_\w+\.py)`", (root / "docs" / "tests.md").read_text(encoding="utf-8")))
    there = {path.name for path in (root / "tests").rglob("test_*.py")}
    assert named - {"test_NAME.py"} <= there


# --- pins and wheels --------------------------------------------------------------------------------------------------


def test_pins_hold_names_and_versions_of_all_but_kb_and_the_installer(script):
    listed = [
        {"name": "PyYAML", "version": "6.0.4"},
        {"name": "click", "version": "8.5.1"},
        {"name": "pip", "version": "24.0"},
        {"name": "kb-diagnose", "version": "0.1.0", "editable_project_location": "/home/me"},
    ]
    rows = [row for row in script("constraints").pins(listed).splitlines() if not row.startswith("#")]
    assert rows == ["click==8.5.1", "pyyaml==6.0.4"]


def test_every_dependency_has_a_pin_that_it_allows(root):
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    rows = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {canonicalize_name(name): version for name, _, version in (r.partition("==") for r in rows if "==" in r)}
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for name in ("fast", "evtx", "test", "dev") for one in project["optional-dependencies"][name]]
    for asked in map(Requirement, project["dependencies"] + extras):
        if asked.name != "kb-diagnose":
            assert asked.specifier.contains(pins[canonicalize_name(asked.name)]), asked


def test_the_build_of_a_wheel_asks_for_what_reading_an_article_imports(root):
    """The rows of the articles are made then (.ci/wheel_rows.py), in an environment that has these alone."""
    told = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    builder, *needed = told["build-system"]["requires"]
    assert builder.startswith("hatchling")
    assert set(needed) <= set(told["project"]["dependencies"])
    assert (root / told["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["path"]).is_file()
    reads = "import sys; from kb.store.shipped import make; import kb.store.update, kb.markdown.render, kb.markdown.convert; print(*sys.modules)"
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", reads], capture_output=True, text=True, check=True, cwd=root
        ).stdout.split()
    )
    others = {"click", "hyperscan", "whoosh", "jc", "rich", "polib"}
    assert not others & loaded


def test_each_wheel_is_listed_with_its_hash(script, tmp_path):
    for name in ("Whoosh-2.7.4-py2.py3-none-any.whl", "ruamel_yaml-0.19.1-py3-none-any.whl"):
        (tmp_path / name).write_bytes(name.encode())
    rows = sorted(script("wheelhouse").requirements(tmp_path.glob("*.whl")))
    digest = hashlib.sha256(b"ruamel_yaml-0.19.1-py3-none-any.whl").hexdigest()
    assert rows[0] == f"ruamel-yaml==0.19.1 --hash=sha256:{digest}\n"
    assert rows[1].startswith("whoosh==2.7.4 --hash=sha256:")


def test_a_wheelhouse_is_made_in_an_empty_folder_and_installed_from_a_whole_one(root, tmp_path):
    (tmp_path / "old.whl").write_bytes(b"")
    built = run(root, "wheelhouse.py", "build", str(tmp_path))
    assert (built.returncode, "is not empty" in built.stderr) == (2, True)
    installed = run(root, "wheelhouse.py", "install", str(tmp_path), str(tmp_path / "env"))
    assert (installed.returncode, "has no requirements.txt" in installed.stderr) == (2, True)
    assert not (tmp_path / "env").exists()


def test_a_changed_wheel_is_refused_without_asking_an_index(script, tmp_path, capfd):
    (tmp_path / "nothing-1.0-py3-none-any.whl").write_bytes(b"changed on the way")
    (tmp_path / "requirements.txt").write_text(f"nothing==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        script("wheelhouse").offline(sys.executable, tmp_path)
    assert "DO NOT MATCH" in capfd.readouterr().err


# --- coverage and programs --------------------------------------------------------------------------------------------


def test_only_modules_of_the_core_below_the_floor_are_told_the_weakest_first(script):
    shares = {"diagnose/a.py": 89.9, "diagnose\\b.py": 12.0, "diagnose/c.py": 90.0, "kb/d.py": 1.0}
    measured = {"files": {path: {"summary": {"percent_covered": share}} for path, share in shares.items()}}
    assert [line.split(",")[0] for line in script("measure").below(measured)] == [
        "diagnose/b.py: 12.0 %",
        "diagnose/a.py: 89.9 %",
    ]


@pytest.mark.parametrize(("required", "end"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_a_program_that_is_missing_skips_a_test_or_in_ci_fails_it(needs_tool, monkeypatch, required, end):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("KB_REQUIRE_TOOLS", required)
    with pytest.raises(end, match=r"unshare is not installed \(Debian package util-linux\)"):
        needs_tool("unshare")


def test_a_program_that_ci_would_not_install_cannot_be_asked_for(needs_tool):
    with pytest.raises(KeyError):
        needs_tool("not-in-the-list")
