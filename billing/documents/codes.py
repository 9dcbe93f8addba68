"""Codes that EN 16931 takes from lists of others."""

import re

_ISO_3166 = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_ISO_3166.split())
# VAT numbers of Greece and of Northern Ireland begin with letters of their own.
VAT_PREFIXES = COUNTRIES | {"EL", "XI"}
VAT_NUMBER = re.compile(r"[A-Z]{2}(?=(?:[A-Z]*[0-9]){2})[A-Z0-9]{2,18}")
UNIT = re.compile(r"[A-Z0-9]{2,3}")
PIECE = "C62"


def country_code(text: str) -> str:
    """The country as the standard wants it; '' if there is no such country."""
    code = text.strip().upper()
    return code if code in COUNTRIES else ""


def vat_number(text: str) -> str:
    """A VAT number without blanks and dots; '' if it does not begin with its country (BR-CO-9)."""
    compact = re.sub(r"[\s.\-/]", "", text).upper()
    return compact if VAT_NUMBER.fullmatch(compact) and compact[:2] in VAT_PREFIXES else ""


def unit_code(text: str) -> str:
    """The unit by UN/ECE Recommendation 20; what can't be a code counts as pieces."""
    code = text.strip().upper()
    return code if UNIT.fullmatch(code) else PIECE
