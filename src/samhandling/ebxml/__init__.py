"""ebXML Messaging 2.0, the Norwegian profile (HIS 1037, HITS 1171/1172): bytes in, decisions and bytes out.

Pure: no store, no clock, no network. `mime` reads and writes the mail or HTTP body, `envelope` the SOAP part,
`signature` and `encryption` protect it, `checklist` judges what came in, `packing` and `signals` make what goes out,
`cpa` reads agreements, `certificates` judges certificates, and `pki` makes a synthetic test PKI.
"""
