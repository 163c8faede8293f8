"""The web server process: it answers, keeps /metrics to this machine, stops cleanly, and leaves nothing when killed."""

from __future__ import annotations

import os
import signal
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.harness import wait_until


def get(url: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_it_works_and_stops_cleanly(make_node):
    node = make_node()
    web = node.start_web()
    assert get(node.web_url + "/inn/")[0] == 200
    status, text = get(node.web_url + "/metrics")
    assert status == 200
    assert "samhandling_jobs_late_seconds 0.0" in text
    assert get(node.web_url + "/metrics", **{"X-Forwarded-For": "10.0.0.1"})[0] == 403
    assert web.stop() == 0


def test_a_killed_server_leaves_nothing_that_holds_the_port(make_node):
    node = make_node()
    web = node.start_web()
    below = web.children()
    assert below, "granian runs the pages in a child"
    web.kill()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below), what="the end of the children")
    node.start_web()
    assert get(node.web_url + "/inn/")[0] == 200


def test_killed_pages_come_back_by_themselves(make_node):
    node = make_node()
    web = node.start_web()
    (first,) = web.children()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: [pid for pid in web.children() if pid != first], what="a new child")

    def answers() -> bool:
        try:
            return get(node.web_url + "/inn/")[0] == 200
        except OSError:
            return False

    wait_until(answers, what="the pages")


@pytest.mark.parametrize("words", [("serve",), ("worker",)])
def test_a_store_that_is_not_up_to_date_is_refused_in_words(make_node, words):
    node = make_node()
    node.query("DELETE FROM django_migrations WHERE app = 'jobs'")
    process = node.start("early", *words)
    wait_until(lambda: not process.running, what="the refusal")
    assert process.stop() == 2
    assert "samhandling migrate" in process.log()
