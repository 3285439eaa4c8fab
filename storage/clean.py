"""Pictures without what they tell beside the picture: no EXIF, no place, no author, no embedded thumbnail.

The pixels are decoded and encoded anew, so nothing of the original file remains. CPU-bound: call it in a thread, never inside a unit.
"""

import io
import warnings
from typing import TYPE_CHECKING

from domain.evidence import MOST_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_SIDE = 4096  # enough to read a meter or a plate
QUALITY = 88


class NotAPictureError(ValueError):
    """Not a picture that can be opened: damaged, of an unknown kind, or absurdly large."""


def clean_image(content: bytes) -> tuple[bytes, str]:
    """The picture encoded anew and its MIME type: PNG stays PNG (screenshots of text), everything else becomes JPEG."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                return _clean(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise NotAPictureError("a picture that cannot be opened") from error


def _clean(picture: "Picture") -> tuple[bytes, str]:
    from PIL import ImageOps

    if picture.width * picture.height > MOST_PIXELS:
        raise NotAPictureError("a picture of too many pixels")
    flat = picture.format != "PNG"
    upright = ImageOps.exif_transpose(picture)  # how it was held stood in what is thrown away
    return _encoded(upright.convert("RGB" if flat else _mode(upright.mode)), flat=flat)


def _mode(mode: str) -> str:
    return "RGBA" if mode in {"RGBA", "LA", "PA", "P"} else "RGB"


def _encoded(picture: "Picture", *, flat: bool) -> tuple[bytes, str]:
    from PIL import Image

    picture.thumbnail((MOST_SIDE, MOST_SIDE))
    bare = Image.new(picture.mode, picture.size)  # a new picture has no info that an encoder could write out
    bare.paste(picture)
    out = io.BytesIO()
    if flat:
        bare.save(out, "JPEG", quality=QUALITY)
        return out.getvalue(), "image/jpeg"
    bare.save(out, "PNG", optimize=True)
    return out.getvalue(), "image/png"
