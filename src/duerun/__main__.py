"""`python -m duerun` is the command `duerun`."""

from duerun.cli import main

if __name__ == "__main__":
    main()
