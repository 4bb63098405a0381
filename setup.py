"""The compiled core is optional: without a C compiler the package installs all the same, slower."""

from pathlib import Path

from setuptools import Extension, setup

SOURCES = sorted(path.as_posix() for path in Path("native").glob("*.c"))

setup(
    ext_modules=[
        Extension(
            "cleanbody._native",
            SOURCES,
            depends=sorted(path.as_posix() for path in Path("native").glob("*.h")),
            optional=True,
            extra_compile_args=["-O3", "-ffp-contract=off"],  # no fused multiply-add: sums agree with the Python twin
        )
    ]
)
