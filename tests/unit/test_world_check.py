"""World files: what is refused at once, and which contradictions are named, with line and path."""

from __future__ import annotations

from datetime import date

import pytest

from samhandling.world.check import check, right_organisation_number
from samhandling.world.reading import WorldFileError, parse, read, shipped_worlds, table_lines, write

TODAY = date(2026, 11, 24)

WORLD = """
[world]
name = "prøve"
test = true

[[organisation]]
her_id = "1001"
name = "Sykehuset"
kind = "hospital"
hosted = true

[[organisation.unit]]
code = "MED"
name = "Medisin"
kind = "ward"

[[organisation.party]]
her_id = "1002"
name = "Somatikk plo meldingsmottak"
service_list = "8656"
service_code = "01"
track = "SOMATIC"

[[organisation]]
her_id = "2001"
name = "Kommunen"
kind = "municipality"
municipality_number = "3107"

[[organisation.party]]
her_id = "2002"
name = "Sykepleietjeneste"
service_list = "8663"
service_code = "KP02"

[[organisation.party]]
her_id = "2003"
name = "Saksbehandling"
service_list = "8663"
service_code = "KD0501"

[[organisation.contact]]
kind = "coordinator"
phone = "60 31 07 20"
hours = "workdays 08:00-15:30"

[[agreement]]
hospital = "1001"
municipality = "2001"

[[user]]
username = "natt"
given_name = "Nina"
family_name = "Natt"

[[user.membership]]
organisation = "1001"
role = "ward_nurse"
unit = "MED"
"""


def line_of(text: str, needle: str, header: str) -> int:
    """Line (from 1) of the last table header before `needle`."""
    before = text[: text.index(needle)].splitlines()
    return max(n for n, line in enumerate(before, start=1) if line == header)


def codes(text: str) -> set[str]:
    return {problem.code for problem in check(parse(text.encode()), today=TODAY)}


def test_a_world_without_contradictions() -> None:
    assert codes(WORLD) == set()


@pytest.mark.parametrize("name", shipped_worlds())
def test_shipped_worlds_have_no_errors(name: str) -> None:
    problems = check(read(name), today=TODAY)
    assert [p for p in problems if p.severity == "error"] == []


def test_the_shipped_world_warns_of_the_two_coordinators() -> None:
    assert [p.code for p in check(read("ostfold"), today=TODAY)] == [
        "world.coordinator_expired",
        "world.coordinator_missing",
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('her_id = "2003"', 'her_id = "2002"', "world.her_id_twice"),
        ('her_id = "2003"', 'her_id = "1001"', "world.her_id_twice"),
        ('her_id = "2003"', 'her_id = "20 03"', "world.her_id_wrong"),
        ('her_id = "2003"', 'her_id = "02003"', "world.her_id_wrong"),
        ('her_id = "2003"', 'her_id = "٢٠٠٣"', "world.her_id_wrong"),
        (
            'name = "Kommunen"',
            'name = "Kommunen"\norganisation_number = "123456789"',
            "world.organisation_number_wrong",
        ),
        ('name = "Kommunen"', 'name = "Kommunen"\nsuccessor = "9999"', "world.reference_unknown"),
        ('name = "Kommunen"', 'name = "Kommunen"\nsuccessor = "2001"', "world.successor_circle"),
        (
            'code = "MED"',
            'code = "MED"\nvalid_from = 2026-01-01\nvalid_to = 2025-12-31',
            "world.period_reversed",
        ),
        ('code = "MED"', 'code = "MED"\nsuccessor = "KIR"', "world.reference_unknown"),
        ('municipality_number = "3107"', 'municipality_number = "31 7"', "world.municipality_number_wrong"),
        ('hours = "workdays 08:00-15:30"', 'hours = "dagtid"', "world.hours_unreadable"),
        ('phone = "60 31 07 20"', 'phone = "60 31 07 20"\nvalid_to = 2026-11-23', "world.coordinator_expired"),
        ('phone = "60 31 07 20"\n', "", "world.coordinator_missing"),
        ('service_code = "KD0501"', 'service_code = "KA02"', "world.service_missing"),
        ('her_id = "2003"', 'her_id = "2003"\nkind = "person"', "world.person_without_name"),
        ('her_id = "2003"', 'her_id = "2003"\nsuccessor = "2009"', "world.reference_unknown"),
        ('track = "SOMATIC"', 'function = "plo_reception"', "world.reception_without_track"),
        ('municipality = "2001"', 'municipality = "2009"', "world.reference_unknown"),
        ('municipality = "2001"', 'municipality = "1001"', "world.agreement_kind"),
        ('unit = "MED"', 'unit = "KIR"', "world.reference_unknown"),
        ('organisation = "1001"', 'organisation = "1009"', "world.reference_unknown"),
        ("test = true", "test = false", "world.user_in_real_world"),
        ("[[agreement]]", '[[organisation.routine]]\nbase = "nasjonal"\n\n[[agreement]]', "world.routine_kind"),
        ('kind = "ward"', 'kind = "ward"\n[[organisation.routine]]\nbase = "annen"', "world.routine_wrong"),
        (
            'kind = "ward"',
            'kind = "ward"\n[[organisation.routine]]\nbase = "nasjonal"\nchanges.deviation_reasons = []',
            "world.routine_wrong",
        ),
        ("[[agreement]]", '[[organisation.fault]]\nmode = "silent"\n\n[[agreement]]', ""),
    ],
)
def test_each_contradiction_is_named(old: str, new: str, code: str) -> None:
    assert WORLD.count(old) >= 1
    found = codes(WORLD.replace(old, new, 1))
    assert code in found if code else found == set()


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ('[[organisation.unit]]\ncode = "MED"\nname = "Ny"\nkind = "ward"\nvalid_from = 2026-01-01', "unit"),
        ('[[organisation.group]]\nname = "G"\nemail = "a@b.example"\n' * 2, "group"),
        ('[[organisation.document]]\ncode = "D"\ntitle = "T"\n' * 2, "document"),
        ('[[organisation.contact]]\nkind = "night"\nphone = "1"\n' * 2, "contact"),
    ],
)
def test_overlapping_validity(block: str, code: str) -> None:
    text = WORLD.replace("[[organisation.party]]", f"{block}\n[[organisation.party]]", 1)
    problems = check(parse(text.encode()), today=TODAY)
    assert [p.code for p in problems] == ["world.validity_overlaps"]
    assert f".{code}[" in problems[0].path


def test_periods_that_follow_each_other_do_not_overlap() -> None:
    text = WORLD.replace('code = "MED"', 'code = "MED"\nvalid_to = 2025-12-31')
    block = '[[organisation.unit]]\ncode = "MED"\nname = "Ny"\nkind = "ward"\nvalid_from = 2026-01-01'
    assert codes(text.replace("[[organisation.party]]", f"{block}\n[[organisation.party]]", 1)) == set()


def test_two_agreements_of_one_pair_may_not_overlap() -> None:
    again = '[[agreement]]\nhospital = "1001"\nmunicipality = "2001"\nvalid_from = 2026-01-01\n\n[[user]]'
    assert codes(WORLD.replace("[[user]]", again)) == {"world.validity_overlaps"}


def test_two_municipalities_may_not_have_one_number() -> None:
    again = '[[organisation]]\nher_id = "3001"\nname = "X"\nkind = "municipality"\nmunicipality_number = "3107"\n\n'
    assert codes(WORLD.replace("[[agreement]]", again + "[[agreement]]")) == {"world.validity_overlaps"}


def test_one_organisation_number_belongs_to_one_organisation() -> None:
    text = WORLD.replace('name = "Kommunen"', 'name = "Kommunen"\norganisation_number = "311000004"')
    text = text.replace('name = "Sykehuset"', 'name = "Sykehuset"\norganisation_number = "311000004"')
    assert codes(text) == {"world.organisation_number_twice"}


def test_user_names_are_unique_whatever_their_case() -> None:
    assert codes(WORLD + '\n[[user]]\nusername = "NATT"\ngiven_name = "A"\nfamily_name = "B"\n') == {"world.user_twice"}


def test_numbers_must_lead_somewhere() -> None:
    number = '[[municipality_number]]\nnumber = "{}"\nname = "A"\nvalid_from = 2000-01-01\nsuccessor_number = "{}"\n'
    assert codes(WORLD + number.format("0106", "3107")) == set()
    assert codes(WORLD + number.format("0106", "3004")) == {"world.reference_unknown"}
    assert codes(WORLD + number.format("106", "3107")) == {"world.municipality_number_wrong"}
    assert codes(WORLD + number.format("0106", "0105") + number.format("0105", "0106")) == {"world.successor_circle"}


def test_a_problem_says_its_line_and_path() -> None:
    text = WORLD.replace('her_id = "2003"', 'her_id = "2002"')
    (problem,) = check(parse(text.encode()), today=TODAY)
    assert problem.path == "organisation[1].party[1]"
    assert problem.line == line_of(text, 'name = "Saksbehandling"', "[[organisation.party]]")
    assert "2002" in problem.text


@pytest.mark.parametrize(
    ("number", "test", "right"),
    [
        ("974744570", False, True),
        ("974744571", False, False),
        ("311000004", True, True),
        ("311000004", False, False),
        ("311000005", True, False),
        ("12345678", True, False),
        ("97474457x", True, False),
    ],
)
def test_organisation_numbers(number: str, test: bool, right: bool) -> None:
    assert right_organisation_number(number, test=test) is right


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe", "utf-8"),
        (b"[world\n", "line 1"),
        (b"", "world"),
        (b'[world]\nname = "a"\nunknown = 1\n', "unknown"),
        (b'[world]\nname = "a"\n\n[[organisation]]\nher_id = 5\n', "(line 4)"),
        (WORLD.replace('kind = "ward"', 'kind = "gang"').encode(), "organisation[0].unit[0].kind"),
        (b'[world]\nname = "a"\nvalue = ' + b"[" * 100_000, ""),
    ],
)
def test_unreadable_files_are_refused_with_the_place(data: bytes, says: str) -> None:
    with pytest.raises(WorldFileError) as caught:
        parse(data)
    assert caught.value.code == "world.unreadable"
    assert says in caught.value.detail


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(WorldFileError) as caught:
        read("/finnes/ikke.toml")
    assert "liten, ostfold" in caught.value.detail


def test_what_is_written_reads_as_the_same_world() -> None:
    world = read("ostfold").world
    assert parse(write(world)).world == world


def test_lines_of_tables() -> None:
    text = '[world]\nname = "a"\n[[organisation]]\n[[organisation.unit]]\n[[organisation.unit]]\n[[organisation]]\n[[organisation.unit]]\n'
    assert table_lines(text) == {
        "world": 1,
        "organisation[0]": 3,
        "organisation[0].unit[0]": 4,
        "organisation[0].unit[1]": 5,
        "organisation[1]": 6,
        "organisation[1].unit[0]": 7,
    }
