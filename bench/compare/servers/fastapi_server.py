"""Answers a poll as a small FastAPI application does. MANIFEST names the file that it answers."""

import json
import os

from fastapi import FastAPI

app = FastAPI()

with open(os.environ["MANIFEST"], encoding="utf-8") as file:
    manifest = json.load(file)


@app.get("/api/v1/manifest.json")
async def poll():
    return manifest
