"""Records and files of payees to check, in and out: what the face for programs and the pages for people share."""
