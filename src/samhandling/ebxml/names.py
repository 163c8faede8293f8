"""Namespaces, algorithm names and fixed values of the profile; prefixes are free, everything is bound by URI."""

from __future__ import annotations

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
EB = "http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
EC = "http://www.w3.org/2001/10/xml-exc-c14n#"

SIGNAL_SERVICE = "urn:oasis:names:tc:ebxml-msg:service"
ACKNOWLEDGMENT = "Acknowledgment"
MESSAGE_ERROR = "MessageError"
PING, PONG = "Ping", "Pong"
STATUS_REQUEST, STATUS_RESPONSE = "StatusRequest", "StatusResponse"
ERROR_CONTEXT = "urn:oasis:names:tc:ebxml-msg:service:errors"

TO_PARTY = "urn:oasis:names:tc:ebxml-msg:actor:toPartyMSH"
NEXT_MSH = "urn:oasis:names:tc:ebxml-msg:actor:nextMSH"
NEXT = "http://schemas.xmlsoap.org/soap/actor/next"

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"

TEST_MARK = "TEST. TEST. Sendt i testøyemed. Har ingen andre formål."
"""HITS 1172 chapter 5.15.2: a comment first under SOAP:Header, and the preamble of a multipart message."""


def soap(name: str) -> str:
    """`Header` -> lxml's name of it."""
    return f"{{{SOAP}}}{name}"


def eb(name: str) -> str:
    """`MessageHeader` -> lxml's name of it; attributes of ebXML are qualified too."""
    return f"{{{EB}}}{name}"


def ds(name: str) -> str:
    """`Signature` -> lxml's name of it."""
    return f"{{{DS}}}{name}"
