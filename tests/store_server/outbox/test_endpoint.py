"""Endpoints: which URLs are taken, which addresses are never spoken to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.outbox.endpoint import is_denied, problem_with_url


def test_https_is_taken() -> None:
    assert problem_with_url("https://app.example.com/hooks", development=False) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example.com/hooks",
        "http://127.0.0.1:9000/",
        "ftp://app.example.com/",
        "https://user:secret@app.example.com/",
        "https://app.example.com/#part",
        "https:///hooks",
        "hooks",
        "",
        "https://app.example.com/" + "x" * 2_000,
        "https://[::1",
        "https://a\nb.example/",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    assert problem_with_url(url, development=False) is not None


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost:9000", "[::1]:9000"])
def test_http_to_loopback_is_taken_in_development_only(host: str) -> None:
    assert problem_with_url(f"http://{host}/hooks", development=True) is None

    assert problem_with_url(f"http://{host}/hooks", development=False) is not None


def test_http_to_elsewhere_is_refused_in_development_too() -> None:
    assert problem_with_url("http://app.example.com/", development=True) is not None


@given(st.text())
def test_no_text_makes_it_raise(url: str) -> None:
    problem = problem_with_url(url, development=True)

    assert problem is None or problem.startswith("url ")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "no address",
    ],
)
def test_private_and_special_addresses_are_denied(address: str) -> None:
    assert is_denied(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111"])
def test_public_addresses_are_not(address: str) -> None:
    assert not is_denied(address)


@given(st.ip_addresses())
def test_what_is_not_global_is_denied(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not address.is_global or address.is_multicast:
        assert is_denied(str(address))
