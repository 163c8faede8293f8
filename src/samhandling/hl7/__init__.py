"""HL7 v2: reader, ADT events and acknowledgments."""
