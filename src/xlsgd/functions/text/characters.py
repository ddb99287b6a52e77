"""Characters: CHAR, CODE, UNICHAR, UNICODE, CLEAN, ASC, UPPER, LOWER, PROPER.

Source: Microsoft, the page of each function; the code page is Windows-1252. Case is changed character by character.
"""

import math

from ...values import NA, VALUE
from ..kinds import Number, Result, Text
from ..numbers.units import from_units, units
from ..registry import function

_LAST_CODE_POINT = 0x10FFFF


def _from_code_page(code: int) -> str:
    try:
        return bytes([code]).decode("cp1252")
    except UnicodeDecodeError:  # 129, 141, 143, 144 and 157 have no character and stand for themselves
        return chr(code)


@function("CHAR")
def char(number: Number) -> Result:
    return _from_code_page(math.floor(number)) if 1 <= number < 256 else VALUE


@function("CODE")
def code(text: Text) -> Result:
    """What the code page lacks counts as a question mark."""
    if not text:
        return VALUE
    if text[0] in "\x81\x8d\x8f\x90\x9d":
        return ord(text[0])
    return text[0].encode("cp1252", "replace")[0]


@function("UNICHAR")
def unichar(number: Number) -> Result:
    if not 1 <= number < _LAST_CODE_POINT + 1:
        return VALUE
    point = math.floor(number)
    return NA if 0xD800 <= point <= 0xDFFF else chr(point)


@function("UNICODE")
def unicode(text: Text) -> Result:
    if not text:
        return VALUE
    return NA if "\ud800" <= text[0] <= "\udfff" else ord(text[0])


@function("CLEAN")
def clean(text: Text) -> Result:
    """Takes out the control characters 0 to 31 and no other."""
    return "".join(character for character in text if character >= " ")


@function("UPPER")
def upper(text: Text) -> Result:
    return text.upper() if text.isascii() else "".join(map(_upper, text))


@function("LOWER")
def lower(text: Text) -> Result:
    """A capital sigma at the very end becomes a final one."""
    if text.isascii():
        return text.lower()
    small = "".join(map(_lower, text))
    return small[:-1] + "ς" if text.endswith("Σ") else small


@function("PROPER")
def proper(text: Text) -> Result:
    """Letters behind anything but a letter become capitals, all others small."""
    found: list[str] = []
    within = False
    for character in units(text):
        letter = character.isalpha()
        found.append((_lower if within else _upper)(character) if letter else character)
        within = letter
    return from_units("".join(found))


def _upper(character: str) -> str:
    changed = character.upper()
    return changed if len(changed) == 1 else character


def _lower(character: str) -> str:
    changed = character.lower()
    return changed if len(changed) == 1 else character


_KANA_FULL = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォッャュョ"
)
_KANA_HALF = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｯｬｭｮ"
_VOICED = ("ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ", "ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎｳ")
_HALF_VOICED = ("パピプペポ", "ﾊﾋﾌﾍﾎ")
_NARROW: dict[int, str] = {
    **{0xFF01 + offset: chr(0x21 + offset) for offset in range(0x5E)},
    **{ord(full): half for full, half in zip(_KANA_FULL, _KANA_HALF, strict=True)},
    **{ord(full): half + "ﾞ" for full, half in zip(*_VOICED, strict=True)},
    **{ord(full): half + "ﾟ" for full, half in zip(*_HALF_VOICED, strict=True)},
    **{ord(full): half for full, half in zip("　―‘’”、。「」゛゜・ー￥", " ｰ`'\"､｡｢｣ﾞﾟ･ｰ\\", strict=True)},
}


@function("ASC")
def asc(text: Text) -> Result:
    """Full-width characters to half-width ones."""
    return text.translate(_NARROW)
