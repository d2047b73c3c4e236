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


async def sent_file(request: Request, field: str, *, most_bytes: int) -> tuple[Sent, Upload]:
    """The fields of a form, and the file of `field`.

    Raises:
        Unprocessable: no file was chosen, it is too large, or the form cannot be read.
    """
    try:
        form = await request.form(max_fields=MOST_FIELDS, max_files=1)
    except MultiPartException as error:
        raise Unprocessable(f"the form cannot be read: {error}", code="bad_upload") from None
    found = form.get(field)
    if not isinstance(found, UploadFile) or not found.filename:
        raise Unprocessable("choose a file first", code="no_file")
    content = await found.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise Unprocessable(
            f"the file is larger than {most_bytes // 2**20} MiB; make it smaller",
            code="file_too_large",
        )
    fields = {name: (value,) for name, value in form.items() if isinstance(value, str)}
    return Sent(fields), Upload(found.filename[-80:], content)
