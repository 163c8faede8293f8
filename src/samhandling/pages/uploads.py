"""Files that people upload stay in memory: no copy of a patient's picture lies about in a folder (HIS 1036)."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any, cast

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from samhandling.access.models import User
from samhandling.messages.compose.attachments import MOST_BYTES


class MemoryUpload(FileUploadHandler):
    """Takes the files of those who are logged in, as many bytes in a request as one message may carry.

    A file beyond that comes to the view with its name and size and without content.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Nobody uploads before the log-in."""
        super().new_file(*args, **kwargs)
        if not isinstance(getattr(self.request, "user", None), User):
            raise SkipFile
        self._file, self._kept = BytesIO(), getattr(self, "_total", 0)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a piece, while there is room."""
        if self._kept + start + len(raw_data) <= MOST_BYTES:
            self._file.write(raw_data)
        else:
            self._file = BytesIO()
            self._kept = MOST_BYTES + 1
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        """The file, rewound; `size` is what was sent."""
        self._total = getattr(self, "_total", 0) + len(self._file.getbuffer())
        self._file.seek(0)
        return InMemoryUploadedFile(
            file=cast("IO[bytes]", self._file), field_name=self.field_name, name=self.file_name or "",
            content_type=self.content_type, size=file_size, charset=self.charset,
        )  # fmt: skip
