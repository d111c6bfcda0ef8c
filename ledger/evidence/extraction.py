"""How a content was extracted from its source, so that the court can have it repeated.

互联网法院规定 第十一条 asks whether it can: by which tool, in which version, with which command, from which
input, with which result.
"""

from dataclasses import dataclass

from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue


@dataclass(frozen=True, slots=True)
class Extraction:
    """An extraction as it is sealed.

    Attributes:
        tool: name.
        version: of the tool.
        command: as it was given.
        input_sha256: 32 bytes, digest of the source.
        output_sha256: 32 bytes, digest of the sealed content.
    """

    tool: str
    version: str
    command: str
    input_sha256: bytes
    output_sha256: bytes


def extraction_from_json(value: JsonValue) -> Extraction:
    """Read an extraction strictly.

    Raises:
        MalformedError: an unknown or missing member, or a wrong type.
    """
    names = {"tool", "version", "command", "input_sha256", "output_sha256"}
    found = shape.members(value, "extraction", names)
    return Extraction(
        tool=shape.text(found["tool"], "extraction.tool"),
        version=shape.text(found["version"], "extraction.version"),
        command=shape.text(found["command"], "extraction.command"),
        input_sha256=shape.hex_bytes(found["input_sha256"], "extraction.input_sha256", 32),
        output_sha256=shape.hex_bytes(found["output_sha256"], "extraction.output_sha256", 32),
    )
