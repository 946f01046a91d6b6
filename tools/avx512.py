"""Print the names under which NumPy can be kept from AVX-512 here, for `NPY_DISABLE_CPU_FEATURES`."""

from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

print(*(name for name in __cpu_dispatch__ if name.startswith(("AVX512", "X86_V4")) and __cpu_features__.get(name)))
