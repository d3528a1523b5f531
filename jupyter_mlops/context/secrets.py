"""Text that is kept of itself, as diffs and cells are, without what lets somebody in."""

from __future__ import annotations

import numbers
import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch

from jupyter_mlops.entities.uris import urls_without_secrets

__all__ = ["is_secret_file", "is_secret_name", "mask_secrets"]

_TOKEN = re.compile(
    r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36,}|github_pat_\w{40,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,}|hf_\w{30,}|AIza[\w-]{35})"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"(?:(?:(?!\n(?:@@|diff --git) |-----BEGIN )[\s\S]){,20000}?-----END [A-Z ]*PRIVATE KEY-----|[^\n]*(?:\n[-+ ]?[ \t]*[\w+/=]{16,}[ \t\r]*(?=\n|\Z))*)"
)
_SECRET_FILES = (
    ".env", ".env.*", "*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.tfvars", "*.tfstate*",
    "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", ".netrc", "_netrc", ".pgpass", ".npmrc", ".pypirc", ".htpasswd", ".dockercfg",
    ".git-credentials", "*credential*", "*secret*", "*password*", "kubeconfig*", "service?account*.json", ".ssh", ".aws", ".gnupg",
    ".kube", ".docker", ".azure",
)  # fmt: skip
_SECRET_NAME = re.compile(
    r"token(?!i[sz])|secret|passw|passphrase|_pwd|credential|api_?key|access_?key|private_?key", re.IGNORECASE
)

# `db_password = "…"`, `"api_key": "…"`; but not `tokenizer = "…"` or `eos_token="…"`, which runs are made again with.
_LITERAL = re.compile(
    r"""(\b\w{0,40}(?:passw|passphrase|_pwd|secret|credential|api_?key|access_?key|private_?key|(?:access|api|auth|bearer|bot|hf|refresh)_?token)"""
    r"""\w{0,40}['"]?\]?[ \t]{0,9}(?::[ \t]{0,9}\w{1,20}[ \t]{0,9})?(?:==?|:)[ \t]{0,9}[bfru]{0,2})(['"])([^'"\n]{4,})\2""",
    re.IGNORECASE,
)


def is_secret_file(path: str) -> bool:
    """Whether a file of that path, with ``/`` in it, sounds like one that holds a secret.

    Examples
    --------
    >>> is_secret_file("data/wine.csv"), is_secret_file("home/.ssh/config"), is_secret_file("prod.env")
    (False, True, True)
    """
    return any(fnmatch(part, pattern) for part in path.lower().split("/") for pattern in _SECRET_FILES)


def is_secret_name(name: str, value: object = "") -> bool:
    """Whether a variable of that name sounds like one that holds a secret; tokens that are a number are counted ones.

    Examples
    --------
    >>> is_secret_name("db_passphrase"), is_secret_name("depth")
    (True, False)
    >>> is_secret_name("hf_token"), is_secret_name("max_tokens", 512), is_secret_name("tokenizer")
    (True, False, False)
    """
    if isinstance(value, numbers.Number):
        name = re.sub("token", "", name, flags=re.IGNORECASE)
    return _SECRET_NAME.search(name) is not None


def mask_secrets(text: str) -> str:
    """`text` without users and keys in URLs, well-known kinds of tokens, private keys, texts that are given to a name that sounds
    like a secret, and values of secret variables of the environment.

    Not noticed is another secret, such as a password that stands alone in a line of code.

    Examples
    --------
    >>> import os
    >>> os.environ["MY_API_KEY"] = "rosebud-1941"
    >>> mask_secrets("ask('https://ann:pw@host/x', key='rosebud-1941')")
    "ask('https://host/x', key='***')"
    """
    lines = text.split("\n")
    text = _TOKEN.sub(_masked, "\n".join(urls_without_secrets(line) if "://" in line else line for line in lines))
    text = _LITERAL.sub(r"\1\2***\2", text)
    for value in _secret_values():
        text = text.replace(value, "***")
    return text


def _masked(found: re.Match[str]) -> str:
    """As many lines as before, each as an added, removed or kept one, so that the patch stays a patch."""
    return "\n".join(["***", *(line[:1] + "***" for line in found[0].split("\n")[1:])])


def _secret_values() -> Iterator[str]:
    for name, value in os.environ.items():
        if len(value) >= 8 and "\n" not in value and is_secret_name(name) and not os.path.exists(value):
            yield value
