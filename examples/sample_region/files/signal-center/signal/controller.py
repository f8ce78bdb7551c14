"""Talk to signal controllers over MQTT."""

import json
import ssl

import paho.mqtt.client as mqtt
from Crypto.Cipher import DES3


def connect(host: str, certificate: str) -> mqtt.Client:
    client = mqtt.Client()
    client.tls_set(certificate, tls_version=ssl.PROTOCOL_TLSv1_2)
    client.connect(host, 8883)
    return client


def command(key: bytes, junction: int, phase: int) -> bytes:
    """Old controllers only understand 3DES."""
    plain = json.dumps({"junction": junction, "phase": phase}).encode()
    padded = plain + b" " * (-len(plain) % 8)
    return DES3.new(key, DES3.MODE_ECB).encrypt(padded)
