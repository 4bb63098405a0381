"""The compiled core is optional: without a C compiler the package installs all the same, slower."""

from setuptools import Extension, setup

SOURCES = ("module", "ensemble", "scan", "tags", "utf8")

setup(
    ext_modules=[
        Extension(
            "cleanbody._native",
            [f"native/{name}.c" for name in SOURCES],
            depends=["native/native.h"],
            optional=True,
            extra_compile_args=["-O3", "-ffp-contract=off"],  # no fused multiply-add: sums agree with the Python twin
        )
    ]
)
