"""No identity number and no content reaches a log, whoever writes it and however."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from samhandling import logs

NUMBER = "13116900216"


@pytest.fixture
def lines():
    old = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    logs.configure("debug", out)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    structlog.configure(**old)
    root.handlers[:], root.level = handlers, level


def test_it_works(lines):
    with structlog.contextvars.bound_contextvars(correlation="job-7"):
        structlog.get_logger("samhandling.test").info("job done", seconds=0.5)
    (line,) = lines()
    assert line["event"] == "job done"
    assert line["level"] == "info"
    assert line["correlation"] == "job-7"
    assert line["seconds"] == 0.5
    assert line["time"].endswith("Z")


@pytest.mark.parametrize(
    "form", [NUMBER, "131169 00216", "131169\u00a000216", "131169-00216", "131169.00216", f"<Id>{NUMBER}</Id>"]
)
def test_an_identity_number_is_masked_wherever_it_stands(lines, form):
    log = structlog.get_logger("samhandling.test")
    log.warning(f"about {form}")
    log.warning("about %s", form)
    log.info("x", patient=form, deep={"list": [form, {"key": (form,)}]}, raw=form.encode(), **{f"key{NUMBER}": 1})
    log.info("x", number=int(NUMBER))
    logging.getLogger("django.request").error("Not Found: /pasient/%s/", form, extra={"status": form})
    logging.getLogger("elsewhere").warning(form)
    text = json.dumps(lines(), ensure_ascii=False)
    assert len(lines()) == 6
    assert "00216" not in text
    assert text.count("***********") >= 6


def test_an_exception_is_told_by_class_and_place_never_by_its_text(lines):
    def failing():
        raise ValueError(f"Kari Nordmann {NUMBER} har influensa")

    try:
        failing()
    except ValueError as error:
        structlog.get_logger("samhandling.test").exception("failed")
        structlog.get_logger("samhandling.test").error("failed", exc_info=error)
        logging.getLogger("django.request").exception("Internal Server Error")
    ours, also, theirs = lines()
    for line in (ours, also, theirs):
        assert line["error"].startswith("ValueError at ")
        assert "test_logs.py" in line["error"]
        assert "failing" in line["error"]
        assert "influensa" not in json.dumps(line)


def test_an_object_is_told_by_its_class(lines):
    class Patient:
        def __repr__(self):
            return "Kari Nordmann"

    structlog.get_logger("samhandling.test").info("x", patient=Patient())
    (line,) = lines()
    assert line["patient"] == "<Patient>"
