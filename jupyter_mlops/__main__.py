"""``python -m jupyter_mlops``: the command line."""

from jupyter_mlops.cli.main import main

if __name__ == "__main__":
    main()
