"""How much of a file is received at all: forms say kindly what is too large, this keeps a flood out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class SizeLimit(FileUploadHandler):
    """Drop a file once it is more than twice as large as an upload may be; the form then sees none.

    Between once and twice the size it arrives whole, so that the form can say by how much it is too large.
    """

    def new_file(self, *arguments: Any, **named: Any) -> None:
        super().new_file(*arguments, **named)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > 2 * settings.UPLOAD_MB * 1024 * 1024:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
