"""What the attributes of an element change in how its text is shown (WHATWG HTML §15.3)."""

import re
from dataclasses import dataclass
from typing import Final

from streams.mail.html_tokens import attributes

_HINT: Final = re.compile(r"none|font-size|opacity|max-height|visib", re.IGNORECASE)
_NOT_SHOWN: Final = re.compile(
    r"(?:^|;)\s*+(?:display\s*+:\s*+none|opacity\s*+:\s*+0*+\.?0*+\s*+(?:;|!|$))",
    re.IGNORECASE,
)
_ZERO: Final = r"0*+\.?0*+\s*+(?:px|pt|em|rem|ex|%|cm|mm|in|vw|vh)?+\s*+(?:;|!|$)"
_NO_HEIGHT: Final = re.compile(rf"(?:^|;)\s*+max-height\s*+:\s*+{_ZERO}", re.IGNORECASE)
_CLIPPED: Final = re.compile(r"overflow\s*+:\s*+hidden", re.IGNORECASE)
_FONT_SIZE: Final = re.compile(r"(?:^|;)\s*+font-size\s*+:\s*+([^;]*+)", re.IGNORECASE)
_NOTHING: Final = re.compile(_ZERO)
_VISIBILITY: Final = re.compile(r"(?:^|;)\s*+visibility\s*+:\s*+([a-z]++)", re.IGNORECASE)


@dataclass(slots=True)
class Look:
    """How the text directly inside an element is shown."""

    gone: bool = False
    """display:none and the like: nothing inside can undo it."""
    tiny: bool = False
    """font-size 0: an element inside may set another size."""
    invisible: bool = False
    """visibility:hidden: an element inside may be visible again."""
    preformatted: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What one tag changes; None: nothing."""

    gone: bool
    tiny: bool | None
    invisible: bool | None

    def of(self, outer: Look) -> Look:
        """The look inside the element, whose parent's is `outer`."""
        return Look(
            outer.gone or self.gone,
            outer.tiny if self.tiny is None else self.tiny,
            outer.invisible if self.invisible is None else self.invisible,
            outer.preformatted,
        )


def change(source: str) -> Change | None:
    """What the attributes of a tag change, as they stand in it; None: nothing, as of most."""
    lowered = source.lower()
    if "style" not in lowered and "hidden" not in lowered:
        return None
    values = attributes(source)
    gone, tiny, invisible = "hidden" in values, None, None
    style = values.get("style", "")
    if _HINT.search(style):
        if _NOT_SHOWN.search(style) or (_NO_HEIGHT.search(style) and _CLIPPED.search(style)):
            gone = True
        if size := _FONT_SIZE.search(style):
            tiny = _NOTHING.match(size[1]) is not None
        if visibility := _VISIBILITY.search(style):
            invisible = visibility[1].lower() in ("hidden", "collapse")
    return Change(gone, tiny, invisible) if gone or tiny is not None or invisible is not None else None
