"""The one signature of the profile (section 4): sign it, verify it, refuse every other.

Verifying is over the tree as it was parsed: whoever reads facts from the same tree reads what was signed. Nothing is
fetched; a reference may name the document (`""`) or a payload part (`cid:…`) and nothing else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from samhandling.ebxml import names
from samhandling.ebxml.canonical import canonical_document, canonical_subset
from samhandling.ebxml.certificates import parse
from samhandling.ebxml.document import Tree
from samhandling.ebxml.mime import cid
from samhandling.ebxml.names import ds
from samhandling.ebxml.tokens import TokenKey

_MOST_REFERENCES = 25
_LEAST_BITS = 2048
_DIGESTS = {names.SHA256: hashlib.sha256, names.SHA1: hashlib.sha1}
_HASHES: dict[str, hashes.HashAlgorithm] = {names.RSA_SHA256: hashes.SHA256(), names.RSA_SHA1: hashes.SHA1()}  # noqa: S303
_LEGACY = {names.SHA1, names.RSA_SHA1}
_TRANSFORMS = {names.ENVELOPED, names.XPATH, names.C14N, names.EXCLUSIVE_C14N}
EXPRESSION = (
    'not(ancestor-or-self::node()[@SOAP-ENV:actor="urn:oasis:names:tc:ebxml-msg:actor:nextMSH"]'
    ' | ancestor-or-self::node()[@SOAP-ENV:actor="http://schemas.xmlsoap.org/soap/actor/next"])'
)
_EXPRESSION = re.compile(
    r"not\(ancestor-or-self::node\(\)\[@([\w.\-]+):actor=([\"'])" + re.escape(names.NEXT_MSH) + r"\2\]"
    r"\|ancestor-or-self::node\(\)\[@([\w.\-]+):actor=([\"'])" + re.escape(names.NEXT) + r"\4\]\)"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a signature; `rule` is an id of `rules.RULES`."""

    rule: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """One ds:Reference: what it is over, and the digest it states."""

    element: Tree
    uri: str
    digest: bytes
    method: str
    transforms: tuple[str, ...]
    prefixes: tuple[str, ...] = ()
    """InclusiveNamespaces of exclusive canonicalisation."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of verifying. Valid when there are no faults; `remarks` are what was tolerated."""

    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...] = ()
    references: tuple[Reference, ...] = ()
    certificate: x509.Certificate | None = None

    @property
    def valid(self) -> bool:
        """Whether digests and value hold over exactly the envelope and its payload parts."""
        return not self.faults


def digest(data: bytes) -> bytes:
    """SHA-256, the digest that we write."""
    return hashlib.sha256(data).digest()


def find(tree: Tree, head: Tree | None) -> list[Tree]:
    """Every ds:Signature of the document, those directly under SOAP:Header first."""
    there = list(tree.iter(ds("Signature")))
    return sorted(there, key=lambda one: one.getparent() is not head)


def verify(tree: Tree, signature: Tree, payloads: Mapping[str, bytes] | None, *, accept_sha1: bool = True) -> Verdict:
    """Verify the signature of an envelope over itself and `payloads` (Content-ID to bytes, transfer encoding undone).

    A payload without a signed reference is a fault: its integrity is not protected. None means that the parts are not
    at hand; references to them are then left unverified.
    """
    faults: list[Fault] = []
    remarks: list[Fault] = []
    certificate = _certificate(signature, faults)
    info = _only(signature, "SignedInfo")
    if info is None:
        faults.append(Fault("signed_info_missing"))
        return Verdict(tuple(faults), (), (), certificate)
    value = _base64(_only(signature, "SignatureValue"))
    if value is None:
        faults.append(Fault("signature_value_missing"))
    if next(signature.iter(ds("Object")), None) is not None:
        faults.append(Fault("signature_object"))
    method = _algorithm(info, "SignatureMethod")
    if method not in _HASHES:
        faults.append(Fault("signature_method", method))
    canonical = _algorithm(info, "CanonicalizationMethod")
    if canonical not in {names.C14N, names.EXCLUSIVE_C14N}:
        faults.append(Fault("signature_canonicalization", canonical))
    references = _references(info, payloads, faults, remarks)
    legacy = _LEGACY & {method, *(one.method for one in references)}
    if legacy:
        if accept_sha1:
            remarks.append(Fault("signature_sha1"))
        else:
            faults.append(Fault("signature_sha1_refused"))
    if canonical == names.EXCLUSIVE_C14N:
        remarks.append(Fault("signature_exclusive"))
    if not faults:
        _digests(tree, signature, references, payloads, faults)
    if not faults and certificate is not None and value is not None:
        prefixes = _prefixes(info.find(ds("CanonicalizationMethod")))
        data = canonical_subset(info, exclusive=canonical == names.EXCLUSIVE_C14N, prefixes=prefixes)
        if not holds(certificate, value, data, method):
            faults.append(Fault("signature_wrong"))
    return Verdict(tuple(faults), tuple(remarks), references, certificate)


def holds(certificate: x509.Certificate, value: bytes, data: bytes, method: str) -> bool:
    """Whether an RSA signature value is right for the data. No other key, and none below 2048 bits, is taken."""
    try:
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _LEAST_BITS:
            return False
        key.verify(value, data, padding.PKCS1v15(), _HASHES[method])
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _certificate(signature: Tree, faults: list[Fault]) -> x509.Certificate | None:
    """The one certificate in KeyInfo (32, 41, 103, 65, 46)."""
    key_info = _only(signature, "KeyInfo")
    if key_info is None:
        faults.append(Fault("key_info_missing"))
        return None
    data = key_info.findall(ds("X509Data"))
    if not data:
        faults.append(Fault("x509_data_missing"))
        return None
    found = [one for block in data for one in block.findall(ds("X509Certificate"))]
    if len(found) != 1 or len(data) != 1:
        faults.append(Fault("x509_certificate_missing" if not found else "x509_certificate_many"))
        return None
    return _parse_certificate(found[0], faults)


def _parse_certificate(element: Tree, faults: list[Fault]) -> x509.Certificate | None:
    der = _base64(element)
    try:
        return parse(der or b"")
    except ValueError:
        faults.append(Fault("x509_certificate_unreadable"))
        return None


def _references(
    info: Tree, payloads: Mapping[str, bytes] | None, faults: list[Fault], remarks: list[Fault]
) -> tuple[Reference, ...]:
    """Exactly one reference to the document and one to each payload part; nothing else."""
    elements = info.findall(ds("Reference"))
    if not elements or len(elements) > _MOST_REFERENCES:
        faults.append(Fault("signature_references_missing"))
        return ()
    references: list[Reference] = []
    for element in elements:
        uri = element.get("URI")
        stated = _base64(_only(element, "DigestValue"))
        method = _algorithm(element, "DigestMethod")
        if uri is None:
            faults.append(Fault("reference_uri_missing"))
        elif uri and not cid(uri):
            faults.append(Fault("reference_uri_strange"))
        elif method not in _DIGESTS:
            faults.append(Fault("digest_method", method))
        elif not stated:
            faults.append(Fault("digest_value_missing"))
        else:
            transforms, prefixes = _transforms(element, faults, remarks, root=not uri)
            references.append(Reference(element, uri, stated, method, transforms, prefixes))
    if faults:
        return tuple(references)
    named = [cid(one.uri) if one.uri else "" for one in references]
    if "" not in named:
        faults.append(Fault("reference_root_missing"))
    if len(set(named)) != len(named):
        faults.append(Fault("reference_twice"))
    if payloads is not None and set(named) - {""} - set(payloads):
        faults.append(Fault("reference_without_part"))
    if payloads is not None and set(payloads) - set(named):
        faults.append(Fault("payload_not_signed"))
    return tuple(references)


def _transforms(
    reference: Tree, faults: list[Fault], remarks: list[Fault], *, root: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The transforms of a reference: those of the profile, in any order, the XPath one exactly as it is written."""
    elements = reference.findall(f"{ds('Transforms')}/{ds('Transform')}")
    found = tuple(one.get("Algorithm") or "" for one in elements)
    if not root:
        if found:
            faults.append(Fault("reference_transforms", "cid"))
        return found, ()
    known = set(found) <= _TRANSFORMS and len(set(found)) == len(found)
    canonical = [one for one in found if one in {names.C14N, names.EXCLUSIVE_C14N}]
    if not known or names.ENVELOPED not in found or len(canonical) != 1:
        faults.append(Fault("reference_transforms"))
        return found, ()
    prefixes: tuple[str, ...] = ()
    for element, algorithm in zip(elements, found, strict=True):
        if algorithm == names.XPATH and not _is_the_expression(element):
            faults.append(Fault("reference_xpath"))
        if algorithm == names.EXCLUSIVE_C14N:
            prefixes = _prefixes(element)
    if names.XPATH not in found:
        remarks.append(Fault("transform_xpath_missing"))
    elif found != (names.ENVELOPED, names.XPATH, names.C14N):
        remarks.append(Fault("transform_order"))
    return found, prefixes


def _is_the_expression(transform: Tree) -> bool:
    """Whether the XPath is the one of the profile; prefixes are free if they mean SOAP, blanks are free."""
    paths = transform.findall(ds("XPath"))
    if len(paths) != 1 or len(paths[0]):
        return False
    found = _EXPRESSION.fullmatch(re.sub(r"\s+", "", paths[0].text or ""))
    return found is not None and all(paths[0].nsmap.get(prefix) == names.SOAP for prefix in (found[1], found[3]))


def _prefixes(element: Tree | None) -> tuple[str, ...]:
    listed = element.find(f"{{{names.EC}}}InclusiveNamespaces") if element is not None else None
    return tuple((listed.get("PrefixList") or "").split()) if listed is not None else ()


def _digests(
    tree: Tree,
    signature: Tree,
    references: tuple[Reference, ...],
    payloads: Mapping[str, bytes] | None,
    faults: list[Fault],
) -> None:
    for reference in references:
        if reference.uri:
            if payloads is None:
                continue
            data = payloads[cid(reference.uri)]
        else:
            data = canonical_document(
                tree,
                signature,
                drop_next=names.XPATH in reference.transforms,
                exclusive=names.EXCLUSIVE_C14N in reference.transforms,
                prefixes=reference.prefixes,
            )
        if not hmac.compare_digest(_DIGESTS[reference.method](data).digest(), reference.digest):
            faults.append(Fault("digest_wrong", "payload" if reference.uri else "envelope"))


def _only(parent: Tree, name: str) -> Tree | None:
    """The child of that name, if there is exactly one."""
    found = parent.findall(ds(name))
    return found[0] if len(found) == 1 else None


def _algorithm(parent: Tree, name: str) -> str:
    found = _only(parent, name)
    return (found.get("Algorithm") or "") if found is not None else ""


def _base64(element: Tree | None) -> bytes | None:
    """The bytes of an element's text; None when it is no base64."""
    if element is None or len(element):
        return None
    try:
        return binascii.a2b_base64("".join((element.text or "").split()), strict_mode=True) or None
    except (binascii.Error, ValueError):
        return None


def _element(parent: Tree, name: str, algorithm: str = "", text: str = "") -> Tree:
    child = etree.SubElement(parent, ds(name))
    if algorithm:
        child.set("Algorithm", algorithm)
    if text:
        child.text = text
    return child


def sign(
    tree: Tree,
    head: Tree,
    payloads: Mapping[str, bytes],
    key: rsa.RSAPrivateKey | TokenKey,
    certificate: x509.Certificate,
) -> None:
    """Append the profile's signature to the header block: three transforms, SHA-256, the leaf certificate alone.

    The last change to the tree: it must be written as it then stands.
    """
    root_digest = digest(canonical_document(tree, None, drop_next=True))
    signature = etree.SubElement(head, ds("Signature"), nsmap={"ds": names.DS})
    info = _element(signature, "SignedInfo")
    _element(info, "CanonicalizationMethod", names.C14N)
    _element(info, "SignatureMethod", names.RSA_SHA256)
    _reference(info, "", root_digest)
    for content_id, data in payloads.items():
        _reference(info, f"cid:{content_id}", digest(data))
    value = key.sign(canonical_subset(info), padding.PKCS1v15(), hashes.SHA256())
    _element(signature, "SignatureValue", text=base64.b64encode(value).decode("ascii"))
    data_of = _element(_element(signature, "KeyInfo"), "X509Data")
    _element(data_of, "X509Certificate", text=base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii"))


def _reference(info: Tree, uri: str, value: bytes) -> None:
    reference = etree.SubElement(info, ds("Reference"), URI=uri)
    if not uri:
        transforms = _element(reference, "Transforms")
        _element(transforms, "Transform", names.ENVELOPED)
        xpath = _element(transforms, "Transform", names.XPATH)
        etree.SubElement(xpath, ds("XPath"), nsmap={"SOAP-ENV": names.SOAP}).text = EXPRESSION
        _element(transforms, "Transform", names.C14N)
    _element(reference, "DigestMethod", names.SHA256)
    _element(reference, "DigestValue", text=base64.b64encode(value).decode("ascii"))
