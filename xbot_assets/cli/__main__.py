"""``python -m xbot_assets.cli``: the same as ``xbot``."""

from xbot_assets.cli.entry import main

if __name__ == "__main__":
    main()
