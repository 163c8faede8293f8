"""ADT from the patient system: MLLP and files, to stays."""
