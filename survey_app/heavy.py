"""Large libraries, loaded when something is first drawn or printed: the one place that imports inside functions.

They took half of the start of every command and of the memory of every web worker, and most of them print nothing for
days. `opening`, which runs as a program of its own, loads its one library in the same way.
"""

from types import ModuleType


def weasyprint() -> ModuleType:
    """For documents as PDF."""
    import weasyprint.urls

    return weasyprint


def pydyf() -> ModuleType:
    """For pages of a PDF put together by hand."""
    import pydyf

    return pydyf


def fonttools() -> ModuleType:
    """For fonts cut down to a few letters: the package with the parts that are used."""
    import fontTools.subset
    import fontTools.ttLib

    return fontTools


def xlsxwriter() -> ModuleType:
    """For workbooks."""
    import xlsxwriter.utility

    return xlsxwriter


def matplotlib() -> ModuleType:
    """For charts."""
    import matplotlib.figure

    return matplotlib


def qrcode() -> ModuleType:
    """For QR codes."""
    import qrcode.constants

    return qrcode


def docx() -> ModuleType:
    """For papers that a word processor opens: the package with the parts that are used."""
    import docx.enum.section
    import docx.enum.text
    import docx.oxml
    import docx.oxml.ns
    import docx.oxml.xmlchemy
    import docx.shared

    return docx


def pillow() -> ModuleType:
    """For pictures: the package with the parts that are used."""
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    return PIL


def zipstream() -> ModuleType:
    """For ZIP files that leave while they are made."""
    import zipstream

    return zipstream


def num2words() -> ModuleType:
    """For numbers in words: it brings some sixty languages."""
    import num2words

    return num2words
