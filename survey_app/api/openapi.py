"""The description of the machine interface, as OpenAPI 3.1. A test holds it against the routes."""

from survey_app.errors import CODES
from survey_app.fieldwork.models import Channel, Medium

_TEXT = {"type": "string"}
_UUID4 = {
    "type": "string",
    "format": "uuid",
    "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
}


def _reply(description: str, schema: str) -> dict[str, object]:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


DOCUMENT: dict[str, object] = {
    "openapi": "3.1.0",
    "info": {"title": "Household survey on new rural development", "version": "1"},
    "paths": {
        "/api/v1/submissions": {
            "post": {
                "operationId": "submit",
                "summary": "Store one household's answer, exactly once after retries",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Submission"}}},
                },
                "responses": {
                    "201": _reply("Stored now", "Receipt"),
                    "200": _reply("Stored before, same receipt", "Receipt"),
                    "400": _reply("Not readable as this request", "Error"),
                    "403": _reply("Not open yet (keep), or this channel is not allowed", "Error"),
                    "404": _reply("No survey has this link", "Error"),
                    "405": _reply("Not a POST", "Error"),
                    "409": _reply("The code was used, or the id was sent with other answers", "Error"),
                    "410": _reply("Closed, sealed or cancelled: not counted", "Error"),
                    "413": _reply("Too large", "Error"),
                    "415": _reply("Not JSON", "Error"),
                    "422": _reply("Unknown or mistyped code, or answers that do not fit the form", "Error"),
                    "429": _reply(
                        "Too many wrong codes, or answers through a link: wait a minute, keep the answer",
                        "Error",
                    ),
                    "503": _reply("Busy: keep the answer and send it again", "Error"),
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Submission": {
                "type": "object",
                "required": ["submission_id", "channel", "answers"],
                "additionalProperties": False,
                "oneOf": [{"required": ["code"]}, {"required": ["link"]}],
                "properties": {
                    "submission_id": _UUID4
                    | {"description": "A uuid4 made by the client when the form is opened"},
                    "ticket": _TEXT
                    | {"description": "The field _ticket of the form of this slip, good for no other slip"},
                    "code": _TEXT | {"minLength": 1, "description": "Of a slip, as it is typed"},
                    "link": _TEXT | {"minLength": 1, "description": "Of a feedback survey"},
                    "channel": {
                        "enum": [channel.value for channel in Channel if channel.medium is Medium.PHONE],
                        "description": "assisted: a signed-in helper of the commune. Paper is keyed on its own page",
                    },
                    "answers": {
                        "type": "object",
                        "description": "By question key. A number may be sent as a number, or as it was typed: "
                        "1.500 is 1500 and 1,5 is one and a half; 1,500 has two meanings and is refused with 422",
                        "additionalProperties": {
                            "anyOf": [
                                _TEXT,
                                {"type": "number"},
                                {"type": "array", "items": _TEXT},
                                {"type": "null"},
                            ]
                        },
                    },
                },
            },
            "Receipt": {
                "type": "object",
                "required": ["receipt", "counted", "annulled", "leaf", "signature", "salts"],
                "properties": {
                    "receipt": _TEXT,
                    "counted": {"type": "boolean"},
                    "annulled": {
                        "type": "boolean",
                        "description": "Whether the answers of the village were annulled since: recorded, not counted",
                    },
                    "leaf": _TEXT,
                    "signature": _TEXT,
                    "salts": {"type": "object", "additionalProperties": _TEXT},
                },
            },
            "Error": {
                "type": "object",
                "required": ["error", "message", "keep"],
                "properties": {
                    "error": _TEXT
                    | {
                        "description": "A stable Vietnamese word without accents, such as ma-da-dung. Where no "
                        "refusal has a word of its own: "
                        + ", ".join(f"{word} ({status})" for status, word in CODES.items())
                    },
                    "message": _TEXT | {"description": "For people, in Vietnamese or English"},
                    "keep": {
                        "type": "boolean",
                        "description": "Whether the same request may succeed later: keep the answer and send it again",
                    },
                    "steps": {
                        "type": "array",
                        "items": _TEXT,
                        "description": "What the household can do next, a sentence each; some errors have none",
                    },
                },
            },
        }
    },
}
