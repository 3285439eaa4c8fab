"""Compiles `locales/<language>/*.po` (one file a noun, so that two people rarely touch the same) into one `duban.mo` a language.

`python -m config.catalogues` is what `make` calls; the wheel's build hook calls `compile_all`.
"""

import os
from pathlib import Path

LOCALES = Path(__file__).parent / "locales"


def compile_all(root: Path = LOCALES) -> list[Path]:
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for language in sorted(p for p in root.iterdir() if p.is_dir()):
        merged = Catalog(locale=language.name)
        for source in sorted(language.glob("*.po")):
            with source.open("rb") as file:
                for message in read_po(file, locale=language.name):
                    if not message.id:
                        continue
                    if message.id in merged:
                        raise ValueError(f"{source.name}: the key {message.id!r} stands in two catalogues; keep one")
                    merged[message.id] = message
        target = language / "duban.mo"
        partial = target.with_suffix(f".{os.getpid()}.part")
        with partial.open("wb") as file:
            write_mo(file, merged)
        partial.replace(target)  # whoever reads meanwhile has the old one or the new one
        written.append(target)
    return written


if __name__ == "__main__":
    compile_all()
