"""A problem as it is told to programs (source: the VOP wire specification, section 7)."""

import msgspec

ERROR_TYPE = "https://developer.surepay.nl/vop-bulk-for-banks/status-and-errorcodes"


class WireProblem(msgspec.Struct, omit_defaults=True):
    """A problem on the wire; without a detail it has no such member."""

    status: int
    type: str
    code: str
    title: str
    detail: str | None = None
    instance: str | None = None
