"""A cleaned picture shows the same and tells nothing else."""

import io

import pytest
from PIL import Image

from storage.clean import MOST_SIDE, NotAPictureError, clean_image

MAKER, ORIENTATION, GPS = 271, 274, 34853


def photo(size: tuple[int, int] = (60, 40), kind: str = "JPEG", mode: str = "RGB") -> bytes:
    picture = Image.new(mode, size, "red" if mode != "P" else 1)
    exif = Image.Exif()
    exif[MAKER] = "SECRET-PHONE"
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    out = io.BytesIO()
    picture.save(out, kind, exif=exif, comment=b"SECRET-AUTHOR") if kind == "JPEG" else picture.save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "mime"),
    [("JPEG", "RGB", "image/jpeg"), ("PNG", "RGB", "image/png"), ("PNG", "P", "image/png"), ("WEBP", "RGB", "image/jpeg")],
)
def test_a_cleaned_picture_holds_the_pixels_only(kind: str, mode: str, mime: str) -> None:
    original = photo(kind=kind, mode=mode)
    assert b"SECRET-PHONE" in original

    cleaned, found = clean_image(original)

    assert found == mime
    assert b"SECRET" not in cleaned
    with Image.open(io.BytesIO(cleaned)) as picture:
        assert dict(picture.getexif()) == {}
        assert picture.size == (40, 60)  # held upright, as the camera had noted


def test_a_huge_picture_is_made_smaller() -> None:
    cleaned, _ = clean_image(photo((6000, 3000), "PNG"))
    with Image.open(io.BytesIO(cleaned)) as picture:
        assert max(picture.size) == MOST_SIDE


@pytest.mark.parametrize("content", [b"", b"no picture", photo()[:200], photo(kind="PNG")[:60]])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPictureError):
        clean_image(content)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(NotAPictureError):
        clean_image(out.getvalue())
