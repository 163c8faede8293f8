"""The MLLP listener: takes connections, cuts frames, answers each one, and never dies of what it is sent."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from samhandling.configuration import MllpLine
from samhandling.errors import ConfigurationError, SamhandlingError, StoreError
from samhandling.hl7 import ack
from samhandling.hl7.mllp import Deframer, Piece, wrap
from samhandling.intake.errors import NotAllowedError
from samhandling.intake.reception import Line, Received, answer_id, receive
from samhandling.intake.writer import Writer

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 9.5
"""Without a commit by then the answer is AE: 10 s at the most, with time left to write it."""
SILENCE_SECONDS = 30.0
"""A frame whose rest does not come within this is answered as cut short; the line stays open."""
STRAY_SECONDS = 1.0
"""Bytes outside a frame are answered when nothing has followed for this long."""
_CHUNK = 64 * 1024
_STRANGER_BYTES = 64 * 1024
_WRITE_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long the listener waits; tests wait less."""

    patience: float = PATIENCE_SECONDS
    silence: float = SILENCE_SECONDS
    stray: float = STRAY_SECONDS


@dataclass
class Listener:
    """The listeners of all lines, with one writer behind them."""

    writer: Writer
    now: Callable[[], datetime]
    timing: Timing = Timing()
    _servers: list[asyncio.Server] = field(default_factory=list)
    _connections: dict[asyncio.Task[None], _Connection] = field(default_factory=dict)

    async def listen(self, settings: MllpLine, line: Line) -> int:
        """Open one line and give its port. Raises ConfigurationError when it cannot be opened."""
        networks = _networks(settings)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            connection = _Connection(self, line, reader, writer, allowed=_is_allowed(writer, networks))
            self._connections[task] = connection
            try:
                await connection.serve()
            finally:
                del self._connections[task]

        try:
            server = await asyncio.start_server(connected, settings.host, settings.port, ssl=tls(settings))
        except OSError as error:
            raise ConfigurationError(f"mllp line {settings.name}: cannot listen on port {settings.port}") from error
        self._servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        log.info("mllp.listening", line=line.name, host=settings.host, port=port, tls=settings.certificate is not None)
        return port

    async def stop(self) -> None:
        """Take no more connections, answer what has been received, close."""
        for server in self._servers:
            server.close()
        for connection in self._connections.values():
            connection.end()
        if self._connections:
            await asyncio.wait(list(self._connections), timeout=self.timing.patience + 2)
        for task in self._connections:
            task.cancel()


class _Connection:
    """One sender's connection."""

    def __init__(
        self,
        listener: Listener,
        line: Line,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        allowed: bool,
    ) -> None:
        self._listener = listener
        self._line = line
        self._reader = reader
        self._writer = writer
        self._allowed = allowed
        self._framer = Deframer(line.max_bytes if allowed else _STRANGER_BYTES)
        self._answered = False
        self._ending = False

    async def serve(self) -> None:
        """Answer everything that comes until the sender leaves or the listener stops."""
        log.info("mllp.connected", line=self._line.name, peer=_peer(self._writer), allowed=self._allowed)
        try:
            while True:
                data = await self._next()
                await self._answer_all(self._framer.feed(data) if data else self._framer.cut())
                if data == b"" or (self._answered and not self._allowed):
                    break
        except (ConnectionError, TimeoutError, ssl.SSLError) as error:
            log.info("mllp.connection_lost", line=self._line.name, error=type(error).__name__)
        except Exception as error:  # one sender must not end the others
            log.error("mllp.connection_failed", line=self._line.name, exc_info=error)
        finally:
            self._writer.close()
            with suppress(OSError, ssl.SSLError, asyncio.TimeoutError):
                async with asyncio.timeout(5):
                    await self._writer.wait_closed()

    def end(self) -> None:
        """Read nothing more; what has been received is answered, then the connection closes."""
        self._ending = True
        transport = self._writer.transport
        if isinstance(transport, asyncio.ReadTransport):
            with suppress(RuntimeError, NotImplementedError):
                transport.pause_reading()
        self._reader.feed_eof()

    async def _next(self) -> bytes | None:
        """The next bytes; None when half a frame has waited long enough; empty at the end of the connection."""
        seconds = self._waits()
        if seconds is None:
            return await self._reader.read(_CHUNK)
        try:
            async with asyncio.timeout(seconds):
                return await self._reader.read(_CHUNK)
        except TimeoutError:
            return None

    def _waits(self) -> float | None:
        timing = self._listener.timing
        if self._framer.inside:
            return timing.silence
        return timing.stray if self._framer.pending else None

    async def _answer_all(self, pieces: list[Piece]) -> None:
        """Store all pieces at once, then answer them in the order in which they came."""
        if not pieces:
            return
        if len(pieces) == 1:
            self._writer.write(wrap(await self._answer(pieces[0])))
        else:
            for answer in [asyncio.ensure_future(self._answer(piece)) for piece in pieces]:
                self._writer.write(wrap(await answer))
        self._answered = True
        if self._writer.transport.get_write_buffer_size():
            async with asyncio.timeout(_WRITE_SECONDS):
                await self._writer.drain()

    async def _answer(self, piece: Piece) -> bytes:
        """The answer to one piece; AE when it cannot be stored. Never raises."""
        now = self._listener.now()
        if not self._allowed:
            return _stranger(piece, now)
        if self._ending and piece.fault is not None:
            return _failed(piece, now, code=StoreError.code, transient=True)
        received: Received | None = None
        try:
            received = receive(piece, self._line, now=now)
            stored = await self._listener.writer.put(received, self._line, seconds=self._listener.timing.patience)
        except TimeoutError:
            log.error("mllp.not_stored", line=self._line.name)
            if received is not None and received.refused:
                return received.answer
            return _failed(piece, now, code=StoreError.code, transient=True)
        except Exception as error:
            log.error("mllp.not_stored", line=self._line.name, exc_info=error)
            if received is not None and received.refused:
                return received.answer
            return _failed(piece, now, code=SamhandlingError.code, transient=False)
        return stored.answer


def _failed(piece: Piece, now: datetime, *, code: str, transient: bool) -> bytes:
    text = "not stored, send it again" if transient else "not stored"
    return ack.error(piece.content, answer_id=answer_id(), now=now, code=code, transient=transient, text=text)


def _stranger(piece: Piece, now: datetime) -> bytes:
    code, text = NotAllowedError.code, "this address may not send on this line"
    return ack.reject(piece.content, answer_id=answer_id(), now=now, condition="207", code=code, text=text)


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(settings: MllpLine) -> list[Network]:
    try:
        return [ipaddress.ip_network(text) for text in settings.allow]
    except ValueError as error:
        raise ConfigurationError(f"mllp line {settings.name}: allow: not a network") from error


def _peer(writer: asyncio.StreamWriter) -> str:
    name = writer.get_extra_info("peername")
    return str(name[0]) if name else ""


def _is_allowed(writer: asyncio.StreamWriter, networks: list[Network]) -> bool:
    try:
        address = ipaddress.ip_address(_peer(writer).split("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address.version == network.version and address in network for network in networks)


def tls(settings: MllpLine) -> ssl.SSLContext | None:
    """The line's TLS set-up, None without a certificate. Raises ConfigurationError."""
    if settings.certificate is None:
        if settings.client_ca is not None or settings.key is not None:
            raise ConfigurationError(f"mllp line {settings.name}: TLS needs a certificate")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.certificate, settings.key)
        if settings.client_ca is not None:
            context.load_verify_locations(settings.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"mllp line {settings.name}: the certificate, key or issuer is unreadable") from error
    return context
