"""The official schemas as judge: one driver schema over the header and the payloads, network off."""

from __future__ import annotations

import re
import tempfile
import threading
from pathlib import Path

from lxml import etree

FAMILIES = (
    "MsgHead-v1_2.xsd",
    "kith-base64.xsd",
    "AppRec-v1-2004-11-21.xsd",
    "AppRec-v1.1.xsd",
    "Pasientlogistikk-v1.5.xsd",
    "Pasientlogistikk-v1.6.xsd",
    "HelseopplysningerVedSoknad-v1.5.xsd",
    "Helseopplysninger-v1.6.xsd",
    "HelseopplysningerTilLege-v1.5.xsd",
    "HelseopplysningerTilLege-v1.6.xsd",
    "Innleggelsesrapport-v1.5.xsd",
    "Innleggelsesrapport-v1.6.xsd",
    "MedisinskeOpplysninger-v1.5.xsd",
    "MedisinskeOpplysninger-v1.6.xsd",
    "MeldingFravar-v1.5.xsd",
    "OrienteringOmTjenestetilbud-v1.5.xsd",
    "OrienteringOmTjenestetilbud-v1.6.xsd",
    "TverrfagligEpikrise-v1.5.xsd",
    "TverrfagligEpikrise-v1.6.xsd",
    "dialogmelding-v1.0.xsd",
    "dialogmelding-v1.1.xsd",
    "Epikrise-v1.1.xsd",
    "Epikrise-v1.2.xsd",
    "Henvisning-v1.0.xsd",
    "Henvisning-v1.1.xsd",
    "Henvisning-v2.0.xsd",
    "svar-v13.xsd",
    "svar-v1.4.xsd",
)
_LOCATION = re.compile(rb'schemaLocation="[^"]*?([^"/]+\.xsd)"')
_TARGET = re.compile(rb'targetNamespace="([^"]+)"')
ROOTS = ("MsgHead", "AppRec", "Message")


class Oracle:
    """What the official schemas say. One `XMLSchema` object per thread: its error log is shared state."""

    def __init__(self, schemas: Path, families: tuple[str, ...] = FAMILIES) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="samhandling-schemas-")
        folder = Path(self._folder.name)
        for source in schemas.glob("*.xsd"):
            # Locations name other folders and the web; here every import is a file beside it.
            (folder / source.name).write_bytes(_LOCATION.sub(rb'schemaLocation="\1"', source.read_bytes()))
        imports = []
        for name in families:
            target = _TARGET.search((folder / name).read_bytes())
            assert target is not None, name
            imports.append(f'<xs:import namespace="{target[1].decode()}" schemaLocation="{name}"/>')
        self._driver = folder / "driver.xsd"
        self._driver.write_text(
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{"".join(imports)}</xs:schema>', encoding="utf-8"
        )
        self._local = threading.local()

    def close(self) -> None:
        """Remove the rewritten schemas."""
        self._folder.cleanup()

    def schema(self) -> etree.XMLSchema:
        """This thread's schema object."""
        schema = getattr(self._local, "schema", None)
        if schema is None:
            parser = etree.XMLParser(no_network=True)
            schema = self._local.schema = etree.XMLSchema(etree.parse(str(self._driver), parser))
        return schema

    def judge(self, data: bytes) -> tuple[bool, str]:
        """Whether well-formed, without DOCTYPE, with a root of ours, and valid; and why not."""
        try:
            tree = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            return False, f"not well-formed: {error.msg}"
        if tree.getroottree().docinfo.internalDTD is not None:
            return False, "DOCTYPE"
        return self.judge_tree(tree)

    def judge_tree(self, tree: etree._Element) -> tuple[bool, str]:
        """The same for a tree already parsed."""
        if etree.QName(tree).localname not in ROOTS:
            return False, "root"
        schema = self.schema()
        if schema.validate(tree):
            return True, ""
        return False, schema.error_log[0].message
