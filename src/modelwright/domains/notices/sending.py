"""One attempt to bring one message to one receiver. Knows the three formats; refuses to know when to try again."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from modelwright.domains.notices import rules
from modelwright.domains.notices.queries import Receiver
from modelwright.kit.context import Ctx
from modelwright.kit.egress import egress
from modelwright.kit.sealed import sealer
from modelwright.types.codec import to_json
from modelwright.types.errors import Invalid, ModelwrightError
from modelwright.types.notices import Format

TIMEOUT_S = 10.0
_FAILING_S = 5.0  # one that failed the last time gets less of everybody's time
_SHOWN = 256
_LIMIT = 64 * 1024


class Message(msgspec.Struct, frozen=True):
    """What is told: the id stays the same at every attempt."""

    id: str
    kind: str
    subject: str
    data: dict[str, Any]
    at_ms: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an attempt. `lasting`: another attempt would come to the same."""

    ok: bool
    status: int = 0
    body: str = ""
    error: str = ""
    lasting: bool = False
    wait_s: int = 0


def place(webhook_id: str) -> str:
    """What a receiver's secret is sealed for."""
    return f"webhook/{webhook_id}"


def send(ctx: Ctx, receiver: Receiver, message: Message) -> Outcome:
    """Try once. Never raises one of our refusals: what went wrong is in the outcome."""
    try:
        if receiver.webhook.format is Format.EMAIL:
            return _mail(ctx, receiver, message)
        return _post(ctx, receiver, message)
    except ModelwrightError as error:
        return Outcome(ok=False, error=error.message[:300])


def _post(ctx: Ctx, receiver: Receiver, message: Message) -> Outcome:
    webhook = receiver.webhook
    secret = sealer(ctx).open(receiver.secret, place(webhook.id)) if receiver.secret else ""
    headers = {"Content-Type": "application/json", "X-MLflow-Delivery-Id": message.id}
    url = webhook.url
    if webhook.format is Format.SLACK:
        url = secret
        title, text = rules.sentence(message.kind, message.subject, message.data)
        content = to_json({"text": _slack(f"*{title}*\n{text}".rstrip())})
    else:
        content = rules.content(message.kind, message.at_ms, receiver.workspace, message.data)
        timestamp = str(ctx.clock.now_ms() // 1000)
        headers["X-MLflow-Timestamp"] = timestamp
        if secret:
            headers["X-MLflow-Signature"] = rules.signature(secret, message.id, timestamp, content)
    seconds = _FAILING_S if webhook.failures else TIMEOUT_S
    answer = egress(ctx).request("POST", url, headers=headers, body=content, timeout_s=seconds, limit=_LIMIT)
    body = answer.body[:_SHOWN].decode("utf-8", "replace")
    if 200 <= answer.status < 300:
        return Outcome(ok=True, status=answer.status, body=body)
    told = answer.headers.get("retry-after", "")
    return Outcome(
        ok=False,
        status=answer.status,
        body=body,
        error=f"it answers {answer.status}",
        lasting=not rules.again(answer.status),
        wait_s=int(told) if told.isascii() and told.isdigit() and len(told) < 8 else 0,
    )


def _slack(text: str) -> str:
    for letter, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(letter, escaped)
    return text[:10_000]


def _mail(ctx: Ctx, receiver: Receiver, message: Message) -> Outcome:
    server = urlsplit(ctx.settings.smtp_url)
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise Invalid("this server sends no e-mail", where="smtp_url", hint="smtp://user:password@host:587")
    title, text = rules.sentence(message.kind, message.subject, message.data)
    mail = EmailMessage()
    mail["Subject"] = " ".join(title.split())[:200]
    mail["From"] = ctx.settings.smtp_from
    mail["To"] = ", ".join(rules.check_addresses(receiver.webhook.url))
    mail["Message-ID"] = f"<{message.id}@modelwright>"
    mail.set_content(text or title)
    try:
        secure = server.scheme == "smtps"
        connect = smtplib.SMTP_SSL if secure else smtplib.SMTP
        with connect(server.hostname, server.port or (465 if secure else 587), timeout=TIMEOUT_S) as session:
            if not secure and session.ehlo()[0] == 250 and session.has_extn("starttls"):
                session.starttls(context=ssl.create_default_context())
            if server.username:
                session.login(unquote(server.username), unquote(server.password or ""))
            session.send_message(mail)
    except smtplib.SMTPResponseException as error:
        return Outcome(ok=False, status=error.smtp_code, error=f"the mail server answers {error.smtp_code}")
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(ok=False, error=f"the mail server does not take it: {type(error).__name__}")
    return Outcome(ok=True, status=250)
