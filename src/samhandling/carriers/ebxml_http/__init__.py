"""ebXML over HTTP: posted to the other end, answered in the response or by a message of its own (9.2, 9.3)."""
