"""URLs that are stored and shown let nobody in."""

import time

import pytest

from jupyter_mlops.entities.uris import (
    check_location,
    has_credentials,
    is_local,
    local_path,
    without_credentials,
    without_secrets,
)
from jupyter_mlops.errors import InvalidParameter


@pytest.mark.parametrize(
    ("given", "harmless"),
    [
        ("data/wine.csv", "data/wine.csv"),
        ("https://host:8080/x@v1?part=1&author=ann#top", "https://host:8080/x@v1?part=1&author=ann#top"),
        ("http://[::1]:80/x@y", "http://[::1]:80/x@y"),
        ("s3://bucket/a#b.csv", "s3://bucket/a#b.csv"),
        ("https://ann:pw@host/x", "https://host/x"),
        ("https://ghp_abc@github.com/x", "https://github.com/x"),
        ("s3://AKIA:1SE/CR+ET@bucket/x", "s3://bucket/x"),  # a key that nobody quoted
        ("https://ann:p?w#@host/x", "https://host/x"),
        ("https://proxy/?to=https://ann:pw@host/x", "https://proxy/?to=https://host/x"),
        ("abfss://box@account.dfs.core.windows.net/x?sv=1&sig=a%3D", "abfss://box@account.dfs.core.windows.net/x?sv=1"),
        ("https://h/x?token=a&API_KEY=b&id=3#access_token=c", "https://h/x?id=3"),
        ("https://h/x?X-Amz-Credential=a&X-Amz-Date=b", "https://h/x"),
        ("FROM 'https://a:b@h/x.csv' JOIN 's3://k:s@b/y'", "FROM 'https://h/x.csv' JOIN 's3://b/y'"),
        ("dbname=x password='p w' user=u", "dbname=x password=*** user=u"),
    ],
)
def test_what_lets_somebody_in_is_left_out(given, harmless):
    assert without_secrets(given) == harmless
    assert without_secrets(harmless) == harmless


@pytest.mark.parametrize(
    ("given", "harmless", "secret"),
    [
        ("http://[", "http://[", False),
        ("https://ann:pw@[/x?token=1#y", "https://[/x", True),
        ("s3://key:se[cret@bucket/x", "s3://bucket/x", True),
        ("http://a\u2100b/x", "http://a\u2100b/x", False),  # a host that unicode makes another
        ("file://[/x", "file://[/x", False),
    ],
)
def test_what_no_host_can_be_is_no_error_and_hides_as_much(given, harmless, secret):
    assert without_credentials(given) == harmless
    assert has_credentials(given) == secret
    assert without_secrets(given).startswith(harmless)
    assert local_path(given)
    if not is_local(given):
        with pytest.raises(InvalidParameter):
            check_location(given)


def test_a_host_of_colons_takes_no_time():
    began = time.process_time()
    assert without_secrets("https://" + ":" * 3000 + "@h/@") == "https://h/@"  # minutes, if time grew with the cube
    assert time.process_time() - began < 1
