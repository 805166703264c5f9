"""Validates JSON files against a schema with a validator that is not ours.

usage: validate.py SCHEMA INSTANCE...
"""

import json
import sys

from jsonschema import Draft202012Validator


def main(schema_path, *instances):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    wrong = 0
    for path in instances:
        with open(path, encoding="utf-8") as file:
            errors = list(validator.iter_errors(json.load(file)))
        for error in errors[:5]:
            print(f"{path}: {error.json_path}: {error.message[:200]}", file=sys.stderr)
        wrong += bool(errors)
        print(f"{path}: {'invalid' if errors else 'valid'}")
    return 1 if wrong or not instances else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
