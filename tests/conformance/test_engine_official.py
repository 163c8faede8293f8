"""The engine against the official schemas, examples and reception cases."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from samhandling.messages import engine
from samhandling.messages.engine.canonical import difference
from samhandling.messages.model import roots
from tests.fuzz.differential import differences, originals
from tests.fuzz.fuzz_engine import fault
from tests.fuzz.making import Maker, payload_roots
from tests.fuzz.oracle import Oracle

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


def is_ours(data: bytes) -> bool:
    """Whether the tables know the payload, as far as the document can be read."""
    reading = engine.read(data)
    return not any(problem.code in {"payload.unknown", "root.unsupported"} for problem in reading.problems)


def test_valid_agrees_with_the_schemas_on_every_official_file(standards: Path, oracle: Oracle) -> None:
    files = [file for file in official_files(standards) if is_ours(file.read_bytes())]
    assert len(files) >= 40
    verdicts = {file.name: engine.read(file.read_bytes()).valid for file in files}
    assert verdicts == {file.name: oracle.judge(file.read_bytes())[0] for file in files}
    assert False in verdicts.values()


def test_every_logistics_file_is_ours(standards: Path) -> None:
    files = [file for file in official_files(standards) if "asientlogistikk" in file.name]
    assert len(files) == 41
    assert all(is_ours(file.read_bytes()) for file in files)


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
    assert count >= 37


def test_documents_made_from_the_tables_are_valid_and_come_back_the_same(oracle: Oracle) -> None:
    import random

    maker = Maker(random.Random(SEED), payload_roots())
    for _ in range(400):
        document = maker.message()
        data = engine.build(document)
        assert oracle.judge(data) == (True, ""), data.decode()
        reading = engine.read(data)
        assert reading.document is not None
        assert difference(data, engine.build(reading.document, strict=False)) == ""


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


@pytest.mark.parametrize("shard", range(SHARDS))
def test_our_tables_and_the_schemas_agree_on_every_mutant(standards: Path, oracle: Oracle, shard: int) -> None:
    import random

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


def test_what_the_hunt_found_earlier_stays_settled(oracle: Oracle) -> None:
    for file in sorted(FOUND.glob("engine-*.bin")):
        assert fault(file.read_bytes(), oracle) == "", file.name
