"""A mail server for tests, made of aiosmtpd: keeps what it is sent as JSON, decoded by Python's own mail library.

Arguments: folder, mode (plain, starttls, tls), port (0 for any), and for TLS the files of certificate and key.
Addresses that begin with "refused" never get mail; those that begin with "busy" not before the file "calm" is there.
"""

import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, mode, port = sys.argv[1], sys.argv[2], int(sys.argv[3])


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("busy") and not os.path.exists(os.path.join(folder, "calm")):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        kept = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "plain": message.get_body(("plain",)).get_content(),
            "html": message.get_body(("html",)).get_content(),
            "defects": [str(it) for part in message.walk() for it in part.defects],
            "signed_in": session.authenticated,
        }
        Handler.count += 1
        name = os.path.join(folder, f"{os.getpid()}-{Handler.count:05}.json")
        with open(name + ".part", "w", encoding="utf-8") as file:
            json.dump(kept, file)
        os.rename(name + ".part", name)
        return "250 2.0.0 kept"


def authenticate(server, session, envelope, mechanism, data):
    known = LoginPassword(b"post", b"hunter2")
    return AuthResult(success=data == known, handled=False)


def protocol(context):
    common = {"hostname": "localhost", "enable_SMTPUTF8": True}
    if mode == "plain":
        return lambda: SMTP(Handler(), **common)
    common |= {"authenticator": authenticate, "auth_required": True}
    if mode == "starttls":
        return lambda: SMTP(Handler(), tls_context=context, require_starttls=True, **common)
    return lambda: SMTP(Handler(), auth_require_tls=False, **common)


async def main():
    context = None
    if mode != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[4], sys.argv[5])
    inside = context if mode == "tls" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol(context), "127.0.0.1", port, ssl=inside)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
