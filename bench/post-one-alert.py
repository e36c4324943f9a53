# A stand-in for the script that a manager starts for each alert: reads the alert's file, makes a chat message of it
# and posts it, as integrations of that kind do. Arguments: the file, the address.
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    alert = json.load(file)

message = {
    "group": {"id": alert["id"]},
    "attachments": [
        {
            "color": "danger" if alert["rule"]["level"] >= 10 else "good",
            "title": alert["rule"]["description"],
            "text": alert.get("full_log"),
            "fields": [
                {"title": "Agent", "value": "({}) - {}".format(alert["agent"]["id"], alert["agent"]["name"])},
                {"title": "Location", "value": alert["location"]},
                {"title": "Rule", "value": "{} (level {})".format(alert["rule"]["id"], alert["rule"]["level"])},
            ],
        }
    ],
}
body = json.dumps(message, separators=(",", ":"))
headers = {"content-type": "application/json"}

try:
    import requests
except ImportError:
    from urllib.request import Request, urlopen

    urlopen(Request(sys.argv[2], data=body.encode(), headers=headers), timeout=10)
else:
    requests.post(sys.argv[2], data=body, headers=headers, timeout=10)
