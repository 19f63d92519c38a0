"""What eight official clients write on the wire, byte for byte, one file for each client."""
