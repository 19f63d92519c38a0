"""The command, as a person starts it: a process of its own."""
