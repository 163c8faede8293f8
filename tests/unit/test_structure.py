"""The layout of the house: what docs/develop-rooms.md promises, read from the registry, the migrations and the source."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.utils.module_loading import import_string

from samhandling import cli, wiring

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "samhandling"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
DATA = ("messages/model/", "messages/codes/", "messages/catalogue.py")
"""Tables of elements and codes: long is fine."""
LONGEST_MODULE = 420
LONGEST_FUNCTION = 75


@cache
def layers() -> list[str]:
    """Rooms from the lowest (known by all) to the highest, as pyproject.toml orders them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return [name.strip().removeprefix("samhandling.") for line in reversed(names) for name in line.split("|")]


def room(dotted: str) -> str:
    """`samhandling.stays.models` -> `stays`."""
    return dotted.split(".")[1]


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imported(path: Path) -> set[str]:
    """Dotted names that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_every_room_has_its_place_in_the_order():
    there = {path.stem if path.is_file() else path.name for path in SOURCE.iterdir() if path.name[0] not in "_."}
    there = {one for one in there if (SOURCE / one).is_dir() or (SOURCE / f"{one}.py").exists()}
    assert there == set(layers()), "a room that pyproject.toml does not name obeys no order"


def ours():
    return [
        model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("samhandling.")
    ]


def test_foreign_keys_point_to_the_same_or_an_earlier_room():
    assert len(ours()) > 20
    for model in ours():
        for field in model._meta.get_fields(include_hidden=True):
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = field.related_model.__module__
            here = room(model.__module__)
            if not target.startswith("samhandling.") or room(target) == here:
                continue
            where = f"{model.__name__}.{field.name}"
            assert layers().index(room(target)) < layers().index(here), f"{where} points down to {room(target)}"
            backwards = field.remote_field.related_name or ""
            assert backwards.endswith("+"), f"{where} crosses rooms and needs related_name='+'"


def test_migrations_depend_on_the_same_or_earlier_rooms():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    rooms = {
        config.label: room(config.name) for config in apps.get_app_configs() if config.name.startswith("samhandling.")
    }
    for (label, migration), node in loader.disk_migrations.items():
        if label not in rooms:
            continue
        for other, _ in node.dependencies:
            if other in rooms:
                assert layers().index(rooms[other]) <= layers().index(rooms[label]), f"{label}.{migration} on {other}"


@pytest.mark.django_db
def test_no_model_differs_from_its_migrations():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_decisions_and_plain_rooms_load_no_django():
    plain = [
        path for path in MODULES if path.stem in {"rules", "events", "retry"} and (path.parent / "apps.py").exists()
    ]
    plain += [SOURCE / room / "__init__.py" for room in ("identity", "clock", "messages", "hl7")]
    assert len(plain) > 6
    names = [
        ".".join(["samhandling", *path.relative_to(SOURCE).with_suffix("").parts]).removesuffix(".__init__")
        for path in plain
    ]
    program = f"import sys\nfor name in {names!r}:\n    __import__(name)\n    assert 'django' not in sys.modules, name"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_decisions_and_services_are_told_the_time():
    asks = re.compile(r"datetime\.now\(|timezone\.now\(|date\.today\(|store\.now\(|store_now\(|time\.time\(")
    for path in MODULES:
        if {"rules", "services"} & {path.stem, path.parent.name} and path.parent.name != "store":
            assert not asks.search(path.read_text()), f"{name(path)} asks for the time: take now as an argument"


def test_only_three_rooms_send():
    """`exchange.services.send` is called by stays (after the routine has said yes), writing, and exchange itself."""
    allowed = {"stays", "writing", "exchange"}
    for path in MODULES:
        here = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if here in allowed or not any(one.startswith("samhandling.exchange") for one in imported(path)):
            continue
        assert "samhandling.exchange.services.send" not in imported(path), f"{name(path)} may not send"
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "send":
                holder = ast.unparse(node.func.value)
                assert not re.search(r"exchange|^services$", holder), f"{name(path)} may not send"


def test_nothing_reacts_by_signal():
    for path in MODULES:
        for one in imported(path):
            assert not one.startswith(("django.dispatch", "django.db.models.signals")), f"{name(path)} uses signals"


@pytest.mark.parametrize("words", ["raise NotImplementedError", "TODO", "FIXME"])
def test_nothing_is_left_undone_under_another_name(words):
    for path in MODULES:
        assert not re.search(rf"\b{words}\b", path.read_text()), name(path)


def test_modules_and_functions_stay_short():
    long = {}
    for path in MODULES:
        if name(path).startswith(DATA):
            continue
        lines = len(path.read_text().splitlines())
        if lines > LONGEST_MODULE:
            long[name(path)] = lines
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{name(path)} {node.name}"] = length
    assert long == {}


def test_what_others_may_call_says_what_it_does():
    silent = []
    for path in MODULES:
        if path.name == "apps.py":
            continue
        if not ast.get_docstring(tree(path)) and path.read_text().strip():
            silent.append(name(path))
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_" and not ast.get_docstring(node):
                silent.append(f"{name(path)} {node.name}")
    assert silent == []


@pytest.mark.parametrize("word", list(cli.COMMANDS))
def test_every_command_is_there_and_its_help_has_an_example(word):
    def look(command, words):
        below = getattr(command, "commands", None)
        if below is None:
            assert f"Eksempel: samhandling {words}" in (command.help or ""), words
        for key, sub in (below or {}).items():
            look(sub, f"{words} {key}")

    look(cli.click_command(cli.COMMANDS[word]), word)


def test_commands_that_need_no_store_load_no_django():
    for word, command in cli.COMMANDS.items():
        if command.store or word in {"migrate", "check", "receive", "demo"}:
            continue
        program = f"import sys, {command.path.partition(':')[0]}\nassert 'django' not in sys.modules"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert done.returncode == 0, f"{word}: {done.stderr}"


def test_help_loads_next_to_nothing():
    program = (
        "import sys\nsys.argv = ['samhandling', '--help']\nfrom samhandling.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "assert not {'django', 'lxml', 'typer', 'rich', 'pydantic'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "samhandling validate melding.xml" in done.stdout


def test_the_wiring_leads_somewhere():
    for path in [*wiring.HANDLERS.values(), *wiring.CARRIERS.values(), *wiring.METRICS]:
        assert callable(import_string(path))
    for event, names in wiring.SUBSCRIBERS.items():
        for handler in names:
            assert handler in wiring.HANDLERS, f"{event}: {handler}"
    for handler in {str(node.args[0].value) for path in MODULES for node in ast.walk(tree(path)) if _enqueues(node)}:
        assert handler in wiring.HANDLERS, f"a job is enqueued for {handler}"


def _enqueues(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called == "enqueue"


def test_nothing_of_the_standards_is_shipped():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    assert [one for one in listed.stdout.splitlines() if one.endswith((".xsd", ".wsdl", ".pdf"))] == []


def test_shell_scripts_are_executable():
    for path in ("run", ".ci/run"):
        assert os.access(ROOT / path, os.X_OK)


def test_every_handler_module_can_be_imported_by_the_worker():
    for path in wiring.HANDLERS.values():
        module, _, name = path.rpartition(".")
        assert callable(getattr(import_module(module), name))
