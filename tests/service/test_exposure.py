"""What listening beyond this machine asks for."""

import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from bioweave.errors import ConfigurationError
from bioweave.service import ServiceSettings
from bioweave.service.exposure import Tls, is_loopback, settings_for
from bioweave.service.settings import LOOPBACK_NAMES

trustme = pytest.importorskip("trustme", reason="trustme is not installed")
COMMAND = [sys.executable, "-m", "bioweave.cli"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_loopback_nothing_is_asked_for(host) -> None:
    settings = ServiceSettings()
    assert is_loopback(host) and settings_for(host, settings) is settings


@pytest.mark.parametrize(
    ("host", "named"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "[2001:db8::7]"), ("me.example", "me.example")],
)
def test_beyond_it_keys_are_needed_and_one_address_is_its_own_name(host, named) -> None:
    settings = settings_for(host, ServiceSettings())
    assert settings.needs_keys and settings.hosts == (*LOOPBACK_NAMES, named)


@pytest.mark.parametrize(
    ("proxies", "hosts"), [(["127.0.0.1"], ()), ([], ("annotate.example.org",))]
)
def test_whoever_comes_through_a_proxy_needs_a_key_unless_that_is_left_to_it(
    proxies, hosts
) -> None:
    settings = ServiceSettings(hosts=(*LOOPBACK_NAMES, *hosts))
    assert settings_for("127.0.0.1", settings, proxies=proxies).needs_keys
    assert not settings_for("127.0.0.1", settings, proxies=proxies, is_open=True).needs_keys
    # Beyond loopback it never is.
    assert settings_for("192.0.2.7", settings, proxies=proxies, is_open=True).needs_keys


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_all_addresses_have_no_name_of_their_own(host) -> None:
    with pytest.raises(ConfigurationError, match="--allow-host"):
        settings_for(host, ServiceSettings())
    settings = settings_for(host, ServiceSettings(hosts=(*LOOPBACK_NAMES, "me.example")))
    assert settings.needs_keys and "me.example" in settings.hosts


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    for number, one in enumerate(issued.cert_chain_pems):
        one.write_to_path(folder / "cert.pem", append=number > 0)
    issued.private_key_pem.write_to_path(folder / "key.pem")
    authority.issue_cert("other.example").private_key_pem.write_to_path(folder / "other.pem")
    return authority, folder


def test_a_certificate_that_cannot_be_used_is_told(certificate, tmp_path) -> None:
    _, folder = certificate
    (tmp_path / "empty.pem").write_text("")
    Tls(folder / "cert.pem", folder / "key.pem").check()
    for cert, key, told in (
        (folder / "cert.pem", folder / "other.pem", "certificate with its key"),
        (folder / "cert.pem", tmp_path / "empty.pem", "certificate with its key"),
        (folder / "cert.pem", tmp_path / "none.pem", "no such file"),
    ):
        with pytest.raises(ConfigurationError, match=told):
            Tls(cert, key).check()


def test_over_tls_with_a_key_on_every_address(certificate, tmp_path) -> None:
    """The whole of it, as whoever runs it does it."""
    authority, folder = certificate
    data = ["--data", str(tmp_path)]
    serve = [*COMMAND, "serve", "--port", "0", "--host", "0.0.0.0", *data]
    for more, told in (([], "--allow-host"), (["--allow-host", "me.example"], "keys create NAME")):
        done = subprocess.run([*serve, *more], capture_output=True, text=True, timeout=120)
        assert done.returncode == 2
        assert told in done.stderr and "Traceback" not in done.stderr
    create = [*COMMAND, "keys", "create", "me", "--scope", "annotate", *data]
    key = subprocess.run(create, capture_output=True, text=True, timeout=120, check=True)
    tls = ["--tls-cert", str(folder / "cert.pem"), "--tls-key", str(folder / "key.pem")]
    with subprocess.Popen(
        [*serve, "--allow-host", "me.example", *tls],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            told = process.stdout.readline().split()
            assert told[1].startswith("https://0.0.0.0:")
            port = told[1].rpartition(":")[2]
            context = ssl.create_default_context()
            authority.configure_trust(context)

            def ask(headers: dict[str, str]):
                request = urllib.request.Request(
                    f"https://127.0.0.1:{port}/v1/annotate",
                    json.dumps({"text": "Aspirin."}).encode(),
                    {"Content-Type": "application/json", **headers},
                )
                return urllib.request.urlopen(request, timeout=60, context=context)

            held = {"Authorization": f"Bearer {key.stdout.strip()}"}
            with ask({**held, "Host": "me.example"}) as answer:
                assert json.load(answer)["mentions"][0]["text"] == "Aspirin"
            for headers, status in (({}, 401), ({**held, "Host": "evil.example"}, 421)):
                with pytest.raises(urllib.error.HTTPError) as caught:
                    ask(headers)
                assert caught.value.code == status
                caught.value.close()
        finally:
            process.terminate()
            _, err = process.communicate(timeout=60)
    assert err == ""
