"""Reading the HTML forms of a page as a browser without JavaScript would submit them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

# Controls whose value a browser sends although nobody touched them; buttons are sent only when pressed.
BUTTONS = {"submit", "button", "reset", "image"}
TICKS = {"checkbox", "radio"}


@dataclass(slots=True)
class Form:
    """One form: where it goes, its fields with the values they came with, its submit buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    """Every field's name, unticked ones and empty choices included."""
    buttons: list[tuple[str, str]] = field(default_factory=list)
    """Name and value of each submit button, in order."""

    def has(self, name: str) -> bool:
        return name in self.names or any(name == button for button, _ in self.buttons)


class FormReader(HTMLParser):
    """Collects forms, links and visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self._hidden_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in ("script", "style", "template"):
            self._hidden_depth += 1
        elif tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(self._form, tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "template"):
            self._hidden_depth -= 1
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None and self._form is not None:
            # The one newline right after the tag is not part of the value.
            self._form.fields[self._textarea] += data.removeprefix("\n")
        elif not self._hidden_depth and data.strip():
            self.words.append(data.strip())

    def _control(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name = values.get("name", "")
        if tag == "option" and self._select is not None:
            self._option(form, self._select, values)
        elif "disabled" in values:
            return
        elif tag == "button" and values.get("type", "submit") == "submit":
            form.buttons.append((name, values.get("value", "")))
        elif tag == "input":
            self._input(form, name, values)
        elif tag in ("select", "textarea") and name:
            form.names.add(name)
            if tag == "select":
                self._select = name
            else:
                self._textarea = name
                form.fields[name] = ""

    @staticmethod
    def _input(form: Form, name: str, values: dict[str, str]) -> None:
        kind = values.get("type", "text").lower()
        if kind == "submit":
            form.buttons.append((name, values.get("value", "")))
        elif name and kind not in BUTTONS:
            form.names.add(name)
            if kind not in TICKS:
                form.fields[name] = values.get("value", "")
            elif "checked" in values:
                form.fields[name] = values.get("value", "on")

    @staticmethod
    def _option(form: Form, name: str, values: dict[str, str]) -> None:
        # A browser preselects the first option of a list.
        if "selected" in values or name not in form.fields:
            form.fields[name] = values.get("value", "")
