"""A fake of the national registers for tests and demos: HelseID, Adresseregisteret, CPPA, CRL and OCSP.

It answers as the notes say (addressing 5 and 6), and misbehaves when its switches say so. Loopback and test worlds
only.
"""

from samhandling.world.register.content import Content
from samhandling.world.register.server import FakeRegister
from samhandling.world.register.switches import Lie, Switches

__all__ = ["Content", "FakeRegister", "Lie", "Switches"]
