"""ebXML by mail: submitted by SMTP, fetched by POP3 (9.1)."""
