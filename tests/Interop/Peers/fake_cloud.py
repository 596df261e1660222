#!/usr/bin/python3
"""The gateway service of an IoT Hub in a few lines, over any MQTT broker, with paho-mqtt (Debian python3-paho-mqtt).

usage: fake_cloud.py PORT GATEWAY [SUBDEVICE=SECRET ...]      names are productId/deviceName

Nothing is bound at first. It answers online, offline, bind, unbind and describe_sub_devices in the compact form of
the documentation (Tencent Cloud IoT Hub, "Gateway device topology") and prints a line for all it does:

    ready                        subscribed; again after each reconnect
    asked TYPE                   a request came
    answered TYPE                its answer went out
    seen TOPIC PAYLOAD           a device published
    did LINE                     a line of standard input is carried out; a "send" is about to be

Lines on standard input change it: "bind DEVICE", "unbind DEVICE", "mode normal", "mode silent" (no answers),
"mode garbage" (nonsense ahead of each answer), "mode late SECONDS", "send TOPIC PAYLOAD".
"""
import base64
import hashlib
import hmac
import json
import sys
import threading

import paho.mqtt.client as mqtt

gateway = sys.argv[2]
secrets = dict(pair.split("=", 1) for pair in sys.argv[3:])
request_topic, result_topic = f"$gateway/operation/{gateway}", f"$gateway/operation/result/{gateway}"
bound, mode = [], ["normal"]
NONSENSE = [b"", b"{", b"null", b"[1,2]", b"\xff\xfe\x00", b'{"type":"online"}', b'{"type":"online","payload":{"devices":null}}',
            b'{"type":"online","payload":{"devices":[null,{},{"product_id":1,"device_name":[]}]}}',
            b'{"type":"online","payload":{"devices":[{"product_id":"OTHER","device_name":"x","result":-2}]}}',
            b'{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1","result":"zero"}]}}',
            b'{"type":"weather","payload":{"devices":[]}}', b"[" * 5000]


said = threading.Lock()


def say(*words):
    # print() writes each word and the end of the line by itself: two threads would tear each other's lines apart.
    with said:
        sys.stdout.write(" ".join(words) + "\n")
        sys.stdout.flush()


def signed(device, name):
    text = f"{device['product_id']}{device['device_name']};{device['random']};{device['timestamp']}"
    digest = {"hmacsha1": hashlib.sha1, "hmacsha256": hashlib.sha256}[device["signmethod"]]
    return base64.b64encode(hmac.new(secrets[name].encode(), text.encode(), digest).digest()).decode()


def result(kind, device):
    name = f"{device['product_id']}/{device['device_name']}"
    if name not in secrets:
        return 802
    if kind == "bind":
        if not hmac.compare_digest(device["signature"], signed(device, name)):
            return 803
        if name in bound:
            return 809
        bound.append(name)
    elif name not in bound:
        return -1
    elif kind == "unbind":
        bound.remove(name)
    return 0


def answer(request):
    kind = request["type"]
    if kind == "describe_sub_devices":
        devices = [dict(zip(("product_id", "device_name"), name.split("/"))) for name in bound]
    else:
        devices = [{"product_id": d["product_id"], "device_name": d["device_name"], "result": result(kind, d)}
                   for d in request["payload"]["devices"]]
    return kind, json.dumps({"type": kind, "payload": {"devices": devices}}, separators=(",", ":"))


def respond(client, kind, payload):
    client.publish(result_topic, payload, qos=0)
    say("answered", kind)


def on_message(client, _, message):
    if message.topic != request_topic:
        say("seen", message.topic, message.payload.decode("utf-8", "replace"))
        return
    kind, payload = answer(json.loads(message.payload))
    say("asked", kind)
    if mode[0] == "garbage":
        for nonsense in NONSENSE:
            client.publish(result_topic, nonsense, qos=0)
    if mode[0] == "late":
        threading.Timer(float(mode[1]), respond, (client, kind, payload)).start()
    elif mode[0] != "silent":
        respond(client, kind, payload)


def on_connect(client, *_):
    client.subscribe([(request_topic, 1), ("+/+/data", 1), ("+/+/event", 1)])


def commands(client):
    for line in map(str.strip, sys.stdin):
        verb, _, rest = line.partition(" ")
        if verb == "bind":
            bound.append(rest)
        elif verb == "unbind":
            bound.remove(rest)
        elif verb == "mode":
            mode[:] = rest.split()
        elif verb == "send":
            # Said first: the answer to it must not be seen before.
            say("did", line)
            client.publish(*rest.split(" ", 1), qos=1)
            continue
        say("did", line)
    client.disconnect()


cloud = mqtt.Client("cloud")
cloud.on_connect, cloud.on_message = on_connect, on_message
cloud.on_subscribe = lambda *_: say("ready")
cloud.reconnect_delay_set(1, 1)
cloud.connect("127.0.0.1", int(sys.argv[1]), keepalive=60)
threading.Thread(target=commands, args=(cloud,), daemon=True).start()
cloud.loop_forever(retry_first_connection=True)
