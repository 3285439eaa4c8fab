"""From SVG on standard input to PNG on standard output: a program of its own, run as a file.

The drawing library holds the interpreter for a tenth of a second or two, in which nobody would be answered; so another process draws.
It knows nothing of the bot and starts in a few hundredths of a second. Arguments: the font files to draw with; what they lack, the
machine's own fonts draw.
"""

import sys


def main() -> None:
    import resvg_py

    fonts = sys.argv[1:]
    markup = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(resvg_py.svg_to_bytes(svg_string=markup, font_files=fonts, skip_system_fonts=False))


if __name__ == "__main__":
    main()
