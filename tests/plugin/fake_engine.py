# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine of a few lines that speaks the protocol, in the moods that a real one cannot be put in.

python fake_engine.py MOOD
"""

import json
import os
import sys
import time

MOOD = sys.argv[1] if len(sys.argv) > 1 else "well"
FACTS = {
    "protocol": 1,
    "weft": "0",
    "device": {"name": "CPU, 2 threads", "why not a GPU": "this is a fake"},
    "backbones": {"weft_resnet18d": "ships with WEFT"},
    "adapters": {"weft": "wavelet experts", "linear": "one layer"},
    "schedules": {"constant": "everything", "dbf": "now and then"},
    "defaults": {"backbone": "weft_resnet18d", "adapter": "weft", "schedule": "constant"},
}
COUNTED = {"hits": 7, "true": 9, "found": 10, "f1_low": 0.45, "f1_high": 0.9}
CARD = {
    "classes": [{"name": "building", "colour": "#e41a1c"}],
    "training": {"held_out_iou": [0.8], "held_out_objects": [COUNTED]},
}

SHARE = {"value": 0.71, "low": 0.6, "high": 0.82}
MEASURED = {
    "classes": [
        {"name": "building", "areas": 5, "iou": SHARE, "f1": SHARE},
        {"name": "ship", "areas": 1, "iou": None, "f1": None},
    ],
    "areas": 5,
    "measured": 5,
    "crs": None,
    "by_area": [
        {
            "wkt": "POLYGON ((500004 3999990, 500012 3999990, 500012 3999998, 500004 3999990))",
            "iou": 0.42,
            "hits": 3,
            "objects_true": 7,
            "objects_found": 5,
        },
        {
            "wkt": "POLYGON ((500020 3999990, 500028 3999990, 500028 3999998, 500020 3999990))",
            "iou": None,
            "hits": 0,
            "objects_true": 0,
            "objects_found": 0,
        },
    ],
}
NEXT = [
    {
        "image": "/maps/image.tif",
        "wkt": f"POLYGON (({x} 3999990, {x + 8} 3999990, {x} 3999998, {x} 3999990))",
        "score": 0.9,
        "reason": reason,
    }
    for x, reason in ((500004, "doubt"), (500020, "a new reason"))
]


def send(**body):
    """One message."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **body}) + "\n")
    sys.stdout.flush()


def progress(id_, done, **more):
    """How far it is."""
    send(
        method="$/progress",
        params={"id": id_, "done": done, "total": 4, "text": "Training", **more},
    )


def predicted(params):
    """What predicting comes to, with the first image for its own probabilities."""
    image = params["images"][0]
    return {"images": [{"image": image, "probability": image}], "classes": ["building"]}


def answer(id_, method, params):
    """What a job comes to."""
    if MOOD == "noisy":
        print("WARNING: a library prints", flush=True)
        print("and {not json", file=sys.stderr, flush=True)
    if MOOD == "dying":
        sys.stdout.write('{"jsonrpc": "2.0", "id"')
        sys.stdout.flush()
        os._exit(3)
    if MOOD == "crashing":
        progress(id_, 1)
        print("last words", file=sys.stderr, flush=True)
        os.abort()
    if MOOD == "mistaken":
        send(
            id=id_,
            error={
                "code": -32010,
                "message": "No label lies on the images; check the CRS.",
                "data": {"kind": "LabelError"},
            },
        )
        return
    if MOOD == "buggy":
        send(
            id=id_,
            error={"code": -32603, "message": "The engine met a bug: ValueError: x", "data": {}},
        )
        return
    if MOOD == "slow":
        time.sleep(5)
    for done in range(4):
        progress(id_, done, figures={"loss": 1.0 / (done + 1), "device": "CPU"})
    if MOOD == "early" and "view" in params:
        send(method="$/progress", params={"id": id_, "partial": predicted(params)})
    if MOOD == "huge":
        send(id=id_, result={"text": "x" * 5_000_000})
    elif MOOD == "early" and method == "predict":
        send(id=id_, result=predicted(params))
    elif method == "train":
        send(id=id_, result={"out": params["out"], "cancelled": False, "card": CARD})
    elif method == "validate":
        send(id=id_, result=MEASURED)
    elif method == "suggest":
        send(id=id_, result={"out": params["out"], "crs": None, "suggestions": NEXT})
    elif method == "describeModel":
        send(id=id_, result={**CARD, "backbone": "weft_resnet18d", "adapter": "weft"})
    else:
        send(id=id_, result={"echo": params})


def main():
    """Answer until the end of stdin."""
    held = []
    for line in sys.stdin:
        message = json.loads(line)
        method, id_ = message["method"], message.get("id")
        if method == "initialize":
            if MOOD == "broken":
                sys.exit("No module named 'torch'")
            if MOOD == "older":
                error = {"code": -32011, "message": "This engine speaks protocol 0; update it."}
                send(id=id_, error=error)
                continue
            send(id=id_, result=FACTS)
        elif method == "$/cancelRequest":
            for waiting in held:
                send(id=waiting, error={"code": -32800, "message": "Cancelled."})
            held.clear()
        elif MOOD in ("patient", "deaf"):
            progress(id_, 1)
            held.append(id_)
            if MOOD == "deaf":
                held.clear()
        else:
            answer(id_, method, message.get("params", {}))


if __name__ == "__main__":
    main()
