"""The parts of a message attachment, as Slack made them and as others took them over.

https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
"""

from __future__ import annotations

from contactpoints.fields import Flag, Schema, Template
from contactpoints.groups import Part


class SlackField(Schema):
    """A title and a value, two beside each other when ``short``."""

    title = Template(required=True)
    value = Template(required=True)
    short = Flag()


class SlackConfirm(Schema):
    """What a button asks before it acts."""

    text = Template(required=True)
    title = Template()
    ok_text = Template()
    dismiss_text = Template()


class SlackAction(Schema):
    """A button: it opens ``url``, or says ``name`` and ``value`` to the app."""

    type = Template(required=True)
    text = Template(required=True)
    url = Template()
    style = Template()
    name = Template()
    value = Template()
    confirm = Part(SlackConfirm, what="Slack confirmation")
