"""A synthetic agreement of the two parties of `ebxml_world`, as the registry would give it."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.serialization import Encoding

from samhandling.ebxml.certificates import Use
from tests.ebxml_world import HOSPITAL, HOSPITAL_HER, MUNICIPALITY, MUNICIPALITY_HER, held

CPA_ID = "3f6f0c0e-8f7a-4c55-9c55-7a41d7b6a001"


def cpa_document(cpa_id: str = CPA_ID) -> bytes:
    sides = (
        party(HOSPITAL_HER, "Lillevik sykehus HF", HOSPITAL, "lillevik", "LOG_INNLAGTsender", "CanSend"),
        party(MUNICIPALITY_HER, "Storvik kommune", MUNICIPALITY, "storvik", "LOG_INNLAGTreceiver", "CanReceive"),
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<tp:CollaborationProtocolAgreement xmlns:tp="http://www.oasis-open.org/committees/ebxml-cppa/schema/cpp-cpa-2_0.xsd"
    xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
    tp:cpaid="{cpa_id}" tp:version="1">
  <tp:Status tp:value="agreed"/>
  <tp:Start>2026-01-01T00:00:00Z</tp:Start><tp:End>2027-12-31T00:00:00Z</tp:End>
  {"".join(sides)}
  <tp:SimplePart tp:id="part" tp:mimetype="application/xml"/>
  <tp:Packaging tp:id="package"><tp:ProcessingCapabilities tp:parse="true" tp:generate="true"/>
    <tp:CompositeList>
      <tp:Encapsulation tp:id="enc" tp:mimetype="application/pkcs7-mime">
        <tp:Constituent tp:idref="part"/></tp:Encapsulation>
      <tp:Composite tp:id="whole" tp:mimetype="multipart/related">
        <tp:Constituent tp:idref="enc"/></tp:Composite>
    </tp:CompositeList></tp:Packaging>
</tp:CollaborationProtocolAgreement>
""".encode()


def party(her: str, name: str, number: str, mailbox: str, role: str, can: str) -> str:
    certificates = "".join(
        f'<tp:Certificate tp:certId="k{her}{use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
        + base64.b64encode(held(number, use).certificate.public_bytes(Encoding.DER)).decode()
        + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></tp:Certificate>"
        for use in (Use.SIGNING, Use.ENCRYPTION)
    )
    return f"""
  <tp:PartyInfo tp:partyName="{name}" tp:defaultMshChannelId="c{her}" tp:defaultMshPackageId="package">
    <tp:PartyId tp:type="HER">{her}</tp:PartyId>
    <tp:PartyRef xlink:href="https://example.no"/>
    <tp:CollaborationRole>
      <tp:ProcessSpecification tp:name="InnlagtPasient" tp:version="1" xlink:href="x" tp:uuid="not a uuid"/>
      <tp:Role tp:name="{role}" xlink:href="x"/>
      <tp:ApplicationCertificateRef tp:certId="k{her}{Use.ENCRYPTION}"/>
      <tp:ServiceBinding><tp:Service tp:type="string">S-LOG_INNLAGT</tp:Service>
        <tp:{can}><tp:ThisPartyActionBinding tp:id="b{her}" tp:action="LOG_INNLAGT" tp:packageId="package">
          <tp:BusinessTransactionCharacteristics/><tp:ChannelId>c{her}</tp:ChannelId>
        </tp:ThisPartyActionBinding></tp:{can}>
      </tp:ServiceBinding>
    </tp:CollaborationRole>
    {certificates}
    <tp:DeliveryChannel tp:channelId="c{her}" tp:transportId="t{her}" tp:docExchangeId="d{her}">
      <tp:MessagingCharacteristics tp:syncReplyMode="none" tp:ackRequested="always"/></tp:DeliveryChannel>
    <tp:Transport tp:transportId="t{her}"><tp:TransportReceiver>
      <tp:TransportProtocol tp:version="1">SMTP</tp:TransportProtocol>
      <tp:Endpoint tp:uri="mailto://{mailbox}@edi.example.no"/></tp:TransportReceiver></tp:Transport>
    <tp:DocExchange tp:docExchangeId="d{her}">
      <tp:ebXMLSenderBinding tp:version="2.0"><tp:ReliableMessaging><tp:Retries>4</tp:Retries>
        <tp:RetryInterval>PT720M</tp:RetryInterval>
        <tp:MessageOrderSemantics>NotGuaranteed</tp:MessageOrderSemantics></tp:ReliableMessaging>
        <tp:PersistDuration>P4D</tp:PersistDuration></tp:ebXMLSenderBinding></tp:DocExchange>
  </tp:PartyInfo>"""
