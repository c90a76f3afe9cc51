"""Which escapers an action needs in a context of HTML."""

from __future__ import annotations

from translators.gotemplate import html_contexts as at
from translators.gotemplate import html_styles
from translators.gotemplate.html_contexts import Context

URL_STATES = {
    at.URL,
    at.CSS_DOUBLE,
    at.CSS_SINGLE,
    at.CSS_DOUBLE_URL,
    at.CSS_SINGLE_URL,
    at.CSS_URL,
}


_ESCAPERS = {
    at.JS: "jsvalescaper",
    at.JS_DOUBLE: "jsstrescaper",
    at.JS_SINGLE: "jsstrescaper",
    at.JS_TEMPLATE: "jstmpllitescaper",
    at.JS_REGEXP: "jsregexpescaper",
    at.CSS: "cssvaluefilter",
    at.TEXT: "htmlescaper",
    at.RCDATA: "rcdataescaper",
    at.ATTR_NAME: "htmlnamefilter",
    at.TAG: "htmlnamefilter",
    at.SRCSET: "srcsetescaper",
    at.META_CONTENT_URL: "urlfilter",
    **dict.fromkeys(at.COMMENTS, "commentescaper"),
}


def nudged(c: Context) -> Context:
    """The context once anything at all follows."""
    if c.state == at.TAG:
        return c._replace(state=at.ATTR_NAME)
    if c.state == at.BEFORE_VALUE:
        state = at.START_STATES[c.attribute]
        return c._replace(state=state, delimiter=at.UNQUOTED, attribute="")
    if c.state == at.AFTER_NAME:
        return c._replace(state=at.ATTR_NAME, attribute="")
    return c


def escapers(c: Context) -> list[str]:
    """The escapers of an action in the context, in order."""
    found: list[str] = []
    if c.state in URL_STATES:
        if c.url_part == "":
            found.append("urlfilter")
        if c.url_part == html_styles.QUERY:
            found.append("urlescaper")
        elif c.state in (at.CSS_DOUBLE, at.CSS_SINGLE):
            found.append("cssescaper")
        else:
            found.append("urlnormalizer")
    elif c.state in _ESCAPERS:
        found.append(_ESCAPERS[c.state])
    if c.delimiter == at.UNQUOTED:
        found.append("nospaceescaper")
    elif c.delimiter != at.NO_DELIMITER:
        found.append("attrescaper")
    return found
