"""The pages are killed while forms are posted: every answer is stored once, and a nurse who posts again doubles nothing."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.harness import Node, Process, wait_until

STAYS = 6
KILLS = 3
MOST_KILLS = 10
"""A slow machine is given peace to answer after so many."""

WARD = """
from samhandling.access.services import change_password
from tests.store.small_world import admit, build
world = build()
result = [admit(world, given=f"Prøve{chr(97 + n)}", visit=str(1000 + n)).pk for n in range(count)]
"""

STORED = """
from collections import Counter
from samhandling.access.models import AuditEntry
from samhandling.exchange.models import Message
from samhandling.stays.models import StayEvent
result = {
    "answers": sorted(Counter(StayEvent.objects.filter(kind="user_yes").values_list("stay_id", flat=True)).items()),
    "acts": sorted(Counter(AuditEntry.objects.filter(action="stay.register").values_list("subject", flat=True)).items()),
    "sent": sorted(Counter(Message.objects.filter(direction="out").values_list("subject", "type", "status")).values()),
}
"""


class Nurse:
    """A person at a browser. What gets no answer is posted again, unchanged, as a reload does."""

    def __init__(self, node: Node) -> None:
        self._url = node.web_url
        self._browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), NoRedirect(), urllib.request.ProxyHandler({})
        )
        self.posted_again = 0

    def log_in(self) -> None:
        """As the ward's nurse."""
        token = self._hidden(self._ask("/inn/")[1], "csrfmiddlewaretoken")
        words = {"csrfmiddlewaretoken": token, "username": "kari", "password": "demo"}
        assert self._ask("/inn/", words)[0] == 302

    def answer(self, stay: int) -> int:
        """Say that the patient has municipal services; gives the status of the last page."""
        address = f"/opphold/{stay}/registrer/vurdering/"
        status, form = self._ask(address)
        assert status == 200
        words = {name: self._hidden(form, name) for name in ("csrfmiddlewaretoken", "seen")}
        return self._ask(address, {**words, "user": "yes"})[0]

    def _ask(self, path: str, words: dict[str, str] | None = None) -> tuple[int, str]:
        data = urllib.parse.urlencode(words).encode() if words else None
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            try:
                with self._browser.open(self._url + path, data, timeout=10) as page:
                    return page.status, page.read().decode()
            except urllib.error.HTTPError as page:
                with page:
                    return page.code, page.read().decode()
            except (OSError, http.client.HTTPException):
                self.posted_again += words is not None
                time.sleep(0.05)
        raise AssertionError("the pages do not answer")

    @staticmethod
    def _hidden(page: str, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]+)"', page)
        assert found is not None, name
        return found[1]


def start(node: Node) -> Process:
    """The pages, as soon as somebody listens: what is behind may still be on its way up when it is killed."""
    web = node.start("serve")

    def listens() -> bool:
        assert web.running, web.log()
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", node.web_port)) == 0

    wait_until(listens, 90, what="the pages")
    return web


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The redirect is the answer."""

    def redirect_request(self, *_: object) -> None:
        """Not followed."""


def test_killing_the_pages_while_forms_are_posted_loses_and_doubles_nothing(make_node):
    node = make_node()
    stays = node.python(WARD, count=STAYS)
    web = start(node)
    nurse = Nurse(node)
    nurse.log_in()
    answers: dict[int, int] = {}

    def work() -> None:
        for stay in stays:
            answers[stay] = nurse.answer(stay)
            time.sleep(0.1)

    working = threading.Thread(target=work)
    working.start()
    chance = random.Random(20261124)
    kills = 0
    while kills < (MOST_KILLS if working.is_alive() else KILLS):
        time.sleep(chance.uniform(0.2, 1.2))
        children = web.children()
        if children and chance.random() < 0.3:
            # The process behind the pages alone; the server starts it anew.
            os.kill(chance.choice(children), signal.SIGKILL)
        else:
            web.kill()
            web = start(node)
        kills += 1
    working.join()
    # 302: stored now. 422: it was stored, and the same form again is refused as seen before the change.
    assert set(answers.values()) <= {302, 422}
    node.run("worker", "--once")
    stored = node.python(STORED)
    assert stored["answers"] == [[stay, 1] for stay in stays]
    assert [count for _, count in stored["acts"]] == [1] * STAYS
    assert stored["sent"] == [1] * STAYS
    assert node.query("SELECT count(*) FROM jobs_job WHERE state <> 'waiting'") == [(0,)]
