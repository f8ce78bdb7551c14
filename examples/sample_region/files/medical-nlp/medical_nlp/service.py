"""HTTP service around the entity model."""

from Crypto.Cipher import AES
from fastapi import FastAPI

from medical_nlp.entities import extract

app = FastAPI(title="medical-nlp")


def unseal(key: bytes, nonce: bytes, sealed: bytes) -> bytes:
    return AES.new(key, AES.MODE_GCM, nonce=nonce).decrypt(sealed)


@app.post("/entities")
def entities(text: str) -> list[dict[str, object]]:
    return [{"kind": kind, "start": start, "text": word} for kind, start, word in extract(text)]
