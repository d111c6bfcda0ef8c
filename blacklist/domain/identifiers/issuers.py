"""Who issues travel documents: the codes of ICAO Doc 9303-3, section 5, and three kinds of Chinese permits.

* The code is the one in the machine-readable zone after ``P<``. Germany is ``D`` there; ``DEU`` means the
  same.
* British passports carry codes for kinds of nationality (GBD, GBN, GBO, GBP, GBS), sometimes as issuer too.
  One office numbers them all, and they are ``GBR``.
* Territories whose people carry the passport of a state are refused: a Hong Kong or Macao passport says
  ``CHN``.
* Refused as well: codes for persons without a nationality (XXA …), the specimen's UTO, withdrawn codes, two
  letters.
"""

from typing import Final

from blacklist.domain.identifiers.cleaning import LETTERS, clean
from ledger.errors import MalformedError

CHINA: Final = "CHN"
TAIWAN: Final = "TWN"
HONG_KONG_MACAO_PERMIT: Final = "CHN-HM"
"""港澳居民来往内地通行证."""
TAIWAN_PERMIT: Final = "CHN-TW"
"""台湾居民来往大陆通行证."""
PERMANENT_RESIDENT: Final = "CHN-PR"
"""外国人永久居留身份证 with 15 characters, until November 2023."""
_PERMITS: Final = {
    code.replace("-", ""): code
    for code in (HONG_KONG_MACAO_PERMIT, TAIWAN_PERMIT, PERMANENT_RESIDENT)
}

_STATES: Final = """
    AFG AGO AIA ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH BLR BLZ BMU BOL
    BRA BRB BRN BTN BWA CAF CAN CHE CHL CHN CIV CMR COD COG COL COM CPV CRI CUB CYM CYP CZE DEU DJI DMA
    DNK DOM DZA ECU EGY ERI ESP EST ETH FIN FJI FLK FRA FSM GAB GBR GEO GHA GIB GIN GMB GNB GNQ GRC GRD
    GTM GUY HND HRV HTI HUN IDN IND IRL IRN IRQ ISL ISR ITA JAM JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT
    LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MOZ
    MRT MSR MUS MWI MYS NAM NER NGA NIC NLD NOR NPL NRU NZL OMN PAK PAN PER PHL PLW PNG POL PRK PRT PRY
    PSE QAT ROU RUS RWA SAU SDN SEN SGP SHN SLB SLE SLV SMR SOM SRB SSD STP SUR SVK SVN SWE SWZ SYC SYR
    TCA TCD TGO THA TJK TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR URY USA UZB VAT VCT VEN VGB VNM VUT
    WSM YEM ZAF ZMB ZWE
"""
STATES: Final = frozenset(_STATES.split())
"""ISO 3166-1 without the territories below."""
_TERRITORY_CODES: Final = """
    ABW ALA ASM ATA ATF BES BLM BVT CCK COK CUW CXR ESH FRO GGY GLP GRL GUF GUM HKG HMD IMN IOT JEY MAC
    MAF MNP MTQ MYT NCL NFK NIU PCN PRI PYF REU SGS SJM SPM SXM TKL UMI VIR WLF
"""
_TERRITORIES: Final = frozenset(_TERRITORY_CODES.split())
_OTHER_CODES: Final = "D RKS EUE UNO UNA UNK XBA XIM XCC XCE XCO XEC XPO XES XMP XOM XDC"
_OTHERS: Final = frozenset(_OTHER_CODES.split())
"""Doc 9303-3, section 5, parts A to D, beside ISO 3166-1."""
_SAME: Final = {"DEU": "D", **dict.fromkeys(("GBD", "GBN", "GBO", "GBP", "GBS"), "GBR")}


def normalise_issuer(raw: str) -> str:
    """Return the issuer's code.

    Raises:
        MalformedError: not a code of the list, or one of a territory without passports of its own.
    """
    text = clean(raw, LETTERS | {"<"}).rstrip("<")
    code = _SAME.get(text, text)
    if code in STATES or code in _OTHERS:
        return code
    if code in _TERRITORIES:
        raise MalformedError("identifier-issuer-territory")
    if text in _PERMITS:
        return _PERMITS[text]
    raise MalformedError("identifier-issuer-unknown")
