"""Confirms the witnesses of `chatspec schema corpus --proofs FILE` with a validator that is not ours.

A witness shows a break where the sender's schema accepts it and the receiver's refuses it.

usage: witnesses.py FILE
"""

import json
import sys

from jsonschema import Draft202012Validator


def confirmed(proof):
    sent, received = proof["sent"], proof["received"]
    for schema in (sent, received):
        Draft202012Validator.check_schema(schema)
    accepted = Draft202012Validator(sent).is_valid(proof["message"])
    refused = not Draft202012Validator(received).is_valid(proof["message"])
    return accepted and refused


def main(path):
    with open(path, encoding="utf-8") as file:
        proofs = json.load(file)
    wrong = [proof["name"] for proof in proofs if not confirmed(proof)]
    for name in wrong:
        print(f"{name}: not confirmed", file=sys.stderr)
    print(f"{len(proofs) - len(wrong)} of {len(proofs)} witnesses confirmed")
    return 1 if wrong or not proofs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
