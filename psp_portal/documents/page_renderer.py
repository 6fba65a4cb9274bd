"""A process of its own that draws pages of a PDF: ``python -I page_renderer.py NUMBER LONGEST_SIDE``, or ``all``.

The PDF comes on standard input. With a number the page goes as a JPEG to standard output; with ``all`` every page is
drawn small and thrown away, to see that it can be. A PDF's decoder is a large program fed by strangers, so it runs
apart, with little time, memory and no files to write, and without a line of the portal: only this file is loaded.
"""

import io
import resource
import sys

CPU_SECONDS = 15
MEMORY_BYTES = 1024 * 1024 * 1024
JPEG_QUALITY = 80


def limit() -> None:
    """Bound what this process may use; the operating system ends it when it goes beyond."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw(page, longest_side: int):
    """Return a page as a picture on white, its longest side in bounds; what a reader would do is not done."""
    width, height = page.get_size()
    scale = longest_side / max(width, height, 1)
    return page.render(scale=scale, may_draw_forms=False).to_pil()


def main(which: str, longest_side: int) -> None:
    """Draw what is asked for."""
    import pypdfium2  # after the limits are set

    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    if which == "all":
        for page in document:
            draw(page, longest_side)
        return
    drawn = io.BytesIO()
    draw(document[int(which) - 1], longest_side).convert("RGB").save(drawn, "JPEG", quality=JPEG_QUALITY)
    sys.stdout.buffer.write(drawn.getvalue())


if __name__ == "__main__":
    limit()
    main(sys.argv[1], int(sys.argv[2]))
