"""What a worker's process is told of its surroundings.

A list of what is passed on, for nobody can list what is secret: a server's environment holds the passwords of its database,
cloud keys and tokens, and a model needs none of them, for the server fetches its files. What stays is what finds programs and
libraries (``PATH``, ``LD_LIBRARY_PATH``, ``CONDA_PREFIX``), the user's folders, where the key lies that says whose model it is
(``HOME``, ``XDG_…``), language and time zone, what sets up numerical libraries (``OMP_…``, ``CUDA_…``), and their caches. Proxies
stay without those that hold a password. Files of the user stay readable: a worker is no other user.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

__all__ = ["reduced"]

_NAMES = frozenset(
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TZDIR TMPDIR TEMP TMP LD_LIBRARY_PATH DYLD_LIBRARY_PATH VIRTUAL_ENV CONDA_PREFIX "
    "CONDA_DEFAULT_ENV XDG_DATA_HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_RUNTIME_DIR JAVA_HOME SPARK_HOME SYSTEMROOT SYSTEMDRIVE "
    "USERPROFILE APPDATA LOCALAPPDATA PROGRAMDATA COMSPEC PATHEXT SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE HF_HOME "
    "TORCH_HOME TRANSFORMERS_CACHE NLTK_DATA NUMBA_CACHE_DIR MPLCONFIGDIR TF_CPP_MIN_LOG_LEVEL LOKY_MAX_CPU_COUNT NUMEXPR_MAX_THREADS "
    "JUPYTER_MLOPS_DATA_DIR JUPYTER_MLOPS_DEFAULT_PREDICTION_DEVICE MLFLOW_DEFAULT_PREDICTION_DEVICE".split()
)
_BEGINNINGS = ("LC_", "OMP_", "KMP_", "OPENBLAS_", "MKL_", "GOTO_", "BLIS_", "CUDA_", "NVIDIA_", "ROCR_", "HIP_", "XLA_")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
_OF_PYTHON = ("PYTHONPATH", "PYTHONHOME")


def reduced(given: Mapping[str, str], python: str) -> dict[str, str]:
    """The part of an environment that a worker gets.

    Parameters
    ----------
    given : mapping
    python : str
        Its interpreter: another one than ours has packages of its own.

    Examples
    --------
    >>> reduced({"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x", "https_proxy": "http://me:pw@p", "LC_ALL": "C"}, "other")
    {'PATH': '/bin', 'LC_ALL': 'C', 'PYTHONIOENCODING': 'utf-8'}
    """
    kept = {name: value for name, value in given.items() if _is_kept(name.upper(), value)}
    if python == sys.executable:
        kept |= {name: given[name] for name in _OF_PYTHON if name in given}
    return {**kept, "PYTHONIOENCODING": "utf-8"}


def _is_kept(name: str, value: str) -> bool:
    return name in _NAMES or name.startswith(_BEGINNINGS) or (name in _PROXIES and "@" not in value)


