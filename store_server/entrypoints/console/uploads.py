"""One file that a form of ours sent, with its fields: of bounded size, and not trusted."""

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from store_server.entrypoints.console.forms import MOST_FIELDS, Sent
from store_server.errors import Unprocessable


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; `name` is what the browser calls it."""

    name: str
    content: bytes


async def sent_file(request: Request, field: str) -> tuple[Sent, UploadFile | None]:
    """The fields of a form, and what it sent as the file of `field`, not looked at yet.

    Raises:
        Unprocessable: the form cannot be read.
    """
    try:
        form = await request.form(max_fields=MOST_FIELDS, max_files=1)
    except MultiPartException as error:
        raise Unprocessable(f"the form cannot be read: {error}", code="bad_upload") from None
    found = form.get(field)
    fields = {name: (value,) for name, value in form.items() if isinstance(value, str)}
    return Sent(fields), found if isinstance(found, UploadFile) else None


async def content_of(file: UploadFile | None, *, most_bytes: int) -> Upload:
    """The file whole.

    Raises:
        Unprocessable: none was chosen, or it is too large.
    """
    if file is None or not file.filename:
        raise Unprocessable("choose a file first", code="no_file")
    content = await file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise Unprocessable(
            f"the file is larger than {most_bytes // 2**20} MiB; make it smaller",
            code="file_too_large",
        )
    return Upload(file.filename[-80:], content)
