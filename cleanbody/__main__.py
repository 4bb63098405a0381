"""``python -m cleanbody``: the same as the ``cleanbody`` command."""

from cleanbody.cli import main

if __name__ == "__main__":
    main(prog_name="cleanbody")
