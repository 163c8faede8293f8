"""Identity numbers at rest (P-08)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandling.errors import ConfigurationError
from samhandling.identity.vault import UnreadableSealError, Vault

VAULT = Vault(bytes(range(32)))


@given(st.text())
def test_what_is_sealed_opens_and_hides(text):
    sealed = VAULT.seal(text)
    assert VAULT.open(sealed) == text
    assert VAULT.seal(text) != sealed
    if len(text) > 3:
        assert text.encode() not in sealed


def test_the_index_finds_the_same_text_and_needs_the_key():
    assert VAULT.index("15076500565") == VAULT.index("15076500565")
    assert len(VAULT.index("x")) == 64
    assert VAULT.index("a") != VAULT.index("b")
    assert Vault(bytes(32)).index("a") != VAULT.index("a")


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b"\x02" + b[1:], lambda b: b"", lambda b: b[:-1] + bytes([b[-1] ^ 1])]
)
def test_damaged_seals_have_one_named_error(damage):
    with pytest.raises(UnreadableSealError):
        VAULT.open(damage(VAULT.seal("15076500565")))


def test_another_key_opens_nothing():
    with pytest.raises(UnreadableSealError):
        Vault(b"k" * 32).open(VAULT.seal("x"))


def test_memoryviews_from_the_store_open():
    assert VAULT.open(memoryview(VAULT.seal("ok"))) == "ok"


def test_a_short_secret_stops_the_start():
    with pytest.raises(ConfigurationError):
        Vault(b"short")
