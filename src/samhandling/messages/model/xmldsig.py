"""XML signature (namespace ds) as the header allows it: structure only, to read and copy.

Where the standard leaves content open, `items` holds it in document order.
"""

from __future__ import annotations

from typing import Annotated

import samhandling.messages.model.xmldsig as ds  # a field may bear the name of its type
from samhandling.messages.engine.simple import AnyUri, Base64, Integer, SimpleType, String, XmlId, is_base64, is_integer
from samhandling.messages.engine.tables import (
    AnyElement,
    Attribute,
    Family,
    ItemsMark,
    Node,
    RequiredAttribute,
    Text,
    element,
    local,
)

DS = Family("ds", "http://www.w3.org/2000/09/xmldsig#")


class SignatureValue(Node):
    """The signature itself."""

    xml = element(DS)
    Id: Attribute[XmlId] = None
    text: Text[Base64]


class CanonicalizationMethod(Node):
    """How the signed part was made canonical."""

    xml = element(DS, content="any*", mixed=True)
    Algorithm: RequiredAttribute[AnyUri]
    items: Annotated[list[str | Node], ItemsMark()] = []


class HMACOutputLength(Node):
    """Only a name in a list of items: see SignatureMethod."""

    xml = local(DS)
    text: Text[Annotated[str, SimpleType(f"{{{DS.uri}}}HMACOutputLengthType", "et heltall", is_integer)]]


class SignatureMethod(Node):
    """The algorithm of the signature."""

    xml = element(DS, content="HMACOutputLength?, any-other*", mixed=True)
    Algorithm: RequiredAttribute[AnyUri]
    items: Annotated[list[str | Node], ItemsMark(HMACOutputLength)] = []


class XPath(Node):
    """Only a name in a list of items: see Transform."""

    xml = local(DS)
    text: Text[String]


class Transform(Node):
    """A step before the digest."""

    xml = element(DS, content="(any-other-lax | XPath)*", mixed=True)
    Algorithm: RequiredAttribute[AnyUri]
    items: Annotated[list[str | Node | AnyElement], ItemsMark(XPath)] = []


class Transforms(Node):
    """The steps before the digest."""

    xml = element(DS)
    Transform: list[ds.Transform]


class DigestMethod(Node):
    """The algorithm of the digest."""

    xml = element(DS, content="any-other-lax*", mixed=True)
    Algorithm: RequiredAttribute[AnyUri]
    items: Annotated[list[str | AnyElement], ItemsMark()] = []


class DigestValue(Node):
    """The digest."""

    xml = element(DS)
    text: Text[Annotated[str, SimpleType(f"{{{DS.uri}}}DigestValueType", "base64-kodet innhold", is_base64)]]


class Reference(Node):
    """One signed part."""

    xml = element(DS)
    Id: Attribute[XmlId] = None
    URI: Attribute[AnyUri] = None
    Type: Attribute[AnyUri] = None
    Transforms: ds.Transforms | None = None
    DigestMethod: ds.DigestMethod
    DigestValue: ds.DigestValue


class SignedInfo(Node):
    """What is signed, and how."""

    xml = element(DS)
    Id: Attribute[XmlId] = None
    CanonicalizationMethod: ds.CanonicalizationMethod
    SignatureMethod: ds.SignatureMethod
    Reference: list[ds.Reference]


class KeyName(Node):
    """Name of the key."""

    xml = element(DS)
    text: Text[String]


class MgmtData(Node):
    """Key agreement data, long out of use."""

    xml = element(DS)
    text: Text[String]


class DSAKeyValue(Node):
    """A DSA key."""

    xml = element(DS, content="(P, Q)?, G?, Y, J?, (Seed, PgenCounter)?")
    P: Base64 | None = None
    Q: Base64 | None = None
    G: Base64 | None = None
    Y: Base64
    J: Base64 | None = None
    Seed: Base64 | None = None
    PgenCounter: Base64 | None = None


class RSAKeyValue(Node):
    """An RSA key."""

    xml = element(DS)
    Modulus: Base64
    Exponent: Base64


class KeyValue(Node):
    """A public key in the open."""

    xml = element(DS, content="(DSAKeyValue | RSAKeyValue | any-other-lax)", mixed=True)
    items: Annotated[list[str | Node | AnyElement], ItemsMark(DSAKeyValue, RSAKeyValue)] = []


class RetrievalMethod(Node):
    """Where the key is."""

    xml = element(DS)
    URI: Attribute[AnyUri] = None
    Type: Attribute[AnyUri] = None
    Transforms: ds.Transforms | None = None


class X509IssuerSerial(Node):
    """Issuer and number of the certificate."""

    xml = local(DS)
    X509IssuerName: String
    X509SerialNumber: Integer


class X509SKI(Node):
    """Only a name in a list of items: see X509Data."""

    xml = local(DS)
    text: Text[Base64]


class X509SubjectName(Node):
    """Only a name in a list of items: see X509Data."""

    xml = local(DS)
    text: Text[String]


class X509Certificate(Node):
    """Only a name in a list of items: see X509Data."""

    xml = local(DS)
    text: Text[Base64]


class X509CRL(Node):
    """Only a name in a list of items: see X509Data."""

    xml = local(DS)
    text: Text[Base64]


class X509Data(Node):
    """Certificates, or how to find them."""

    xml = element(
        DS, content="(X509IssuerSerial | X509SKI | X509SubjectName | X509Certificate | X509CRL | any-other-lax)+"
    )
    items: Annotated[
        list[Node | AnyElement], ItemsMark(X509IssuerSerial, X509SKI, X509SubjectName, X509Certificate, X509CRL)
    ] = []


class PGPKeyID(Node):
    """Only a name in a list of items: see PGPData."""

    xml = local(DS)
    text: Text[Base64]


class PGPKeyPacket(Node):
    """Only a name in a list of items: see PGPData."""

    xml = local(DS)
    text: Text[Base64]


class PGPData(Node):
    """A PGP key."""

    xml = element(DS, content="((PGPKeyID, PGPKeyPacket?, any-other-lax*) | (PGPKeyPacket, any-other-lax*))")
    items: Annotated[list[Node | AnyElement], ItemsMark(PGPKeyID, PGPKeyPacket)] = []


class SPKISexp(Node):
    """Only a name in a list of items: see SPKIData."""

    xml = local(DS)
    text: Text[Base64]


class SPKIData(Node):
    """An SPKI key."""

    xml = element(DS, content="(SPKISexp, any-other-lax?)+")
    items: Annotated[list[Node | AnyElement], ItemsMark(SPKISexp)] = []


class KeyInfo(Node):
    """The key, in one or several ways."""

    xml = element(
        DS,
        content="(KeyName | KeyValue | RetrievalMethod | X509Data | PGPData | SPKIData | MgmtData | any-other-lax)+",
        mixed=True,
    )
    Id: Attribute[XmlId] = None
    items: Annotated[
        list[str | Node | AnyElement],
        ItemsMark(KeyName, KeyValue, RetrievalMethod, X509Data, PGPData, SPKIData, MgmtData),
    ] = []


class Object(Node):
    """Anything, carried inside the signature."""

    xml = element(DS, content="any-lax*", mixed=True)
    Id: Attribute[XmlId] = None
    MimeType: Attribute[String] = None
    Encoding: Attribute[AnyUri] = None
    items: Annotated[list[str | AnyElement], ItemsMark()] = []


class Manifest(Node):
    """A list of signed parts."""

    xml = element(DS)
    Id: Attribute[XmlId] = None
    Reference: list[ds.Reference]


class SignatureProperty(Node):
    """A statement about the signature."""

    xml = element(DS, content="any-other-lax+", mixed=True)
    Target: RequiredAttribute[AnyUri]
    Id: Attribute[XmlId] = None
    items: Annotated[list[str | AnyElement], ItemsMark()] = []


class SignatureProperties(Node):
    """Statements about the signature."""

    xml = element(DS)
    Id: Attribute[XmlId] = None
    SignatureProperty: list[ds.SignatureProperty]


class Signature(Node):
    """The signature over the whole message."""

    xml = element(DS)
    Id: Attribute[XmlId] = None
    SignedInfo: ds.SignedInfo
    SignatureValue: ds.SignatureValue
    KeyInfo: ds.KeyInfo | None = None
    Object: list[ds.Object] = []
