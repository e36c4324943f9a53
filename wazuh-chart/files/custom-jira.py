#!/usr/bin/env python3
"""Hands an alert of Wazuh over to Riposte, or to a Jira Automation webhook where no Riposte is there.

Called by wazuh-integratord, which waits for it: custom-jira.py ALERT API_KEY HOOK_URL DEBUG OPTIONS TIMEOUT RETRIES.
Needs nothing but the standard library of Python 3.8 or later, and imports what posting needs only to post.

Exit codes: 0 handed over, or received by Jira; 1 a mistake in this script; 2 arguments are missing; 6 the alert's file
is missing; 7 it is no alert in JSON; 8 no Riposte and no usable webhook; 9 Jira did not take it.
"""

import os
import stat
import sys
import time

# Riposte touches its file every ten seconds.
ALIVE_SECONDS = 120
# Riposte takes lines of up to 4 MiB. What is longer is cut: it would only be shown.
ALERT_BYTES = 8 * 1024 * 1024
OPTIONS_BYTES = 64 * 1024

TRIES = 3
TIMEOUT_SECONDS = 10
PAUSES = (1, 3)
LONGEST_PAUSE_SECONDS = 10
# However slowly it answers: integratord sends no other alert meanwhile.
ALL_SECONDS = 60

# Jira's own limits are 255 and 32,767.
SUMMARY_CHARS = 255
FACT_CHARS = 500
LOG_CHARS = 8000

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SPOOL = os.path.join(HOME, "queue", "riposte")


class Failure(Exception):
    def __init__(self, code, says):
        Exception.__init__(self, says)
        self.code = code


def main(argv):
    try:
        run(argv)
        return 0
    except Failure as failure:
        log("failed: %s" % failure)
        # integratord shows the last line of the output, beside the exit code.
        sys.stderr.write("custom-jira: %s\n" % failure)
        return failure.code
    except Exception as error:
        # A traceback would show arguments, and the token among them.
        sys.stderr.write("custom-jira: a mistake in this script: %s\n" % type(error).__name__)
        return 1


def run(argv):
    if len(argv) < 2 or argv[1] == "":
        raise Failure(2, "no alert file was given. Is /tmp full?")
    content = read_alert(argv[1])
    why_not = hand_over(content)
    if why_not is not None:
        tell_jira(content, argv, why_not)


def read_alert(path):
    try:
        # A pipe under that name would otherwise hold up integratord for good.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise Failure(6, "the alert file can't be opened: %s" % why(error))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Failure(6, "the alert file is no file")
        content = read_most(descriptor, ALERT_BYTES)
    except OSError as error:
        raise Failure(6, "the alert file can't be read: %s" % why(error))
    finally:
        os.close(descriptor)
    if content.strip() == b"":
        raise Failure(7, "the alert file is empty. Is /tmp full?")
    return content


def read_most(descriptor, most):
    pieces = []
    while most > 0:
        piece = os.read(descriptor, min(most, 1024 * 1024))
        if piece == b"":
            break
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def hand_over(content):
    """Puts the alert into the spool directory. None, or why that can't be."""
    try:
        alive = os.lstat(os.path.join(SPOOL, "alive"))
    except OSError:
        return "no Riposte works on %s" % SPOOL
    age = time.time() - alive.st_mtime
    # A sign from the future is one from before the clock was set back.
    if not stat.S_ISREG(alive.st_mode) or abs(age) > ALIVE_SECONDS:
        return "Riposte has given no sign of life in %s for %d s" % (SPOOL, age)
    name = "%019d-%d-%s" % (time.time_ns(), os.getpid(), os.urandom(4).hex())
    part = os.path.join(SPOOL, ".%s.part" % name)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
    except OSError as error:
        return "%s can't be written to: %s" % (SPOOL, why(error))
    try:
        try:
            # Riposte reads it as a member of the group, whatever the umask is.
            os.fchmod(descriptor, 0o640)
            rest = memoryview(content)
            while len(rest) > 0:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(part, os.path.join(SPOOL, "%s.json" % name))
    except OSError as error:
        try:
            os.unlink(part)
        except OSError:
            pass
        return "%s can't be written to: %s" % (SPOOL, why(error))
    sync_folder(SPOOL)
    return None


def sync_folder(path):
    # The alert is on the disk already. Some file systems can't do this to a directory.
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        pass


def tell_jira(content, argv, why_not):
    if len(argv) < 4 or argv[3] == "":
        raise Failure(8, "%s, and no <hook_url> is set" % why_not)
    alert = parse_alert(content)
    url, is_near = usable_url(argv[3])
    token = argv[2]
    if token == "" or not all("!" <= sign <= "~" for sign in token):
        raise Failure(8, "<api_key> is empty, or has characters that no header holds")
    data = ticket(alert)
    data.update(read_options(argv))
    says = post(url, is_near, token, data, seconds_of(argv), tries_of(argv))
    log("%s: alert %s was posted to Jira, which answered %s" % (why_not, line(alert.get("id"), 64), says))


def parse_alert(content):
    import json

    try:
        # As text: Python refuses numbers of thousands of digits, which are nobody's business here.
        alert = json.loads(content.decode("utf-8", "replace"), parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        alert = None
    if not isinstance(alert, dict) or not isinstance(alert.get("rule"), dict):
        raise Failure(7, "the alert is no JSON of Wazuh's. Does the block say <alert_format>json</alert_format>?")
    return alert


def usable_url(text):
    from urllib.parse import urlsplit

    try:
        url = urlsplit(text)
        host, _ = url.hostname or "", url.port
    except ValueError:
        raise Failure(8, "<hook_url> is no address")
    is_near = host in ("localhost", "::1") or host.startswith("127.")
    if host == "" or any(sign <= " " or sign > "~" for sign in text):
        raise Failure(8, "<hook_url> is no address")
    if url.username is not None or url.scheme not in ("https", "http"):
        raise Failure(8, "<hook_url> must begin with https:// and have no user name in it")
    if url.scheme == "http" and not is_near:
        raise Failure(8, "<hook_url> is not https. Plain http is for addresses of this machine only")
    return text, is_near


def read_options(argv):
    """What <options> says: a JSON object is laid over the ticket's fields, a single word is the project's key."""
    import json
    import re

    path = next((argument for argument in argv[4:] if argument.endswith("options")), None)
    if path is None:
        return {}
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            text = read_most(descriptor, OPTIONS_BYTES).decode("utf-8", "replace").strip()
        finally:
            os.close(descriptor)
    except OSError as error:
        log("the options can't be read and are left out: %s" % why(error))
        return {}
    if re.match(r"[A-Za-z][A-Za-z0-9_]{0,79}\Z", text):
        return {"project": {"key": text}}
    try:
        options = json.loads(text)
    except (ValueError, RecursionError):
        options = None
    if isinstance(options, dict):
        return options
    log("the options are neither a JSON object nor a project's key, and are left out")
    return {}


def ticket(alert):
    rule = alert["rule"]
    agent = alert.get("agent") if isinstance(alert.get("agent"), dict) else {}
    title = line(rule.get("description"), SUMMARY_CHARS) or "Rule %s" % line(rule.get("id"), 40)
    host = line(agent.get("name") or agent.get("id"), 80)
    at = " (%s)" % host if host else ""
    data = alert.get("data") if isinstance(alert.get("data"), dict) else {}
    facts = (
        ("Rule", "%s (level %s) %s" % (line(rule.get("id"), 40), line(rule.get("level"), 8), title)),
        ("Agent", " ".join(filter(None, (host, line(agent.get("id"), 40), line(agent.get("ip"), 64))))),
        ("Location", line(alert.get("location"), FACT_CHARS)),
        ("User", line(data.get("dstuser") or data.get("srcuser"), FACT_CHARS)),
        ("Source address", line(data.get("srcip"), FACT_CHARS)),
        ("Time", line(alert.get("timestamp"), 64)),
        ("Wazuh id", line(alert.get("id"), 64)),
    )
    parts = ["\n".join("%s: %s" % fact for fact in facts if fact[1])]
    log_text = printable(alert.get("full_log"), LOG_CHARS)
    if log_text:
        parts.append("Log:\n%s" % log_text)
    parts.append("Posted by custom-jira: no Riposte took this alert.")
    return {
        "summary": without_markup(cut("[Wazuh] %s" % cut(title, 160) + at, SUMMARY_CHARS)),
        "description": without_markup("\n\n".join(parts)),
        "issuetype": {"name": "Task"},
    }


def line(value, most):
    """A value as one line. What is no text or number, or can't be seen, is not shown."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    text = "".join(sign if sign.isprintable() else " " for sign in whole(str(value)[: 4 * most]))
    return cut(" ".join(text.split()), most)


def printable(value, most):
    if not isinstance(value, str):
        return ""
    text = whole(value[: 2 * most].replace("\r\n", "\n"))
    return cut("".join(sign if sign in "\n\t" or sign.isprintable() else " " for sign in text).strip(), most)


def whole(text):
    """JSON can hold halves of characters, which no message may."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def cut(text, most):
    # Jira counts as Java does.
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    return units[: 2 * (most - 1)].decode("utf-16-le", "ignore") + "\u2026"


def without_markup(text):
    """Breaks what Jira would read as a mention, a link, a picture, a macro or a smart value; plain text stays."""
    import re

    text = re.sub(
        r"\[(?=[~^#@$]|[^\]\n]{0,300}\||\s*(?:https?|ftp|mailto|file|javascript|data):)", "\uff3b", text, flags=re.I
    )
    text = re.sub(r"\{(?=\{|[a-z][a-z-]{0,30}[:}])", "\uff5b", text, flags=re.I)
    return re.sub(r"!(?=(?:https?:|file:|[^\s!|]{1,200}[!|]))", "\uff01", text, flags=re.I)


def seconds_of(argv):
    return number(argv, 6, 1, 30, TIMEOUT_SECONDS)


def tries_of(argv):
    return number(argv, 7, 1, 5, TRIES)


def number(argv, place, least, most, usual):
    text = argv[place] if len(argv) > place else ""
    return min(most, max(least, int(text))) if text.isascii() and text.isdigit() and len(text) < 9 else usual


def post(url, is_near, token, data, seconds, tries):
    """Says what Jira answered, or fails."""
    import json
    import signal

    def too_long(*_):
        raise Failure(9, "Jira did not answer for good within %d s: it may have taken the alert" % ALL_SECONDS)

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(ALL_SECONDS)
    opener = opener_for(is_near)
    may_have_arrived = False
    for n in range(1, tries + 1):
        if may_have_arrived:
            data["description"] = "Possible repeat: an earlier call may have arrived.\n\n%s" % data.get("description", "")
            may_have_arrived = False
        headers = {"Content-Type": "application/json", "X-Automation-Webhook-Token": token, "User-Agent": "custom-jira"}
        answer = call(opener, url, json.dumps({"data": data}).encode("ascii"), headers, seconds)
        if answer["ok"]:
            return answer["says"]
        if n == tries or not answer["again"]:
            raise Failure(9, "Jira did not take the alert: %s (try %d of %d)" % (answer["says"], n, tries))
        may_have_arrived = answer["arrived"]
        time.sleep(max(PAUSES[min(n, len(PAUSES)) - 1], min(answer["wait"], LONGEST_PAUSE_SECONDS)))


def opener_for(is_near):
    from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, build_opener

    class Stay(HTTPRedirectHandler):
        # The token goes nowhere else than to the address that it was given for.
        def redirect_request(self, *_):
            return None

    near = [ProxyHandler({})] if is_near else []
    return build_opener(Stay, HTTPSHandler(context=trusting()), *near)


def trusting():
    import ssl

    context = ssl.create_default_context()
    # The Python that Wazuh brings along may look for certificates where this system has none.
    if not context.get_ca_certs() and not os.path.isdir(ssl.get_default_verify_paths().capath or ""):
        version = "python%d.%d" % sys.version_info[:2]
        for path in (
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/ssl/cert.pem",
            os.path.join(sys.prefix, "lib", version, "site-packages", "certifi", "cacert.pem"),
        ):
            if os.path.isfile(path):
                context.load_verify_locations(path)
                break
    return context


def call(opener, url, body, headers, seconds):
    import socket
    import ssl
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request

    try:
        with opener.open(Request(url, data=body, headers=headers, method="POST"), timeout=seconds) as response:
            status, start = response.status, response.read(1024).lstrip()
    except HTTPError as error:
        error.close()
        again = error.code in (408, 429) or error.code >= 500
        wait = (error.headers.get("Retry-After") or "").strip()
        wait = int(wait) if wait.isdigit() and len(wait) < 6 else 0
        return outcome("HTTP %d" % error.code, again=again, arrived=error.code >= 500, wait=wait)
    except URLError as error:
        reason = error.reason
        if isinstance(reason, ssl.SSLCertVerificationError):
            return outcome("its certificate is not trusted: %s" % reason.verify_message)
        before = isinstance(reason, (ConnectionRefusedError, socket.gaierror))
        return outcome(why(reason), again=True, arrived=not before)
    except (OSError, HTTPException) as error:
        return outcome(why(error), again=True, arrived=True)
    if not 200 <= status < 300:
        return outcome("HTTP %d" % status)
    if start[:1] not in (b"", b"{", b"["):
        return outcome("HTTP %d with something that is not Jira's: something between may have answered" % status)
    return outcome("HTTP %d" % status, ok=True)


def outcome(says, ok=False, again=False, arrived=False, wait=0):
    return {"says": says, "ok": ok, "again": again, "arrived": arrived, "wait": wait}


def why(error):
    # Some messages repeat the address, which is a secret; what the operating system says does not.
    return getattr(error, "strerror", None) or type(error).__name__


def log(text):
    """A line in the log that Wazuh keeps for its integrations. Going without is no failure."""
    try:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        path = os.path.join(HOME, "logs", "integrations.log")
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        try:
            os.write(descriptor, ("%s custom-jira: %s\n" % (stamp, text)).encode("utf-8", "replace"))
        finally:
            os.close(descriptor)
    except OSError:
        pass


if __name__ == "__main__":
    sys.exit(main(sys.argv))
