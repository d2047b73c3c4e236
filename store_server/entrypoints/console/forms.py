"""What a form of ours sent: texts of bounded length, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

LONGEST = 4_000
MOST_FIELDS = 400


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a form; a field that was not sent is empty."""

    fields: Mapping[str, tuple[str, ...]]

    def text(self, name: str, *, longest: int = LONGEST) -> str:
        """The first value of a field, cut at `longest`, without space around."""
        values = self.fields.get(name, ())
        return values[0].strip()[:longest] if values else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may be sent several times."""
        return tuple(value.strip()[:LONGEST] for value in self.fields.get(name, ()))

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.fields.get(name))


async def sent_form(request: Request, *, longest: int = LONGEST) -> Sent:
    """The form of a request; files are left out, and what is longer than `longest` is cut."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields[name] = (*fields.get(name, ()), value[:longest])
    return Sent(fields)
