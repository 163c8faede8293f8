"""The engine against the official schemas, examples and reception cases."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from samhandling.messages import engine
from samhandling.messages.engine.canonical import difference
from samhandling.messages.model import roots
from tests.fuzz.differential import REPAIRS, differences, originals
from tests.fuzz.fuzz_engine import break_bytes, fault, read_further
from tests.fuzz.making import Maker, formats, payload_roots
from tests.fuzz.mutations import mutate
from tests.fuzz.oracle import Oracle
from tests.fuzz.systematic import cases, valid_alone

# Fixed, so that the gate says the same every time; `./run fuzz` takes fresh ones.
SEED = 20261121
MUTANTS = 10_000
SHARDS = 4
FOUND = Path(__file__).parent.parent / "fuzz" / "found"


@cache
def oracle_over(schemas: Path) -> Oracle:
    return Oracle(schemas)


@pytest.fixture(scope="module")
def oracle(standards: Path) -> Oracle:
    return oracle_over(standards / "schemas")


def official_files(standards: Path) -> list[Path]:
    return sorted([*standards.glob("examples/*/*.xml"), *standards.glob("acceptance/*/*.xml")])


def test_every_official_file_is_ours(standards: Path) -> None:
    """The tables know every payload and root; one that is not may be wrong in other ways."""
    files = official_files(standards)
    assert len(files) >= 69
    for file in files:
        codes = {problem.code for problem in engine.read(file.read_bytes()).problems}
        assert not codes & {"payload.unknown", "root.unsupported", "root.unknown"}, file.name


def test_valid_agrees_with_the_schemas_on_every_official_file(standards: Path, oracle: Oracle) -> None:
    files = official_files(standards)
    verdicts = {file.name: engine.read(file.read_bytes()).valid for file in files}
    assert verdicts == {file.name: oracle.judge(file.read_bytes())[0] for file in files}
    assert {True, False} == set(verdicts.values())


def test_the_engine_and_the_facts_say_the_same_of_every_official_file(standards: Path) -> None:
    for file in official_files(standards):
        reading = engine.read(file.read_bytes())
        assert read_further(reading) == "", file.name
        family = file.parent.name
        if file.parent.parent.name == "examples" and reading.valid:
            standard, _, version = family.replace("dialog-", "dialogmelding-").rpartition("-")
            assert (reading.standard, reading.version) == (standard, version), file.name
            assert reading.type, file.name


def test_no_official_file_stops_the_engine(standards: Path) -> None:
    for file in [*official_files(standards), *standards.glob("schemas/*.xsd"), *standards.glob("ebxml/*")]:
        reading = engine.read(file.read_bytes())
        assert reading.valid or reading.problems, file.name


def test_every_valid_official_file_comes_back_the_same(standards: Path) -> None:
    count = 0
    for file in official_files(standards):
        data = file.read_bytes()
        reading = engine.read(data)
        if reading.document is not None:
            count += 1
            assert difference(data, engine.build(reading.document, strict=False)) == "", file.name
    assert count >= 50


def test_documents_made_from_the_tables_are_valid_and_come_back_the_same(oracle: Oracle) -> None:
    maker = Maker(random.Random(SEED), payload_roots())
    of_each = [maker.of_format(known) for known in formats() for _ in range(6)]
    for document in (*of_each, *(maker.message() for _ in range(150))):
        data = engine.build(document)
        assert oracle.judge(data) == (True, ""), data.decode()
        reading = engine.read(data)
        assert reading.document is not None
        assert difference(data, engine.build(reading.document, strict=False)) == ""


def test_what_is_made_has_the_standard_and_version_it_was_made_for() -> None:
    maker = Maker(random.Random(SEED), payload_roots())
    for known in formats():
        reading = engine.read(engine.build(maker.of_format(known)))
        assert (reading.standard, reading.version, reading.valid) == (known.standard, known.version, True)
        assert read_further(reading) == ""


def test_the_registry_knows_every_global_element_of_its_schemas(standards: Path) -> None:
    """A payload the schemas take as strict content must be one the tables know."""
    import re

    from lxml import etree

    uris = {tag[1:].partition("}")[0] for tag in roots.elements()}
    for file in standards.glob("schemas/*.xsd"):
        tree = etree.fromstring(re.sub(rb"<!DOCTYPE.*?\]>", b"", file.read_bytes(), flags=re.DOTALL))
        uri = tree.get("targetNamespace")
        if uri not in uris:
            continue
        names = {node.get("name") for node in tree.findall("{http://www.w3.org/2001/XMLSchema}element")}
        assert names == {tag.partition("}")[2] for tag in roots.elements() if tag.startswith(f"{{{uri}}}")}, file.name


def test_every_child_of_every_table_is_as_in_the_schemas(oracle: Oracle) -> None:
    schema = oracle.schema()
    counted = {True: 0, False: 0}
    apart = []
    for done, tree in cases():
        ours, official = valid_alone(tree), bool(schema.validate(tree))
        counted[official] += 1
        repaired = ours != official and any(repair(tree) for repair in REPAIRS.values())
        if ours != official and not (repaired and valid_alone(tree) == schema.validate(tree)):
            apart.append(f"{done}: ours {ours}, official {official}")
    assert apart == []
    assert min(counted.values()) > 10_000


@pytest.mark.parametrize("shard", range(SHARDS))
def test_our_tables_and_the_schemas_agree_on_every_mutant(standards: Path, oracle: Oracle, shard: int) -> None:
    rng = random.Random(SEED + shard)
    documents = originals(standards, oracle, rng)
    count = agreed = 0
    for example, explanation in differences(documents, oracle, rng, MUTANTS // SHARDS):
        count += 1
        agreed += example is None and not explanation
        if example is not None:
            pytest.fail(f"{example.steps}: ours {example.ours}, official {example.official}: {example.reason}")
    assert count == MUTANTS // SHARDS
    assert agreed / count > 0.99


def test_facts_profiles_receipts_and_display_take_every_mutant(standards: Path, oracle: Oracle) -> None:
    rng = random.Random(SEED)
    trees = [etree.fromstring(data) for data in originals(standards, oracle, rng, made=20, each=2)]
    for _ in range(300):
        tree, steps = mutate(rng.choice(trees), rng)
        data = etree.tostring(tree)
        if rng.random() < 0.2:
            data = break_bytes(data, rng)
        assert read_further(engine.read(data)) == "", steps


def test_what_the_hunt_found_earlier_stays_settled(oracle: Oracle) -> None:
    for file in sorted(FOUND.glob("engine-*.bin")):
        assert fault(file.read_bytes(), oracle) == "", file.name
