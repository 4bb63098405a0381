"""The compiled core is optional: without a C compiler the package installs all the same, slower."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "cleanbody._native",
            ["cleanbody/_native.c"],
            optional=True,
            extra_compile_args=["-O3", "-ffp-contract=off"],  # no fused multiply-add: sums agree with the Python twin
        )
    ]
)
