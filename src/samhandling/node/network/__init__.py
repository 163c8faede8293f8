"""Two nodes on this machine with a mail server and a faulty line between them: `samhandling network`."""
