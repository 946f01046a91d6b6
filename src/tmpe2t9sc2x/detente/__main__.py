"""The command line as `python -m detente`."""

from detente.faces.cli import main

if __name__ == "__main__":
    main()
