"""A container engine that really runs, and an image with Python for it: installed and made where they are not there yet."""

import importlib.util
import os
import shutil
import ssl
import subprocess
import sys

import pytest

IMAGE = f"localhost/mlops-test-python:{sys.version_info[0]}.{sys.version_info[1]}"
PIP_IMAGE = f"{IMAGE}-pip"
_PIP_FILE = f"""
FROM {IMAGE}
COPY pip /usr/lib/python3/dist-packages/pip
COPY authorities.pem /etc/ssl/certs/ca-certificates.crt
ENV PIP_BREAK_SYSTEM_PACKAGES=1 PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
"""
_PACKAGES = ["podman", "buildah", "runc", "debootstrap"]
_SETTINGS = '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=4096:4096"]\nnetns="host"\n[engine]\ncgroup_manager="cgroupfs"\nruntime="runc"\n'
_ROOT_DO = [] if os.getuid() == 0 else ["sudo"]


def _call(*command, **keywords):
    return subprocess.run([*map(str, command)], check=True, capture_output=True, **keywords).stdout


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """The engine's program: docker where its service answers, else podman."""
    for name in ("docker", "podman"):
        if shutil.which(name) and subprocess.run([name, "info"], capture_output=True, check=False).returncode == 0:
            break
    else:
        name = "podman"
        _call(*_ROOT_DO, "apt-get", "update", "-q")
        _call(*_ROOT_DO, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", *_PACKAGES)
    if name == "podman" and not os.path.exists("/etc/containers/containers.conf"):  # as root inside of a container or small machine
        settings = tmp_path_factory.mktemp("settings") / "containers.conf"
        settings.write_text(_SETTINGS)
        os.environ["CONTAINERS_CONF"] = str(settings)
    if subprocess.run([name, "image", "inspect", IMAGE], capture_output=True, check=False).returncode:
        root = tmp_path_factory.mktemp("image") / "root"
        _call(*_ROOT_DO, "debootstrap", "--variant=minbase", "--include=python3", "bookworm", root)
        tar = subprocess.Popen([*_ROOT_DO, "tar", "-C", root, "-c", "."], stdout=subprocess.PIPE)
        with tar:
            _call(name, "import", "-", IMAGE, stdin=tar.stdout)
        _call(*_ROOT_DO, "rm", "-rf", root)
    yield name
    os.environ.pop("CONTAINERS_CONF", None)


@pytest.fixture(scope="session")
def pip_image(engine, tmp_path_factory):
    """The image with pip, which trusts whom this machine trusts."""
    place = tmp_path_factory.mktemp("pip")
    shutil.copytree(os.path.dirname(importlib.util.find_spec("pip").origin), place / "pip", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile, place / "authorities.pem")
    (place / "Dockerfile").write_text(_PIP_FILE)
    _call(engine, "build", "-t", PIP_IMAGE, place)
    return PIP_IMAGE
