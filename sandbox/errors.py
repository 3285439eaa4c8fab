"""How the local Telegram says no: to a bot (`ApiError`) and to the control API (`ControlError`)."""


class ApiError(Exception):
    """An answer with `ok: false`. `parameters` is what Telegram calls ResponseParameters (`retry_after`, `migrate_to_chat_id`)."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class ControlError(Exception):
    """A control call that cannot be done: 400, or 404 for a person, chat, message or file that does not exist."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def forbidden(description: str) -> ApiError:
    return ApiError(403, f"Forbidden: {description}")


def conflict(description: str) -> ApiError:
    return ApiError(409, f"Conflict: {description}")
