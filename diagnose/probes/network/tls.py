"""Does a server show a certificate that this machine trusts for its name, and until when?

One handshake is verified. Where it fails because of the certificate, a second one that is not verified shows which
certificate it was; nothing but the handshakes is sent, and nothing is read behind them.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from diagnose.probes.base import Answer, Failed, ProbeLimits, dial, said, state_of, target
from diagnose.probes.network.certificate import Certificate, read_certificate

if TYPE_CHECKING:
    from collections.abc import Sequence

# X509_V_ERR_* of OpenSSL's x509_vfy.h; what is not here is some other fault of the chain.
_VERIFY = {10: "expired", 62: "name-mismatch", 64: "name-mismatch"}


def probe(arguments: Sequence[str], limits: ProbeLimits) -> Answer:
    host, port = arguments[:2]
    name = arguments[2] if len(arguments) > 2 else host
    address = target(host, limits)
    try:
        shown = certificate_of(address, port, name, limits, verified=True)
    except ssl.SSLCertVerificationError as error:
        return _bad(error, address, port, name, limits)
    return Answer("ok", _told(shown), address)


def certificate_of(address: str, port: str, name: str, limits: ProbeLimits, *, verified: bool) -> bytes:
    """The certificate (DER) that the server at `address` shows for `name`.

    Raises `Failed`, and SSLCertVerificationError where it is `verified` and does not hold.
    """
    context = ssl.create_default_context()
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    with dial(address, port, limits) as connection:
        try:
            with context.wrap_socket(connection, server_hostname=name) as secured:
                return secured.getpeercert(binary_form=True) or b""
        except ssl.SSLCertVerificationError:
            raise
        except ssl.SSLError as error:
            raise Failed("tls-error", said(error.reason or error), address) from None
        except TimeoutError:
            raise Failed("no-response", "connected, but the TLS handshake was not answered in time", address) from None
        except (OSError, ValueError) as error:
            state = state_of(error) if isinstance(error, OSError) else "tls-error"
            raise Failed(state or "tls-error", said(error), address) from None


def _bad(error: ssl.SSLCertVerificationError, address: str, port: str, name: str, limits: ProbeLimits) -> Answer:
    state = _VERIFY.get(error.verify_code, "untrusted")
    try:
        shown = _told(certificate_of(address, port, name, limits, verified=False))
    except (TimeoutError, Failed, ssl.SSLError):
        shown = "the certificate could not be read"
    return Answer(state, said(f"{error.verify_message}; {shown}"), address)


def _told(der: bytes) -> str:
    shown: Certificate | None = read_certificate(der)
    if shown is None:
        return "the certificate could not be read"
    names = f", names {', '.join(shown.names[:6])}" if shown.names else ""
    return said(
        f"subject {shown.subject or '-'}, issuer {shown.issuer or '-'}, valid {shown.begins} to {shown.ends}{names}"
    )
