"""Where in an HTML document a template stands: the contexts that decide how a value is escaped.

The rules are those of Go's html/template, so that the same text comes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

TEXT = "Text"
TAG = "Tag"
ATTR_NAME = "AttrName"
AFTER_NAME = "AfterName"
BEFORE_VALUE = "BeforeValue"
HTML_COMMENT = "HTMLCmt"
RCDATA = "RCDATA"
ATTR = "Attr"
URL = "URL"
SRCSET = "Srcset"
JS = "JS"
JS_DOUBLE = "JSDqStr"
JS_SINGLE = "JSSqStr"
JS_TEMPLATE = "JSTmplLit"
JS_REGEXP = "JSRegexp"
JS_BLOCK_COMMENT = "JSBlockCmt"
JS_LINE_COMMENT = "JSLineCmt"
JS_HTML_OPEN = "JSHTMLOpenCmt"
JS_HTML_CLOSE = "JSHTMLCloseCmt"
CSS = "CSS"
CSS_DOUBLE = "CSSDqStr"
CSS_SINGLE = "CSSSqStr"
CSS_DOUBLE_URL = "CSSDqURL"
CSS_SINGLE_URL = "CSSSqURL"
CSS_URL = "CSSURL"
CSS_BLOCK_COMMENT = "CSSBlockCmt"
CSS_LINE_COMMENT = "CSSLineCmt"
ERROR = "Error"
META_CONTENT = "MetaContent"
META_CONTENT_URL = "MetaContentURL"
DEAD = "Dead"

COMMENTS = {
    HTML_COMMENT,
    JS_BLOCK_COMMENT,
    JS_LINE_COMMENT,
    JS_HTML_OPEN,
    JS_HTML_CLOSE,
    CSS_BLOCK_COMMENT,
    CSS_LINE_COMMENT,
}
IN_TAG = {TAG, ATTR_NAME, AFTER_NAME, BEFORE_VALUE, ATTR}
SCRIPT_LITERALS = {JS_DOUBLE, JS_SINGLE, JS_TEMPLATE, JS_REGEXP}

NO_DELIMITER = ""
DOUBLE_QUOTE = "DoubleQuote"
SINGLE_QUOTE = "SingleQuote"
UNQUOTED = "SpaceOrTagEnd"
DELIMITER_ENDS = {DOUBLE_QUOTE: '"', SINGLE_QUOTE: "'", UNQUOTED: " \t\n\f\r>"}

ELEMENT_BODY = {
    "": TEXT,
    "Script": JS,
    "Style": CSS,
    "Textarea": RCDATA,
    "Title": RCDATA,
    "Meta": TEXT,
}
"""What is inside an element, by its kind."""
START_STATES = {
    "": ATTR,
    "Script": JS,
    "ScriptType": ATTR,
    "Style": CSS,
    "URL": URL,
    "Srcset": SRCSET,
    "MetaContent": META_CONTENT,
}
"""What is inside an attribute's value, by the kind of attribute."""


@dataclass(slots=True, eq=False)
class Fault:
    """Why a template cannot be escaped. Without `position` only the line is known, or nothing.

    All contexts after the fault share it: what a loop adds to its message is seen everywhere.
    """

    message: str
    position: int | None = None
    line: int = 0


class Context(NamedTuple):
    """A place in HTML. Every field at its default is plain text outside any tag."""

    state: str = TEXT
    delimiter: str = NO_DELIMITER
    url_part: str = ""
    slash: str = ""
    braces: tuple[int, ...] | None = None
    attribute: str = ""
    element: str = ""
    fault: Fault | None = None

    def mangled(self, name: str) -> str:
        """The name of the variant of a template that starts here."""
        if self.state == TEXT:
            return name
        parts = [f"{name}$htmltemplate_state{self.state}"]
        for prefix, value in (
            ("delim", self.delimiter),
            ("urlPart", self.url_part),
            ("jsCtx", self.slash),
        ):
            if value:
                parts.append(prefix + value)
        if self.braces is not None:
            parts.append(f"jsBraceDepth([{' '.join(map(str, self.braces))}])")
        if self.attribute:
            parts.append(f"attr{self.attribute}")
        if self.element:
            parts.append(f"element{self.element}")
        return "_".join(parts)

    def described(self) -> str:
        """The context as Go's errors print it."""
        braces = "[" + " ".join(map(str, self.braces or ())) + "]"
        fault = "<nil>" if self.fault is None else self.fault.message
        return (
            f"{{state{self.state} delim{self.delimiter or 'None'} "
            f"urlPart{self.url_part or 'None'} jsCtx{self.slash or 'Regexp'} {braces} "
            f"attr{self.attribute or 'None'} element{self.element or 'None'} {fault}}}"
        )

    def same(self, other: Context) -> bool:
        return (
            self[:4] == other[:4]
            and (self.braces or ()) == (other.braces or ())
            and (self[5:] == other[5:])
        )


def failed(message: str, position: int | None = None, line: int = 0) -> Context:
    return Context(ERROR, fault=Fault(message, position, line))


_URLS = (
    "action archive background cite classid codebase data formaction href icon longdesc manifest "
    "poster profile src usemap xmlns"
)
_UNSAFE = (
    "accept-charset async challenge charset content crossorigin defer enctype form formenctype "
    "formmethod formnovalidate http-equiv keytype language method novalidate pattern rel sandbox "
    "type value"
)
_PLAIN = (
    "accept alt autocomplete autofocus autoplay border checked class cols colspan contenteditable "
    "contextmenu controls coords datetime default dir dirname disabled draggable dropzone for "
    "formtarget headers height hidden high hreflang id ismap kind label lang list loop low max "
    "maxlength media mediagroup min multiple name open optimum placeholder preload pubdate "
    "radiogroup readonly required reversed rows rowspan spellcheck scope scoped seamless selected "
    "shape size sizes span srclang start step tabindex target title width wrap"
)
_ATTRIBUTES: dict[str, str] = {
    **dict.fromkeys(_URLS.split(), "URL"),
    **dict.fromkeys(_UNSAFE.split(), "unsafe"),
    **dict.fromkeys(_PLAIN.split(), "plain"),
    "srcdoc": "HTML",
    "srcset": "Srcset",
    "style": "CSS",
}


def attribute_kind(name: str) -> str:
    """plain, URL, CSS, JS, Srcset, HTML or unsafe: what an attribute of the name may hold."""
    if name.startswith("data-"):
        name = name[5:]
    elif ":" in name:
        prefix, _, name = name.partition(":")
        if prefix == "xmlns":
            return "URL"
    known = _ATTRIBUTES.get(name)
    if known is not None:
        return known
    if name.startswith("on"):
        return "JS"
    return "URL" if any(part in name for part in ("src", "uri", "url")) else "plain"
